//go:build unix

package contract_test

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
)

// TestFileDestinations: files, also for appending, and FIFOs.
func TestFileDestinations(t *testing.T) {
	data := content(200_000)
	file := tempFile(t, data)
	for _, flag := range []int{os.O_WRONLY, os.O_WRONLY | os.O_APPEND} {
		name := filepath.Join(t.TempDir(), "destination")
		if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		dst, err := os.OpenFile(name, flag, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dst.Seek(0, io.SeekEnd); err != nil {
			t.Fatal(err)
		}
		tr := rawsys.Transfer{File: file, Count: rawsys.ToEOF, Offset: 1, Headers: [][]byte{[]byte("head")}, Trailers: [][]byte{[]byte("tail")}}
		n, err := tr.WriteTo(dst)
		if n != int64(len(data)+7) || err != nil {
			t.Errorf("flags %#x: %d, %v", flag, n, err)
		}
		dst.Close()
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mustArrive(t, got, []byte("oldhead"), data[1:], []byte("tail"))
		t.Logf("flags %#x: by %v", flag, tr.Progress().Way)
	}
}

func TestFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	writer, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	data := content(300_000)
	tr := rawsys.Transfer{File: tempFile(t, data), Count: rawsys.ToEOF, Headers: [][]byte{[]byte("head")}}
	got := received(t, reader)
	if n, err := tr.WriteTo(writer); n != int64(len(data)+4) || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	writer.Close()
	mustArrive(t, <-got, []byte("head"), data)
}

// TestUnseekableSource: a pipe has no offsets to read at.
func TestUnseekableSource(t *testing.T) {
	w, r := pipe(t)
	if _, err := w.Write([]byte("not to be read")); err != nil {
		t.Fatal(err)
	}
	for _, threshold := range []int{0, -1} {
		dst, peer := connected(t, "tcp4", "127.0.0.1:0")
		got := received(t, peer)
		tr := rawsys.Transfer{File: r.(*os.File), Count: 5, Headers: [][]byte{[]byte("head")}, Trailers: [][]byte{[]byte("tail")}, Threshold: threshold}
		n, err := tr.WriteTo(dst)
		if !errors.Is(err, syscall.ESPIPE) || n != tr.Progress().Header {
			t.Errorf("threshold %d: %d, %v", threshold, n, err)
		}
		dst.Close()
		mustArrive(t, <-got, []byte("head")[:n])
	}
}

// TestDirectorySource: read says what sendfile does not.
func TestDirectorySource(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	for _, threshold := range []int{0, -1} {
		dst, _ := connected(t, "tcp4", "127.0.0.1:0")
		tr := rawsys.Transfer{File: dir, Count: 5, Threshold: threshold}
		if n, err := tr.WriteTo(dst); n != 0 || !errors.Is(err, syscall.EISDIR) {
			t.Errorf("threshold %d: %d, %v", threshold, n, err)
		}
	}
}

// TestBadDescriptors: closed ones, and files that may not be read.
func TestBadDescriptors(t *testing.T) {
	file := tempFile(t, content(10))
	dst, _ := connected(t, "tcp4", "127.0.0.1:0")
	fd := descriptor(t, dst, false)
	for _, pair := range [][2]int{{-1, int(file.Fd())}, {fd, -1}, {fd, 1 << 20}} {
		if n, err := rawsys.Sendfile(pair[0], pair[1], 0, 5, nil, nil, 0); n != 0 || !errors.Is(err, syscall.EBADF) {
			t.Errorf("%v: %d, %v", pair, n, err)
		}
	}
	closed := tempFile(t, nil)
	closed.Close()
	tr := rawsys.Transfer{File: closed, Count: rawsys.ToEOF}
	if n, err := tr.WriteTo(dst); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed file: %d, %v", n, err)
	}
	dst.Close()
	tr.File = file
	if n, err := tr.WriteTo(dst); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed connection: %d, %v", n, err)
	}
}
