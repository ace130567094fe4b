//go:build unix

package contract_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
)

// descriptor is the destination's descriptor, blocking or not.
func descriptor(t testing.TB, dst any, nonblocking bool) int {
	t.Helper()
	var f *os.File
	switch d := dst.(type) {
	case *os.File:
		f = d
	case interface{ File() (*os.File, error) }:
		var err error
		if f, err = d.File(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
	}
	fd := int(f.Fd())
	if err := unix.SetNonblock(fd, nonblocking); err != nil {
		t.Fatal(err)
	}
	return fd
}

// awaitWritable waits as an event loop does.
func awaitWritable(t testing.TB, fd int) {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for {
		if _, err := unix.Poll(fds, 10_000); err == nil {
			break
		} else if err != unix.EINTR {
			t.Fatal(err)
		}
	}
	if fds[0].Revents == 0 {
		t.Fatal("not writable for 10 s")
	}
}

// TestSendfile sends on blocking descriptors of every kind.
func TestSendfile(t *testing.T) {
	for _, kind := range kinds {
		for _, size := range []int{0, 100, 300_000} {
			data := content(size)
			file := tempFile(t, data)
			if _, err := file.Seek(3, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			dst, peer := kind.make(t)
			got := received(t, peer)
			n, err := rawsys.Sendfile(descriptor(t, dst, false), int(file.Fd()), 0, 0, [][]byte{[]byte("head")}, [][]byte{[]byte("tail")}, 0)
			if n != int64(size)+8 || err != nil {
				t.Errorf("%s, %d bytes: %d, %v", kind.name, size, n, err)
			}
			if at, err := file.Seek(0, io.SeekCurrent); at != 3 || err != nil {
				t.Errorf("%s: the file's position is %d, %v", kind.name, at, err)
			}
			closeAll(dst)
			mustArrive(t, <-got, []byte("head"), data, []byte("tail"))
		}
	}
}

// closeAll ends a stream although a copy of its descriptor is open.
func closeAll(dst end) {
	if c, ok := dst.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
	dst.Close()
}

// TestEventLoop sends on non-blocking descriptors with the smallest buffers,
// going on after each EAGAIN, by Send and by arithmetic over Sendfile's count.
func TestEventLoop(t *testing.T) {
	headers := [][]byte{content(30_000), nil, content(5)}
	trailers := [][]byte{content(40_000)}
	data := content(shorter(500_000, 100_000))
	head, tail := bytes.Join(headers, nil), bytes.Join(trailers, nil)
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			file := tempFile(t, data)
			dst, peer := kind.make(t)
			smallBuffers(dst)
			fd := descriptor(t, dst, true)

			tr := rawsys.Transfer{File: file, Count: rawsys.ToEOF, Headers: headers, Trailers: trailers}
			sent, err := tr.Send(fd)
			if !errors.Is(err, syscall.EAGAIN) {
				t.Fatalf("%d, %v, although nobody reads", sent, err)
			}
			got := received(t, peer)
			waits := 0
			for {
				n, err := tr.Send(fd)
				sent += n
				if err == nil {
					break
				}
				if !errors.Is(err, syscall.EAGAIN) {
					t.Fatal(err)
				}
				waits++
				awaitWritable(t, fd)
			}
			if total := int64(len(head) + len(data) + len(tail)); sent != total || tr.Progress().Sent() != total {
				t.Errorf("%d bytes, progress %+v, of %d", sent, tr.Progress(), total)
			}
			again := resendByCount(t, fd, file, data, head, tail)
			t.Logf("%d and %d waits", waits, again)
			closeAll(dst)
			mustArrive(t, <-got, head, data, tail, head, data, tail)
		})
	}
}

// resendByCount does with Sendfile's plain count what Send does by itself.
func resendByCount(t *testing.T, fd int, file *os.File, data, head, tail []byte) (waits int) {
	t.Helper()
	all := len(head) + len(data) + len(tail)
	for sent := 0; sent < all; {
		h := head[min(sent, len(head)):]
		f := min(max(sent-len(head), 0), len(data))
		if f == len(data) { // nothing is left of the file; count 0 would be its end
			n, err := rawsys.Sendfile(fd, int(file.Fd()), int64(f), 0, [][]byte{tail[sent-len(head)-f:]}, nil, 0)
			sent, waits = sent+int(n), waits+waited(t, fd, err)
			continue
		}
		n, err := rawsys.Sendfile(fd, int(file.Fd()), int64(f), int64(len(data)-f), [][]byte{h}, [][]byte{tail}, 0)
		sent, waits = sent+int(n), waits+waited(t, fd, err)
	}
	return waits
}

func waited(t *testing.T, fd int, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	if !errors.Is(err, syscall.EAGAIN) {
		t.Fatal(err)
	}
	awaitWritable(t, fd)
	return 1
}

// TestHugeHeader: a vector of more than 2 GiB is no error where the system takes less at a time.
func TestHugeHeader(t *testing.T) {
	slice := make([]byte, 64<<20)
	file := tempFile(t, content(10))
	for _, kind := range kinds {
		dst, _ := kind.make(t)
		n, err := rawsys.Sendfile(descriptor(t, dst, true), int(file.Fd()), 0, 0, slices.Repeat([][]byte{slice}, 40), nil, 0)
		if n <= 0 || !errors.Is(err, syscall.EAGAIN) {
			t.Errorf("%s: %d, %v", kind.name, n, err)
		}
	}
}

// smallBuffers asks for the least that the system grants, or, where that is a
// single byte, for a page.
func smallBuffers(dst any) {
	size := 4096
	if runtime.GOOS == "linux" {
		size = 1
	}
	if c, ok := dst.(interface{ SetWriteBuffer(int) error }); ok {
		c.SetWriteBuffer(size)
	}
}

// TestOneByteBuffer: where a buffer of one byte is granted it is still the whole that arrives.
func TestOneByteBuffer(t *testing.T) {
	for _, kind := range kinds {
		data := content(3000)
		if strings.HasPrefix(kind.name, "tcp") && runtime.GOOS != "linux" {
			data = data[:20] // each byte waits for its acknowledgement
		}
		file := tempFile(t, data)
		dst, peer := kind.make(t)
		if c, ok := dst.(interface{ SetWriteBuffer(int) error }); ok {
			c.SetWriteBuffer(1)
		}
		got := received(t, peer)
		tr := rawsys.Transfer{File: file, Count: int64(len(data)), Headers: [][]byte{[]byte("head")}, Trailers: [][]byte{[]byte("tail")}, Threshold: -1}
		if n, err := tr.WriteTo(dst); n != int64(len(data)+8) || err != nil {
			t.Errorf("%s: %d, %v, %+v", kind.name, n, err, tr.Progress())
		}
		if way := tr.Progress().Way; runtime.GOOS == "freebsd" && way != rawsys.ByCopy {
			t.Errorf("%s: by %v, which such a buffer is not fit for", kind.name, way)
		}
		dst.Close()
		mustArrive(t, <-got, []byte("head"), data, []byte("tail"))
	}
}
