//go:build linux || freebsd

package contract_test

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
)

// lateSize is more than a connection's buffers take.
func lateSize() int { return shorter(500_000, 200_000) }

// TestSourceRefusesLate: a descriptor that becomes that of a directory while the
// transfer waits. What left stays counted, no trailer follows, and the error says which
// file; once the file is back the transfer goes on from its next byte.
func TestSourceRefusesLate(t *testing.T) {
	head, tail, data := []byte("head"), []byte("tail"), content(lateSize())
	for _, threshold := range []int{-1, 1 << 20} {
		file := tempFile(t, data)
		dst, peer := connected(t, "tcp4", "127.0.0.1:0")
		smallBuffers(dst)
		fd := descriptor(t, dst, true)
		tr := rawsys.Transfer{File: file, Count: int64(len(data)), Headers: [][]byte{head}, Trailers: [][]byte{tail}, Threshold: threshold}
		if _, err := tr.Send(fd); !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(err)
		}
		back := swap(t, file, t.TempDir())
		got := received(t, peer)
		awaitWritable(t, fd)
		before := tr.Progress()
		if n, err := tr.Send(fd); !errors.Is(err, syscall.EISDIR) || n != 0 || tr.Progress() != before {
			t.Errorf("threshold %d: %d, %v, %+v after %+v", threshold, n, err, tr.Progress(), before)
		}
		back()
		for {
			_, err := tr.Send(fd)
			if err == nil {
				break
			}
			if !errors.Is(err, syscall.EAGAIN) {
				t.Fatal(err)
			}
			awaitWritable(t, fd)
		}
		closeAll(dst)
		mustArrive(t, <-got, head, data, tail)
	}
}

// swap puts what is at path below file's descriptor, until the function that it returns
// is called.
func swap(t *testing.T, file *os.File, path string) (back func()) {
	t.Helper()
	other, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(file.Fd())
	saved, err := unix.Dup(fd)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Dup3(other, fd, unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	unix.Close(other)
	return func() {
		if err := unix.Dup3(saved, fd, unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		unix.Close(saved)
	}
}

// TestDestinationRefusesLate: Linux's sendfile serves no descriptor with O_APPEND. One
// that gets it while the transfer waits is copied to from that byte on, by an event loop's
// Send and within WriteTo's wait.
func TestDestinationRefusesLate(t *testing.T) {
	head, tail, data := []byte("head"), []byte("tail"), content(lateSize())
	file := tempFile(t, data)
	transfer := func() *rawsys.Transfer {
		return &rawsys.Transfer{File: file, Count: int64(len(data)), Headers: [][]byte{head}, Trailers: [][]byte{tail}, Threshold: -1}
	}
	t.Run("Send", func(t *testing.T) {
		dst, peer := connected(t, "tcp4", "127.0.0.1:0")
		smallBuffers(dst)
		fd := descriptor(t, dst, true)
		tr := transfer()
		if _, err := tr.Send(fd); !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(err)
		}
		byKernel(t, tr)
		appendOnly(t, fd)
		got := received(t, peer)
		for err := error(syscall.EAGAIN); errors.Is(err, syscall.EAGAIN); {
			awaitWritable(t, fd)
			if _, err = tr.Send(fd); err != nil && !errors.Is(err, syscall.EAGAIN) {
				t.Fatal(err)
			}
		}
		closeAll(dst)
		mustArrive(t, <-got, head, data, tail)
		copiedToo(t, tr)
	})
	t.Run("WriteTo", func(t *testing.T) {
		dst, peer := connected(t, "tcp4", "127.0.0.1:0")
		smallBuffers(dst)
		tr := transfer()
		dst.SetDeadline(time.Now().Add(50 * time.Millisecond))
		if _, err := tr.WriteTo(dst); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		byKernel(t, tr)
		dst.SetDeadline(time.Time{})
		appendOnly(t, descriptor(t, dst, true))
		got := received(t, peer)
		if _, err := tr.WriteTo(dst); err != nil {
			t.Fatal(err)
		}
		closeAll(dst)
		mustArrive(t, <-got, head, data, tail)
		copiedToo(t, tr)
	})
}

func byKernel(t *testing.T, tr *rawsys.Transfer) {
	t.Helper()
	if way := tr.Progress().Way; way != rawsys.ByKernel {
		t.Errorf("by %v", way)
	}
}

// appendOnly sets O_APPEND, which sockets take as well.
func appendOnly(t *testing.T, fd int) {
	t.Helper()
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFL, flags|unix.O_APPEND); err != nil {
		t.Fatal(err)
	}
}
