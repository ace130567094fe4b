package rawsys

import (
	"errors"
	"io/fs"
	"math/bits"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/zsys"
)

// fileKinds makes a file of each kind that a test may make, and returns their paths.
func fileKinds(t *testing.T) []string {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(at("regular"), make([]byte, 12345), 0o640))
	must(os.WriteFile(at("setuid"), nil, 0o755))
	must(os.Chmod(at("setuid"), 0o755|fs.ModeSetuid|fs.ModeSetgid))
	must(os.Mkdir(at("directory"), 0o700))
	must(os.Chmod(at("directory"), 0o777|fs.ModeSticky))
	must(os.Link(at("regular"), at("link")))
	must(os.Symlink("regular", at("symlink")))
	must(syscall.Mkfifo(at("fifo"), 0o600))
	must(os.Chtimes(at("setuid"), time.Unix(-86400, 500), time.Unix(1<<31-2, 999999999)))
	l, err := net.Listen("unix", at("socket"))
	must(err)
	t.Cleanup(func() { l.Close() })
	paths := []string{"/", "/dev", "/dev/null", "/dev/zero"}
	for _, name := range []string{"regular", "setuid", "directory", "link", "symlink", "fifo", "socket"} {
		paths = append(paths, at(name))
	}
	return paths
}

func TestStatAgreesWithOS(t *testing.T) {
	for _, path := range fileKinds(t) {
		for _, tt := range []struct {
			name string
			mine func(string, *FileStat) error
			os   func(string) (os.FileInfo, error)
			unix func(string, *unix.Stat_t) error
		}{
			{"stat", Stat, os.Stat, unix.Stat},
			{"lstat", Lstat, os.Lstat, unix.Lstat},
		} {
			var st FileStat
			var xst unix.Stat_t
			fi, err := tt.os(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(tt.mine(path, &st), tt.unix(path, &xst)); err != nil {
				t.Fatal(err)
			}
			compareOS(t, tt.name+" "+path, &st, fi)
			compareUnix(t, tt.name+" "+path, &st, &xst)
		}
	}
}

func compareOS(t *testing.T, what string, st *FileStat, fi os.FileInfo) {
	t.Helper()
	if st.FileMode() != fi.Mode() || st.Size != fi.Size() || !st.MTime().Equal(fi.ModTime()) {
		t.Errorf("%s: %v, %d bytes, %v; os: %v, %d, %v", what, st.FileMode(), st.Size, st.MTime(), fi.Mode(), fi.Size(), fi.ModTime())
	}
	sys := fi.Sys().(*syscall.Stat_t)
	if sec, nsec := sys.Birthtimespec.Unix(); !st.BirthTime().Equal(time.Unix(sec, nsec)) && sec != -1 {
		t.Errorf("%s: created %v, os: %v", what, st.BirthTime(), time.Unix(sec, nsec))
	}
	if sec, nsec := sys.Ctimespec.Unix(); !st.CTime().Equal(time.Unix(sec, nsec)) {
		t.Errorf("%s: changed %v, os: %v", what, st.CTime(), time.Unix(sec, nsec))
	}
}

// compareUnix compares all the fields but those that x/sys/unix does not have,
// Bsdflags and Filerev.
func compareUnix(t *testing.T, what string, st *FileStat, x *unix.Stat_t) {
	t.Helper()
	type fields struct {
		dev, ino, nlink, rdev, gen uint64
		mode                       uint16
		uid, gid, flags            uint32
		size, blocks               int64
		blksize                    int32
		times                      [8]int64
	}
	mine := fields{
		dev: uint64(st.Dev), ino: uint64(st.Ino), nlink: uint64(st.Nlink), rdev: uint64(st.Rdev), gen: st.Gen,
		mode: uint16(st.Mode), uid: uint32(st.Uid), gid: uint32(st.Gid), flags: uint32(st.Flags),
		size: int64(st.Size), blocks: int64(st.Blocks), blksize: int32(st.Blksize),
	}
	theirs := fields{
		x.Dev, x.Ino, x.Nlink, x.Rdev, x.Gen, x.Mode, x.Uid, x.Gid, x.Flags, x.Size, x.Blocks, x.Blksize, [8]int64{},
	}
	mine.times[0], mine.times[1] = st.ATimespec()
	mine.times[2], mine.times[3] = st.MTimespec()
	mine.times[4], mine.times[5] = st.CTimespec()
	mine.times[6], mine.times[7] = st.BirthTimespec()
	theirs.times[0], theirs.times[1] = x.Atim.Unix()
	theirs.times[2], theirs.times[3] = x.Mtim.Unix()
	theirs.times[4], theirs.times[5] = x.Ctim.Unix()
	theirs.times[6], theirs.times[7] = x.Btim.Unix()
	if mine != theirs {
		t.Errorf("%s:\n got %+v\nwant %+v", what, mine, theirs)
	}
}

func TestFstatAgreesWithOS(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for _, f := range []*os.File{f, r, w, os.Stdin} {
		fi, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		var st FileStat
		if err := Fstat(int(f.Fd()), &st); err != nil {
			t.Fatal(err)
		}
		compareOS(t, f.Name(), &st, fi)
	}
}

func TestFstatat(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.WriteFile(dir+"/file", []byte("abc"), 0o600), os.Symlink("file", dir+"/link")); err != nil {
		t.Fatal(err)
	}
	d, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	fd := int(d.Fd())
	for _, tt := range []struct {
		dirfd int
		path  string
		flags int
		mode  fs.FileMode
	}{
		{fd, "file", 0, 0},
		{fd, "link", 0, 0},
		{fd, "link", zsys.AT_SYMLINK_NOFOLLOW, fs.ModeSymlink},
		{fd, "", zsys.AT_EMPTY_PATH, fs.ModeDir},
		{fd, "file", zsys.AT_RESOLVE_BENEATH, 0},
		{zsys.AT_FDCWD, dir + "/file", 0, 0},
		{-1, dir + "/file", 0, 0},
	} {
		var st FileStat
		if err := Fstatat(tt.dirfd, tt.path, &st, tt.flags); err != nil || st.FileMode().Type() != tt.mode {
			t.Errorf("Fstatat(%d, %q, %#x): %v, %v", tt.dirfd, tt.path, tt.flags, st.FileMode(), err)
		}
	}
}

func TestStatErrors(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.WriteFile(dir+"/file", nil, 0o600), os.Symlink("loop", dir+"/loop")); err != nil {
		t.Fatal(err)
	}
	var st FileStat
	for _, tt := range []struct {
		name  string
		err   error
		errno syscall.Errno
		is    error
		text  string
	}{
		{"missing", Stat(dir+"/missing", &st), syscall.ENOENT, fs.ErrNotExist, "stat " + dir + "/missing: no such file or directory"},
		{"empty", Stat("", &st), syscall.ENOENT, fs.ErrNotExist, ""},
		{"lstat missing", Lstat(dir+"/missing", &st), syscall.ENOENT, fs.ErrNotExist, "lstat " + dir + "/missing: no such file or directory"},
		{"through a file", Stat(dir+"/file/x", &st), syscall.ENOTDIR, nil, ""},
		{"loop", Stat(dir+"/loop", &st), syscall.ELOOP, nil, ""},
		{"NUL", Stat("a\x00b", &st), syscall.EINVAL, nil, `stat "a\x00b": invalid argument (the path contains a NUL)`},
		{"closed", Fstat(-1, &st), syscall.EBADF, nil, "fstat fd -1: bad file descriptor"},
		{"flag", Fstatat(zsys.AT_FDCWD, dir, &st, 1<<30), syscall.EINVAL, nil, ""},
		{"flag beyond C's int", Fstatat(zsys.AT_FDCWD, dir, &st, 1<<(bits.UintSize-2)), syscall.EINVAL, nil, ""},
		{"outside", Fstatat(zsys.AT_FDCWD, "/", &st, zsys.AT_RESOLVE_BENEATH), syscall.ENOTCAPABLE, fs.ErrPermission, ""},
	} {
		var e *Error
		if !errors.As(tt.err, &e) || e.Errno != tt.errno || !errors.Is(tt.err, tt.errno) {
			t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.errno)
			continue
		}
		if tt.is != nil && !errors.Is(tt.err, tt.is) {
			t.Errorf("%s: %v is not %v", tt.name, tt.err, tt.is)
		}
		if tt.text != "" && tt.err.Error() != tt.text {
			t.Errorf("%s: %q, want %q", tt.name, tt.err, tt.text)
		}
	}
}

func TestFstatNotCapable(t *testing.T) {
	f, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fd := f.Fd()
	set, err := unix.CapRightsInit([]uint64{unix.CAP_READ})
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.CapRightsLimit(fd, set); err != nil {
		t.Fatal(err)
	}
	var st FileStat
	err = Fstat(int(fd), &st)
	if !errors.Is(err, syscall.ENOTCAPABLE) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v", err)
	}
}

func TestFileFlags(t *testing.T) {
	path := t.TempDir() + "/file"
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Chflags(path, zsys.UF_NODUMP|zsys.UF_HIDDEN); err != nil {
		t.Skipf("the file system of %s has no such flags: %v", path, err)
	}
	var st FileStat
	if err := Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	if got := st.FlagNames(); got != "hidden,nodump" || st.IsNamedAttr() {
		t.Errorf("flags %q, named attribute %v", got, st.IsNamedAttr())
	}
}

func TestStatAllocates(t *testing.T) {
	var st FileStat
	if n := testing.AllocsPerRun(100, func() { _ = Fstat(0, &st) }); n != 0 {
		t.Errorf("Fstat: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = Stat("/dev/null", &st) }); n > 1 { // the path with its NUL
		t.Errorf("Stat: %v allocations", n)
	}
}

func BenchmarkStat(b *testing.B) {
	b.Run("rawsys", func(b *testing.B) {
		var st FileStat
		for b.Loop() {
			_ = Stat("/dev/null", &st)
		}
	})
	b.Run("unix", func(b *testing.B) {
		var st unix.Stat_t
		for b.Loop() {
			_ = unix.Stat("/dev/null", &st)
		}
	})
	b.Run("os", func(b *testing.B) {
		for b.Loop() {
			_, _ = os.Stat("/dev/null")
		}
	})
}

// Forms that take a connection, a listener or a file agree with the descriptor's.
func TestConnForms(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	memory := newMemfd(t, zsys.MFD_CLOEXEC|zsys.MFD_ALLOW_SEALING)
	dir, err := os.Open("/dev")
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	var st, want FileStat
	if err := FstatConn(listener, &st); err != nil || st.FileMode().Type() != fs.ModeSocket {
		t.Errorf("a listener: %v, %v", st.FileMode(), err)
	}
	if err := FstatatConn(dir, "null", &st, 0); err != nil || Stat("/dev/null", &want) != nil || st.Ino != want.Ino {
		t.Errorf("beneath a directory: inode %d, want %d, %v", st.Ino, want.Ino, err)
	}
	if err := AddSealsConn(memory, zsys.F_SEAL_SHRINK); err != nil {
		t.Error(err)
	}
	if seals, err := GetSealsConn(memory); err != nil || seals != zsys.F_SEAL_SHRINK {
		t.Errorf("%v, %v", seals, err)
	}
	if err := FstatConn(int(dir.Fd()), &st); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a number: %v", err)
	}
	dir.Close()
	if err := FstatConn(dir, &st); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a closed file: %v", err)
	}
}

func TestFstatWithoutFileSystem(t *testing.T) {
	memory, err := MemfdCreate("", zsys.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	sockets, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(sockets[0])
	defer syscall.Close(sockets[1])
	if _, err := syscall.Write(sockets[1], []byte("hello")); err != nil {
		t.Fatal(err)
	}
	queue, err := syscall.Kqueue()
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(queue)
	for _, tt := range []struct {
		fd       int
		typ      fs.FileMode
		size     int64
		describe string
	}{
		{int(memory.Fd()), 0, 0, "shared memory"},
		{sockets[0], fs.ModeSocket, 5, "a socket with 5 bytes to read"},
		{queue, fs.ModeNamedPipe, 0, "a kqueue"},
	} {
		var st FileStat
		if err := Fstat(tt.fd, &st); err != nil || st.FileMode().Type() != tt.typ || st.Size != tt.size {
			t.Errorf("%s: %v, %d bytes, %v", tt.describe, st.FileMode(), st.Size, err)
		}
	}
}
