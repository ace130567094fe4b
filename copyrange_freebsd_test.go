package rawsys

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/zsys"
)

// noise are n bytes that are easy to tell apart.
func noise(n int) []byte {
	rng := rand.NewChaCha8([32]byte{1})
	p := make([]byte, n)
	_, _ = rng.Read(p) // never fails
	return p
}

func fileOf(t *testing.T, data []byte, flags int) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func contents(t *testing.T, f *os.File) []byte {
	t.Helper()
	data, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<40))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestCopyFileRange(t *testing.T) {
	data := noise(1000)
	in, out := fileOf(t, data, os.O_RDONLY), fileOf(t, nil, os.O_RDWR)
	inOff, outOff := int64(400), int64(10)
	n, err := CopyFileRange(int(out.Fd()), &outOff, int(in.Fd()), &inOff, 700, 0)
	if n != 600 || err != nil || inOff != 1000 || outOff != 610 {
		t.Errorf("%d, %v, offsets %d and %d", n, err, inOff, outOff)
	}
	if got := contents(t, out); !bytes.Equal(got[10:], data[400:]) {
		t.Errorf("%d other bytes", len(got))
	}
	if n, err := CopyFileRange(int(out.Fd()), nil, int(in.Fd()), nil, 5, 0); n != 5 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if at, err := in.Seek(0, io.SeekCurrent); at != 5 || err != nil {
		t.Errorf("the file's own offset is %d, %v", at, err)
	}
	if n, err := CopyFileRange(int(out.Fd()), &outOff, int(in.Fd()), &inOff, 5, 0); n != 0 || err != nil {
		t.Errorf("at the end: %d, %v", n, err)
	}
	for _, bad := range []struct {
		n     int64
		flags int
	}{{5, 1}, {-1, 0}} {
		if _, err := CopyFileRange(int(out.Fd()), nil, int(in.Fd()), nil, bad.n, bad.flags); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// Everything that a range can be copied from and to.
func TestCopyRange(t *testing.T) {
	data := noise(3<<20 + 17)
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	shm := func(p []byte) *os.File {
		f := newMemfd(t, zsys.MFD_CLOEXEC)
		if _, err := f.WriteAt(p, 0); err != nil && len(p) > 0 {
			t.Fatal(err)
		}
		return f
	}
	for _, tt := range []struct {
		what    string
		in, out *os.File
	}{
		{"file to file", fileOf(t, data, os.O_RDONLY), fileOf(t, noise(100), os.O_RDWR)},
		{"shared memory to file", shm(data), fileOf(t, nil, os.O_RDWR)},
		{"file to shared memory", fileOf(t, data, os.O_RDONLY), shm(nil)},
		{"shared memory to shared memory", shm(data), shm(nil)},
		{"file to null device", fileOf(t, data, os.O_RDONLY), null},
	} {
		const inOff, outOff = 1000, 5
		n, err := CopyRangeConn(tt.out, outOff, tt.in, inOff, 1<<20, 0)
		if n != 1<<20 || err != nil {
			t.Errorf("%s: %d, %v", tt.what, n, err)
		}
		n, err = CopyRangeConn(tt.out, outOff+1<<20, tt.in, inOff+1<<20, -1, 0)
		if want := int64(len(data) - inOff - 1<<20); n != want || err != nil {
			t.Errorf("%s: the rest: %d, %v, want %d", tt.what, n, err, want)
		}
		if got := contents(t, tt.out); tt.out != null && !bytes.Equal(got[outOff:], data[inOff:]) {
			t.Errorf("%s: other bytes", tt.what)
		}
		n, err = CopyRangeConn(tt.out, 0, tt.in, int64(len(data))-10, 20, 0)
		if n != 10 || err != io.ErrUnexpectedEOF {
			t.Errorf("%s: past the end: %d, %v", tt.what, n, err)
		}
		if at, err := tt.in.Seek(0, io.SeekCurrent); at != 0 || err != nil {
			t.Errorf("%s: the file's own offset is %d, %v", tt.what, at, err)
		}
	}
}

func TestCopyRangeRefuses(t *testing.T) {
	data := noise(1000)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	closed := fileOf(t, data, os.O_RDWR)
	closed.Close()
	rw := fileOf(t, data, os.O_RDWR)
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	for _, tt := range []struct {
		what          string
		out           *os.File
		outOff        int64
		in            *os.File
		inOff, length int64
		flags         int
		want          error
	}{
		{"overlap", rw, 5, rw, 0, 10, 0, syscall.EINVAL},
		{"overlap to the end", rw, 5, rw, 0, -1, 0, syscall.EINVAL},
		{"append", fileOf(t, data, os.O_RDWR|os.O_APPEND), 0, rw, 0, 10, 0, syscall.EBADF},
		{"append from memory", fileOf(t, data, os.O_RDWR|os.O_APPEND), 0, newMemfd(t, 0), 0, 10, 0, syscall.EBADF},
		{"read-only", fileOf(t, data, os.O_RDONLY), 0, rw, 0, 10, 0, syscall.EBADF},
		{"directory", rw, 0, dir, 0, 10, 0, syscall.EISDIR},
		{"pipe", w, 0, rw, 0, 10, 0, syscall.ESPIPE},
		{"from a pipe", rw, 0, r, 0, 10, 0, syscall.ESPIPE},
		{"negative", rw, -1, rw, 0, 10, 0, syscall.EINVAL},
		{"unknown flag", fileOf(t, nil, os.O_RDWR), 0, rw, 0, 10, 1, syscall.EINVAL},
		{"closed", closed, 0, rw, 0, 10, 0, os.ErrClosed},
	} {
		n, err := CopyRangeConn(tt.out, tt.outOff, tt.in, tt.inOff, tt.length, tt.flags)
		if n != 0 || !errors.Is(err, tt.want) {
			t.Errorf("%s: %d, %v, want %v", tt.what, n, err, tt.want)
		}
	}
	if got := contents(t, rw); !bytes.Equal(got, data) {
		t.Error("a refused copy wrote something")
	}
	// Appending a file to itself is a copy like any other, and ends.
	if n, err := CopyRangeConn(rw, 1000, rw, 0, -1, 0); n != 1000 || err != nil || !bytes.Equal(contents(t, rw)[1000:], data) {
		t.Errorf("a file behind itself: %d, %v", n, err)
	}
}

// A clone is made or refused, and not replaced by a copy.
func TestCopyRangeClone(t *testing.T) {
	data := noise(1 << 20)
	in, out := fileOf(t, data, os.O_RDONLY), fileOf(t, nil, os.O_RDWR)
	n, err := CopyRangeConn(out, 0, in, 0, int64(len(data)), zsys.COPY_FILE_RANGE_CLONE)
	got := contents(t, out)
	switch {
	case err == nil && n == int64(len(data)) && bytes.Equal(got, data):
	case errors.Is(err, syscall.EOPNOTSUPP) && n == 0 && len(got) == 0:
	case errors.Is(err, syscall.EINVAL) && n == 0 && len(got) == 0: // before 15.0
	default:
		t.Errorf("%d, %v, and a file of %d bytes", n, err, len(got))
	}
	t.Logf("%d, %v", n, err)
}

// Files larger than one call copies, by their holes.
func TestCopyRangeSparse(t *testing.T) {
	const size = 5<<30 + 3
	in, out := fileOf(t, nil, os.O_RDWR), fileOf(t, nil, os.O_RDWR)
	if err := in.Truncate(size); err != nil {
		t.Skipf("no file of 5 GiB here: %v", err)
	}
	if _, err := in.WriteAt([]byte("end"), size-3); err != nil {
		t.Skipf("no file of 5 GiB here: %v", err)
	}
	if testing.Short() {
		t.Skip("reads 5 GiB where the file system has no holes")
	}
	const from = 1<<30 - 7
	n, err := CopyRangeConn(out, 0, in, from, -1, 0)
	if errors.Is(err, syscall.ENOSPC) {
		t.Skipf("no room where the file system has no holes: %v", err)
	}
	if n != size-from || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	last := make([]byte, 3)
	if _, err := out.ReadAt(last, n-3); err != nil || string(last) != "end" {
		t.Errorf("%q, %v", last, err)
	}
	var st unix.Stat_t
	if err := unix.Fstat(int(out.Fd()), &st); err == nil {
		t.Logf("%d bytes take %d blocks", st.Size, st.Blocks)
	}
}
