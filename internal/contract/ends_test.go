//go:build unix

package contract_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/internal/transfer"
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

// TestDirectorySource: nothing is sent, whichever way, and the error says what of.
func TestDirectorySource(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	name := filepath.Join(t.TempDir(), "unreadable")
	writeOnly, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer writeOnly.Close()
	headers, trailers := [][]byte{[]byte("head")}, [][]byte{[]byte("tail")}
	for _, kind := range kinds {
		for _, c := range []struct {
			file *os.File
			want error
		}{{dir, syscall.EISDIR}, {r, syscall.ESPIPE}, {writeOnly, syscall.EBADF}} {
			for _, count := range []int64{rawsys.ToEOF, 5, 100_000} {
				for _, threshold := range []int{0, -1} {
					dst, peer := kind.make(t)
					tr := rawsys.Transfer{File: c.file, Count: count, Threshold: threshold, Headers: headers, Trailers: trailers}
					if n, err := tr.Read(make([]byte, 512)); n != 0 || !errors.Is(err, c.want) || tr.Progress() != (rawsys.Progress{}) {
						t.Errorf("Read of %d: %d, %v, want %v, %+v", count, n, err, c.want, tr.Progress())
					}
					if n, err := tr.WriteTo(dst); n != 0 || !errors.Is(err, c.want) {
						t.Errorf("%s, count %d, threshold %d: %d, %v, want %v", kind.name, count, threshold, n, err, c.want)
					}
					if n, err := tr.Send(descriptor(t, dst, false)); n != 0 || !errors.Is(err, c.want) {
						t.Errorf("%s, Send of %d, threshold %d: %d, %v, want %v", kind.name, count, threshold, n, err, c.want)
					}
					n, err := rawsys.Sendfile(descriptor(t, dst, false), int(c.file.Fd()), 0, max(count, 0), headers, trailers, 0)
					if n != 0 || !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), "sendfile fd ") {
						t.Errorf("%s, Sendfile of %d: %d, %v, want %v", kind.name, count, n, err, c.want)
					}
					got := received(t, peer)
					closeAll(dst)
					mustArrive(t, <-got)
				}
			}
		}
	}
}

// TestDeadlineOfAFile: the error of a file that takes nothing has the file's name.
func TestDeadlineOfAFile(t *testing.T) {
	dst, _ := pipe(t)
	if err := dst.SetDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Skipf("no deadlines on pipes here: %v", err)
	}
	for _, file := range []io.ReaderAt{tempFile(t, content(1<<20)), bytes.NewReader(content(1 << 20))} {
		tr := rawsys.Transfer{File: file, Count: rawsys.ToEOF}
		_, err := tr.WriteTo(dst)
		var of *os.PathError
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &of) || of.Path != dst.(*os.File).Name() {
			t.Errorf("%v", err)
		}
	}
}

// TestSection: a section of a file goes by the kernel, and ends where it ends.
func TestSection(t *testing.T) {
	data := content(300_000)
	file := tempFile(t, data)
	for _, c := range []struct{ base, size, offset, count int64 }{
		{0, 300_000, 0, rawsys.ToEOF}, {1000, 200_000, 0, rawsys.ToEOF}, {1000, 200_000, 500, 100_000}, {1000, 200_000, 199_000, 5000},
		{1000, 0, 0, rawsys.ToEOF}, {0, 0, 0, rawsys.ToEOF}, {290_000, 100_000, 0, rawsys.ToEOF}, {290_000, 1 << 62, 3, rawsys.ToEOF},
		{1000, 200_000, 300_000, rawsys.ToEOF}, {1000, 200_000, math.MaxInt64, rawsys.ToEOF},
	} {
		section := io.NewSectionReader(file, c.base, c.size)
		want := data[min(c.base, int64(len(data))):]
		want = want[:min(c.size, int64(len(want)))]
		want = want[min(c.offset, int64(len(want))):]
		if c.count >= 0 {
			want = want[:min(c.count, int64(len(want)))]
		}
		for _, threshold := range []int{0, -1} {
			dst, peer := connected(t, "tcp4", "127.0.0.1:0")
			got := received(t, peer)
			tr := rawsys.Transfer{File: section, Offset: c.offset, Count: c.count, Threshold: threshold}
			n, err := tr.WriteTo(dst)
			short := c.count > int64(len(want))
			if n != int64(len(want)) || short != (err == io.ErrUnexpectedEOF) || !short && err != nil {
				t.Errorf("%+v: %d, %v", c, n, err)
			}
			if way := tr.Progress().Way; len(want) > 64<<10 && (way == rawsys.ByCopy) != (transfer.Host.Max == 0) {
				t.Errorf("%+v: by %v", c, way)
			}
			dst.Close()
			mustArrive(t, <-got, want)
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

// TestAnotherSource: that one file was found to be readable says nothing of the next.
func TestAnotherSource(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	data := content(100_000)
	tr := rawsys.Transfer{Count: int64(len(data)), Headers: [][]byte{[]byte("head")}}
	for _, c := range []struct {
		file *os.File
		want error
	}{{tempFile(t, data), nil}, {dir, syscall.EISDIR}, {tempFile(t, data), nil}, {nil, os.ErrInvalid}} {
		dst, peer := connected(t, "tcp4", "127.0.0.1:0")
		got := received(t, peer)
		tr.File = c.file
		tr.Reset()
		n, err := tr.WriteTo(dst)
		if !errors.Is(err, c.want) || c.want != nil && n != 0 {
			t.Errorf("%v: %d, %v, want %v", c.file, n, err, c.want)
		}
		dst.Close()
		if c.want == nil {
			mustArrive(t, <-got, []byte("head"), data)
		} else {
			mustArrive(t, <-got)
		}
	}
}
