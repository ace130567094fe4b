package rawsys

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/zsys"
)

func newMemfd(t *testing.T, flags int) *os.File {
	t.Helper()
	f, err := MemfdCreate("test", flags)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestMemfd(t *testing.T) {
	f := newMemfd(t, zsys.MFD_CLOEXEC)
	if _, err := f.WriteString("in memory"); err != nil { // grows on write
		t.Fatal(err)
	}
	if _, err := f.Seek(3, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(f); err != nil || string(rest) != "memory" {
		t.Errorf("%q, %v", rest, err)
	}
	if st, err := f.Stat(); err != nil || st.Size() != 9 || f.Name() != "memfd:test" {
		t.Errorf("%v, %v, %s", st, err, f.Name())
	}
	if err := f.SetDeadline(time.Now()); !errors.Is(err, os.ErrNoDeadline) {
		t.Errorf("a deadline: %v", err)
	}
	mem, err := syscall.Mmap(int(f.Fd()), 0, 9, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil || string(mem) != "in memory" {
		t.Errorf("%q, %v", mem, err)
	}
	if err := syscall.Munmap(mem); err != nil {
		t.Error(err)
	}
}

func TestMemfdCloseOnExec(t *testing.T) {
	for flags, want := range map[int]int{0: 0, zsys.MFD_CLOEXEC: unix.FD_CLOEXEC} {
		f := newMemfd(t, flags)
		if got, err := unix.FcntlInt(f.Fd(), unix.F_GETFD, 0); got != want || err != nil {
			t.Errorf("flags %d: %d, %v", flags, got, err)
		}
	}
}

func TestMemfdArguments(t *testing.T) {
	for _, tt := range []struct {
		name  string
		flags int
		errno syscall.Errno
	}{
		{strings.Repeat("n", 249), 0, 0},
		{strings.Repeat("n", 250), 0, syscall.EINVAL},
		{"a\x00b", 0, syscall.EINVAL},
		{"x", 8, syscall.EINVAL},
		{"x", zsys.MFD_HUGE_2MB, syscall.EINVAL},
	} {
		f, err := MemfdCreate(tt.name, tt.flags)
		if tt.errno == 0 && err != nil || tt.errno != 0 && !errors.Is(err, tt.errno) {
			t.Errorf("%.10q, %#x: %v", tt.name, tt.flags, err)
		}
		if err == nil {
			f.Close()
		}
	}
}

func TestSeals(t *testing.T) {
	if s, err := GetSeals(int(newMemfd(t, 0).Fd())); err != nil || s != zsys.F_SEAL_SEAL {
		t.Errorf("a file that was not made for seals: %v, %v", s, err)
	}
	f := newMemfd(t, zsys.MFD_CLOEXEC|zsys.MFD_ALLOW_SEALING)
	fd := int(f.Fd())
	if err := f.Truncate(100); err != nil {
		t.Fatal(err)
	}
	if s, err := GetSeals(fd); err != nil || s != 0 {
		t.Errorf("%v, %v", s, err)
	}
	if err := AddSeals(fd, zsys.F_SEAL_GROW|zsys.F_SEAL_SHRINK); err != nil {
		t.Fatal(err)
	}
	if s, err := GetSeals(fd); err != nil || s.String() != "F_SEAL_SHRINK|F_SEAL_GROW" {
		t.Errorf("%v, %v", s, err)
	}
	for _, size := range []int64{99, 101} {
		if err := f.Truncate(size); !errors.Is(err, syscall.EPERM) {
			t.Errorf("to %d bytes: %v", size, err)
		}
	}
	if _, err := f.WriteAt([]byte("x"), 99); err != nil {
		t.Error(err)
	}
	mem, err := syscall.Mmap(fd, 0, 100, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	if err := AddSeals(fd, zsys.F_SEAL_WRITE); !errors.Is(err, syscall.EBUSY) {
		t.Errorf("while mapped: %v", err)
	}
	if err := syscall.Munmap(mem); err != nil {
		t.Error(err)
	}
	if err := AddSeals(fd, zsys.F_SEAL_WRITE|zsys.F_SEAL_SEAL); err != nil {
		t.Error(err)
	}
	if _, err := f.WriteAt([]byte("x"), 0); !errors.Is(err, syscall.EPERM) {
		t.Errorf("a write: %v", err)
	}
	if err := AddSeals(fd, zsys.F_SEAL_GROW); !errors.Is(err, syscall.EPERM) {
		t.Errorf("a seal behind F_SEAL_SEAL: %v", err)
	}
	f, err = os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := GetSeals(int(f.Fd())); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a file on disk: %v", err)
	}
}

func TestMemfdLargePages(t *testing.T) {
	const size = 2 << 20
	f, err := MemfdCreate("large", zsys.MFD_CLOEXEC|zsys.MFD_HUGETLB|zsys.MFD_HUGE_2MB)
	switch {
	case errors.Is(err, syscall.ENOTTY), errors.Is(err, syscall.EOPNOTSUPP):
		t.Skipf("the machine has no pages of 2 MiB: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := MemfdCreate("none", zsys.MFD_HUGETLB|zsys.MFD_HUGE_512KB); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Errorf("pages of 512 KiB, which no processor of a port has: %v", err)
	}
	if err := f.Truncate(size); err != nil {
		t.Skipf("no contiguous 2 MiB of memory: %v", err)
	}
	if _, err := f.WriteAt([]byte("large"), size-5); err != nil {
		t.Error(err)
	}
	if err := f.Truncate(size + 4096); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a size that is no whole page: %v", err)
	}
}
