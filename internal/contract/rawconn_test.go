//go:build unix

package contract_test

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
)

// deaf is a connection whose RawConn calls nobody.
type deaf struct{ err error }

func (deaf) Write([]byte) (int, error) { return 0, errors.New("SyscallConn was passed by") }

func (d deaf) SyscallConn() (syscall.RawConn, error) { return deafRaw(d), nil }

type deafRaw deaf

func (d deafRaw) Control(func(uintptr)) error    { return d.err }
func (d deafRaw) Read(func(uintptr) bool) error  { return d.err }
func (d deafRaw) Write(func(uintptr) bool) error { return d.err }

// TestRawConnThatCallsNobody: what was not tried has not been sent, and an error is passed on.
func TestRawConnThatCallsNobody(t *testing.T) {
	broken := errors.New("broken")
	file := tempFile(t, content(10))
	for _, c := range []struct{ err, want error }{{nil, syscall.EAGAIN}, {broken, broken}} {
		tr := rawsys.Transfer{File: file, Count: rawsys.ToEOF}
		if n, err := tr.WriteTo(deaf{c.err}); n != 0 || !errors.Is(err, c.want) {
			t.Errorf("%v: %d, %v", c.err, n, err)
		}
	}
}

// TestUnpollableFile: a file that became non-blocking behind package os's back
// cannot be waited for. EAGAIN says so, as it does for Write, and Send goes on.
func TestUnpollableFile(t *testing.T) {
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		t.Fatal(err)
	}
	peer, dst := os.NewFile(uintptr(fds[0]), "peer"), os.NewFile(uintptr(fds[1]), "destination")
	defer peer.Close()
	if err := unix.SetNonblock(fds[1], true); err != nil {
		t.Fatal(err)
	}
	data := content(1 << 20)
	tr := rawsys.Transfer{File: tempFile(t, data), Count: rawsys.ToEOF}
	n, err := tr.WriteTo(dst)
	if n == 0 || n != tr.Progress().Sent() || !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("%d, %v, %+v", n, err, tr.Progress())
	}
	got := received(t, peer)
	for err != nil {
		awaitWritable(t, fds[1])
		if _, err = tr.Send(fds[1]); err != nil && !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(err)
		}
	}
	dst.Close()
	mustArrive(t, <-got, data)
	if n, err := (&rawsys.Transfer{File: tempFile(t, data), Count: rawsys.ToEOF}).WriteTo(dst); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed: %d, %v", n, err)
	}
}
