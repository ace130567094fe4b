package recording

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// transfer is a file that goes to a socket that does not block, with what each call
// was asked and what came of it.
type transfer struct {
	Dst    string `json:"dst"` // tcp or unix
	Size   int64  `json:"size"`
	Sndbuf int    `json:"sndbuf"`
	Rcvbuf int    `json:"rcvbuf"`
	Drain  int    `json:"drain"` // what the peer reads after each EAGAIN
	Hdr    int    `json:"hdr"`
	Trl    int    `json:"trl"`
	N      int64  `json:"n"`
	Steps  []step `json:"steps"`
}

type step struct {
	Off    int64 `json:"off"`
	N      int64 `json:"n"`
	Hdr    int   `json:"hdr"`
	Trl    int   `json:"trl"`
	Errno  int   `json:"errno"`
	Sbytes int64 `json:"sbytes"`
	GotH   int   `json:"got_h"`
	GotF   int   `json:"got_f"`
	GotT   int   `json:"got_t"`
}

// keptSteps is how many steps at each end of a long transfer are recorded.
const keptSteps = 6

// TestNonblocking makes the recorded transfers again: how much a socket takes at once
// may differ, but the bytes come whole and in order, and a call that succeeds has sent
// the header and the file. With -record it prints them.
func TestNonblocking(t *testing.T) {
	all, err := Read[transfer]("../kernelmodel/testdata/sendfile-nonblocking-amd64.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for i, tr := range all {
		if testing.Short() && i%16 != 2 { // they take a minute or two, mostly waiting
			continue
		}
		if err := tr.run(); err != nil {
			t.Errorf("transfer %d, %s of %d bytes, header %d, trailer %d: %v", i, tr.Dst, tr.Size, tr.Hdr, tr.Trl, err)
		}
		if *record {
			if len(tr.Steps) > 2*keptSteps {
				tr.Steps = append(tr.Steps[:keptSteps:keptSteps], tr.Steps[len(tr.Steps)-keptSteps:]...)
			}
			line, err := json.Marshal(tr)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Printf("nonblocking %s %s\n", runtime.GOARCH, line)
		}
	}
}

// run makes the transfer, and puts what came of it into its steps.
func (tr *transfer) run() error {
	file := bytes.Repeat([]byte{'f'}, int(tr.Size))
	if err := os.WriteFile("file", file, 0o600); err != nil {
		return err
	}
	f, err := os.Open("file")
	if err != nil {
		return err
	}
	defer f.Close()
	src, dst, err := sockets(tr)
	if err != nil {
		return err
	}
	defer syscall.Close(src)
	defer syscall.Close(dst)
	whole := min(tr.Size, cmp.Or(tr.N, tr.Size))
	var got []byte
	var sent int64
	next := step{N: tr.N, Hdr: tr.Hdr, Trl: tr.Trl}
	tr.Steps = nil
	for range 10_000 {
		s := next
		s.Sbytes, s.Errno = send(int(f.Fd()), dst, &s)
		sent += s.Sbytes
		s.split(whole - s.Off)
		tr.Steps = append(tr.Steps, s)
		if s.Errno == 0 {
			return tr.check(src, got, sent, whole)
		}
		if s.Errno != int(syscall.EAGAIN) {
			return syscall.Errno(s.Errno)
		}
		if got, err = drain(src, got, tr.Drain, 20*time.Millisecond); err != nil {
			return err
		}
		next = step{Off: s.Off + int64(s.GotF), N: tr.N, Hdr: s.Hdr - s.GotH, Trl: s.Trl - s.GotT}
		switch {
		case tr.N > 0 && next.Off >= tr.N:
			next.Off, next.N = tr.Size, 0 // 0 asks for all that is left
		case tr.N > 0:
			next.N = tr.N - next.Off
		}
	}
	return errors.New("it does not end")
}

// split divides what a call has sent into header, file and trailer: they leave in
// this order, and the header only before some of the file.
func (s *step) split(file int64) {
	left := s.Sbytes
	if file > 0 {
		s.GotH = int(min(left, int64(s.Hdr)))
		left -= int64(s.GotH)
		s.GotF = int(min(left, file))
		left -= int64(s.GotF)
	}
	s.GotT = int(left)
}

// check reads what is left, and wants what the steps say to have come, in order.
func (tr *transfer) check(src int, got []byte, sent, whole int64) error {
	got, err := drain(src, got, int(sent)-len(got), 10*time.Second) // the last bytes may wait for an acknowledgement
	if err != nil {
		return err
	}
	var h, f, t int
	for _, s := range tr.Steps {
		h, f, t = h+s.GotH, f+s.GotF, t+s.GotT
	}
	want := bytes.Join([][]byte{bytes.Repeat([]byte{'h'}, h), bytes.Repeat([]byte{'f'}, f), bytes.Repeat([]byte{'t'}, t)}, nil)
	switch {
	case !bytes.Equal(got, want):
		return fmt.Errorf("%d bytes came that are not %d of the header, %d of the file and %d of the trailer", len(got), h, f, t)
	case int64(f) != whole || whole > 0 && h != tr.Hdr:
		return fmt.Errorf("a call has succeeded with %d of %d of the header and %d of %d of the file", h, tr.Hdr, f, whole)
	}
	return nil
}

// send makes one call.
func send(file, dst int, s *step) (sbytes int64, errno int) {
	var hdtr zsys.SfHdtr
	if s.Hdr > 0 {
		hdtr.Headers, hdtr.HdrCnt = iovec('h', s.Hdr), 1
	}
	if s.Trl > 0 {
		hdtr.Trailers, hdtr.TrlCnt = iovec('t', s.Trl), 1
	}
	err := zsys.Sendfile(file, dst, s.Off, uintptr(s.N), &hdtr, &sbytes, 0)
	if e, ok := err.(syscall.Errno); ok {
		errno = int(e)
	}
	return sbytes, errno
}

func iovec(letter byte, n int) *zsys.Iovec {
	b := bytes.Repeat([]byte{letter}, n)
	return &zsys.Iovec{Base: unsafe.SliceData(b), Len: uintptr(n)}
}

// drain reads n bytes, or what there is when no more come for a while.
func drain(fd int, got []byte, n int, patience time.Duration) ([]byte, error) {
	buf := make([]byte, 64<<10)
	for last := time.Now(); n > 0 && time.Since(last) < patience; {
		m, err := syscall.Read(fd, buf[:min(n, len(buf))])
		switch {
		case err == syscall.EAGAIN:
			time.Sleep(time.Millisecond)
		case err == nil && m > 0:
			got, n, last = append(got, buf[:m]...), n-m, time.Now()
		case err != syscall.EINTR:
			return got, fmt.Errorf("the peer reads %d bytes, %v", m, err)
		}
	}
	return got, nil
}

// sockets returns the two ends of a connection that do not block.
func sockets(tr *transfer) (src, dst int, err error) {
	if tr.Dst == "unix" {
		var fds [2]int
		if fds, err = syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0); err != nil {
			return 0, 0, err
		}
		src, dst = fds[0], fds[1]
	} else if src, dst, err = loopback(tr); err != nil {
		return 0, 0, err
	}
	err = errors.Join(
		syscall.SetsockoptInt(dst, syscall.SOL_SOCKET, syscall.SO_SNDBUF, tr.Sndbuf),
		syscall.SetsockoptInt(src, syscall.SOL_SOCKET, syscall.SO_RCVBUF, tr.Rcvbuf),
		syscall.SetNonblock(src, true), syscall.SetNonblock(dst, true))
	return src, dst, err
}

// loopback connects two TCP sockets.
func loopback(tr *transfer) (src, dst int, err error) {
	l, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return 0, 0, err
	}
	defer syscall.Close(l)
	dst, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return 0, 0, err
	}
	at := &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	err = errors.Join(syscall.SetsockoptInt(l, syscall.SOL_SOCKET, syscall.SO_RCVBUF, tr.Rcvbuf), syscall.Bind(l, at), syscall.Listen(l, 1))
	if err != nil {
		return 0, 0, err
	}
	name, err := syscall.Getsockname(l)
	if err != nil {
		return 0, 0, err
	}
	if err := syscall.Connect(dst, name); err != nil {
		return 0, 0, err
	}
	src, _, err = syscall.Accept(l)
	return src, dst, err
}
