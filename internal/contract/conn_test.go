//go:build unix

package contract_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys"
)

// bigTransfer is more than any buffer on the way takes.
func bigTransfer(t testing.TB) (*rawsys.Transfer, []byte) {
	t.Helper()
	data := content(shorter(32<<20, 16<<20))
	return &rawsys.Transfer{File: tempFile(t, data), Count: rawsys.ToEOF, Headers: [][]byte{[]byte("header")}, Trailers: [][]byte{[]byte("trailer")}}, data
}

// TestDeadlineAndResume: a peer that stalls runs into the write deadline, the
// count is exact, and the transfer goes on from there.
func TestDeadlineAndResume(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			tr, data := bigTransfer(t)
			dst, peer := kind.make(t)
			var n int64
			var err error
			for wait := 50 * time.Millisecond; n == 0 && wait < 10*time.Second; wait *= 2 { // a busy machine may not have begun by then
				if err := dst.SetDeadline(time.Now().Add(wait)); err != nil {
					t.Skipf("no deadlines here: %v", err)
				}
				n, err = tr.WriteTo(dst)
			}
			if !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 || n != tr.Progress().Sent() {
				t.Fatalf("%d, %v, %+v", n, err, tr.Progress())
			}
			if m, err := tr.WriteTo(dst); !errors.Is(err, os.ErrDeadlineExceeded) || m != 0 {
				t.Fatalf("again: %d, %v", m, err)
			}
			dst.SetDeadline(time.Time{})
			got := received(t, peer)
			if m, err := tr.WriteTo(dst); err != nil || n+m != int64(len(data)+13) {
				t.Fatalf("%d and %d, %v", n, m, err)
			}
			dst.Close()
			mustArrive(t, <-got, []byte("header"), data, []byte("trailer"))
		})
	}
}

// TestClose: Close from another goroutine ends the wait.
func TestClose(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			tr, _ := bigTransfer(t)
			dst, peer := kind.make(t)
			go func() {
				io.ReadFull(peer, make([]byte, 1000))
				dst.Close()
			}()
			n, err := tr.WriteTo(dst)
			if !errors.Is(err, net.ErrClosed) && !errors.Is(err, os.ErrClosed) {
				t.Fatalf("%d, %v", n, err)
			}
			if n < 1000 || n != tr.Progress().Sent() {
				t.Errorf("%d bytes, %+v", n, tr.Progress())
			}
		})
	}
}

// TestSourceClosed: closing the source while it is being sent does not pull
// the descriptor away under the kernel.
func TestSourceClosed(t *testing.T) {
	tr, data := bigTransfer(t)
	dst, peer := connected(t, "tcp4", "127.0.0.1:0")
	result := make(chan error, 1)
	go func() {
		_, err := tr.WriteTo(dst)
		dst.Close()
		result <- err
	}()
	first := make([]byte, 1000)
	if _, err := io.ReadFull(peer, first); err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	go func() {
		tr.File.(*os.File).Close()
		close(closed)
	}()
	rest, err := io.ReadAll(peer)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	<-closed
	mustArrive(t, append(first, rest...), []byte("header"), data, []byte("trailer"))
}

// TestPeerGone: a peer that closes or resets is an error of the connection, and no
// signal ends the program. The count is not below what the peer read: but on FreeBSD,
// where a call that fails does not say what left with it before.
func TestPeerGone(t *testing.T) {
	for _, kind := range kinds {
		for _, reset := range []bool{false, true} {
			tr, _ := bigTransfer(t)
			dst, peer := kind.make(t)
			closed := make(chan error, 1)
			go func() {
				_, err := io.ReadFull(peer, make([]byte, 5000))
				if c, ok := peer.(*net.TCPConn); ok && reset {
					c.SetLinger(0)
				}
				peer.Close()
				closed <- err
			}()
			n, err := tr.WriteTo(dst)
			if e := <-closed; e != nil {
				t.Fatalf("%s, reset %v: the peer did not get 5000 bytes: %v", kind.name, reset, e)
			}
			if err == nil && runtime.GOOS == "freebsd" {
				// A kernel acknowledges and drops what comes between its two steps of a
				// close. Nothing comes there now.
				again := &rawsys.Transfer{File: tr.File, Count: tr.Count, Headers: tr.Headers}
				n, err = again.WriteTo(dst)
				tr = again
			}
			if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%s, reset %v: %d, %v", kind.name, reset, n, err)
			}
			if p := tr.Progress(); n < 5000 && runtime.GOOS != "freebsd" || n != p.Sent() || p.Trailer != 0 {
				t.Errorf("%s, reset %v: %d bytes, %+v", kind.name, reset, n, p)
			}
		}
	}
}

// TestAlone: a concurrent Write does not get into the message.
func TestAlone(t *testing.T) {
	tr, data := bigTransfer(t)
	dst, peer := connected(t, "tcp4", "127.0.0.1:0")
	done := make(chan error, 2)
	go func() {
		_, err := tr.WriteTo(dst)
		done <- err
	}()
	message := make([]byte, 6+len(data)+7)
	if _, err := io.ReadFull(peer, message[:100]); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := dst.Write([]byte("after"))
		done <- err
	}()
	runtime.Gosched()
	if _, err := io.ReadFull(peer, message[100:]); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	dst.Close()
	rest, err := io.ReadAll(peer)
	if err != nil {
		t.Fatal(err)
	}
	mustArrive(t, append(message, rest...), []byte("header"), data, []byte("trailerafter"))
}

// TestTruncated: a file that shrinks while it is sent is too short, and no
// trailer follows, although the peer may be waiting for body.
func TestTruncated(t *testing.T) {
	for _, kind := range kinds {
		data := content(shorter(32<<20, 16<<20))
		kept := len(data) / 2
		file := tempFile(t, data)
		dst, peer := kind.make(t)
		if c, ok := dst.(interface{ SetWriteBuffer(int) error }); ok {
			c.SetWriteBuffer(64 << 10) // so that the end has not left when it is cut off
		}
		got := make(chan []byte, 1)
		go func() {
			start := make([]byte, 1000)
			io.ReadFull(peer, start)
			if err := os.Truncate(file.Name(), int64(kept)); err != nil {
				t.Error(err)
			}
			rest, err := io.ReadAll(peer)
			if err != nil {
				t.Error(err)
			}
			got <- append(start, rest...)
		}()
		tr := rawsys.Transfer{File: file, Count: int64(len(data)), Headers: [][]byte{[]byte("header")}, Trailers: [][]byte{[]byte("trailer")}}
		n, err := tr.WriteTo(dst)
		p := tr.Progress()
		if err != io.ErrUnexpectedEOF || n != 6+int64(kept) || !p.EOF || p.Trailer != 0 {
			t.Errorf("%s: %d, %v, %+v", kind.name, n, err, p)
		}
		dst.Close()
		mustArrive(t, <-got, []byte("header"), data[:kept])
	}
}

// TestGrowing: the end of file is where it is found.
func TestGrowing(t *testing.T) {
	data := content(40 << 20)
	file := tempFile(t, data[:10<<20])
	dst, peer := connected(t, "tcp4", "127.0.0.1:0")
	got := make(chan []byte, 1)
	go func() {
		start := make([]byte, 1000)
		io.ReadFull(peer, start)
		f, err := os.OpenFile(file.Name(), os.O_WRONLY|os.O_APPEND, 0)
		if err == nil {
			_, err = f.Write(data[10<<20:])
			f.Close()
		}
		if err != nil {
			t.Error(err)
		}
		rest, err := io.ReadAll(peer)
		if err != nil {
			t.Error(err)
		}
		got <- append(start, rest...)
	}()
	tr := rawsys.Transfer{File: file, Count: rawsys.ToEOF, Trailers: [][]byte{[]byte("trailer")}}
	if _, err := tr.WriteTo(dst); err != nil {
		t.Error(err)
	}
	dst.Close()
	all := <-got
	if n := int(tr.Progress().File); n < 10<<20 || n > len(data) || !bytes.Equal(all, append(data[:n:n], "trailer"...)) {
		t.Errorf("%d bytes arrived, progress %+v", len(all), tr.Progress())
	}
}

// TestManySlices: more than any system takes at once, with empty ones among
// them, and none of them changed.
func TestManySlices(t *testing.T) {
	bufs := make([][]byte, 5000)
	for i := range bufs {
		bufs[i] = content(i % 7)
	}
	all := bytes.Join(bufs, nil)
	for _, size := range []int{0, 1000, 200_000} {
		for _, kind := range kinds {
			data := content(size)
			tr := rawsys.Transfer{File: tempFile(t, data), Count: rawsys.ToEOF, Headers: bufs, Trailers: bufs}
			dst, peer := kind.make(t)
			got := received(t, peer)
			if n, err := tr.WriteTo(dst); err != nil || n != int64(size+2*len(all)) {
				t.Fatalf("%s: %d, %v", kind.name, n, err)
			}
			dst.Close()
			mustArrive(t, <-got, all, data, all)
		}
	}
	for i := range bufs {
		if !bytes.Equal(bufs[i], content(i%7)) {
			t.Fatalf("slice %d was changed", i)
		}
	}
}
