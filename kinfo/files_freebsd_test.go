package kinfo

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// kinfoOf returns the test's own descriptor fd, by all ways there are, after
// it has compared them.
func kinfoOf(t *testing.T, fd uintptr) *File {
	t.Helper()
	files, err := Collect(Files(os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	var found *File
	for i := range files {
		if files[i].Fd == int32(fd) {
			found = &files[i]
		}
	}
	if found == nil {
		t.Fatalf("descriptor %d is not in the table", fd)
	}
	one, err := Fd(int(fd))
	if err != nil {
		t.Fatal(err)
	}
	if one.Type != found.Type || one.Fd != found.Fd || one.Flags != found.Flags || one.Offset != found.Offset ||
		one.RefCount != found.RefCount+1 || one.PathString() != found.PathString() || one.Un != found.Un {
		t.Errorf("F_KINFO and the sysctl differ:\n%+v\n%+v", one, found)
	}
	return found
}

func TestFile(t *testing.T) {
	path := t.TempDir() + "/sp ace-é漢"
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(make([]byte, 5000)); err != nil {
		t.Fatal(err)
	}
	k := kinfoOf(t, f.Fd())
	v, ok := k.Vnode()
	var st rawsys.FileStat
	if err := rawsys.Fstat(int(f.Fd()), &st); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if v.Size != 5000 || k.Offset != 5000 || v.Fileid != uint64(st.Ino) || v.Fsid != uint64(st.Dev) || v.FileMode() != st.FileMode() ||
		v.Type != zsys.KF_VTYPE_VREG || k.Flags != zsys.KF_FLAG_READ|zsys.KF_FLAG_WRITE {
		t.Errorf("%+v, offset %d, flags %v; stat %+v", v.KinfoFileFile, k.Offset, k.Flags, st)
	}
	if want, _ := filepath.EvalSymlinks(path); k.PathString() != want || string(k.PathBytes()) != want {
		t.Errorf("path %q, want %q", k.PathString(), want)
	}
	if _, pseudo := k.PseudoFd(); pseudo || !k.Valid() {
		t.Errorf("pseudo %v, valid %v", pseudo, k.Valid())
	}
	if _, ok := k.Socket(); ok || k.Mqueue() {
		t.Error("a file is seen as a socket or a queue")
	}
	os.Remove(path)
	if k := kinfoOf(t, f.Fd()); k.PathString() != "" {
		t.Errorf("path %q of a removed file", k.PathString())
	}
}

// openLimited opens a descriptor that has only the given rights.
func openLimited(t *testing.T, rights ...uint64) (uintptr, *unix.CapRights) {
	t.Helper()
	f, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	set, err := unix.CapRightsInit(rights)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.CapRightsLimit(f.Fd(), set); err != nil {
		t.Fatal(err)
	}
	return f.Fd(), set
}

// The rights that the table tells are the descriptor's.
func TestRights(t *testing.T) {
	fd, want := openLimited(t, unix.CAP_READ, unix.CAP_FCNTL)
	if got := kinfoOf(t, fd).CapRights.Rights; got != want.Rights {
		t.Errorf("rights %#x, want %#x", got, want.Rights)
	}
}

// The table holds exactly the descriptors that fcntl finds open, and the
// iterator gives the same as the slice.
func TestFilesIsComplete(t *testing.T) {
	var open, listed []int32
	for fd := range int32(1024) {
		if _, err := unix.FcntlInt(uintptr(fd), syscall.F_GETFD, 0); err == nil {
			open = append(open, fd)
		}
	}
	files, err := Collect(Files(os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for k, err := range Files(os.Getpid()) {
		if err != nil {
			t.Fatal(err)
		}
		if i >= len(files) || k.Fd != files[i].Fd || k.Type != files[i].Type || k.PathString() != files[i].PathString() {
			t.Errorf("record %d of the iterator differs: fd %d, %v, %q", i, k.Fd, k.Type, k.PathString())
		}
		i++
		if _, pseudo := k.PseudoFd(); !pseudo {
			listed = append(listed, k.Fd)
		}
	}
	if i != len(files) || fmt.Sprint(open) != fmt.Sprint(listed) {
		t.Errorf("%d of %d records; open %v, listed %v", i, len(files), open, listed)
	}
	for range Files(os.Getpid()) {
		break // the scratch memory goes back all the same
	}
}

func TestCwd(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	k, err := Cwd(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if use, ok := k.PseudoFd(); k.PathString() != dir || !ok || use != zsys.KF_FD_TYPE_CWD || use.String() != "KF_FD_TYPE_CWD" {
		t.Errorf("%q, %v, %v; want %q", k.PathString(), use, ok, dir)
	}
	if v, ok := k.Vnode(); !ok || !v.FileMode().IsDir() {
		t.Errorf("%v, %+v", ok, v)
	}
}

// A table of a thousand files that others change meanwhile is read whole.
func TestWhileFilesComeAndGo(t *testing.T) {
	for range 600 {
		f, err := os.Open("/dev/null")
		if err != nil {
			t.Skipf("600 files may not be open here: %v", err)
		}
		defer f.Close()
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(stop)
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			var fds []*os.File
			for range 100 {
				if f, err := os.Open("/dev/zero"); err == nil {
					fds = append(fds, f)
				}
			}
			for _, f := range fds {
				f.Close()
			}
		}
	})
	for range 50 {
		n := 0
		for k, err := range Files(os.Getpid()) {
			if err != nil {
				t.Fatal(err)
			}
			if k.PathString() == "/dev/null" {
				n++
			}
		}
		if n < 600 {
			t.Fatalf("%d files seen, at least 600 are open", n)
		}
	}
}

func TestAllocates(t *testing.T) {
	count := func() float64 {
		return testing.AllocsPerRun(20, func() {
			for _, err := range Files(os.Getpid()) {
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	few := count()
	for range 100 {
		f, err := os.Open("/dev/null")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
	}
	if many := count(); many > few {
		t.Errorf("%v allocations, and %v with 100 files more", few, many)
	}
}

func BenchmarkFiles(b *testing.B) {
	b.Run("iterator", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for range Files(os.Getpid()) {
			}
		}
	})
	b.Run("slice", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = Collect(Files(os.Getpid()))
		}
	})
	b.Run("raw sysctl", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = unix.SysctlRaw("kern.proc.filedesc", os.Getpid())
		}
	})
}
