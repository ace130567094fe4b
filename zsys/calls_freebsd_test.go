package zsys_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/zsys"
)

// open makes a file that holds text.
func open(t testing.TB, text string) (fd int, path string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	return int(f.Fd()), f.Name()
}

// ok wants no error.
func ok(t testing.TB, call string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", call, err)
	}
}

func TestStat(t *testing.T) {
	fd, path := open(t, "twelve bytes")
	var want unix.Stat_t
	if err := unix.Fstat(fd, &want); err != nil {
		t.Fatal(err)
	}
	var byFd, byPath zsys.Stat
	ok(t, "fstat", zsys.Fstat(fd, &byFd))
	ok(t, "fstatat", zsys.Fstatat(zsys.AT_FDCWD, path, &byPath, 0))
	if byFd != byPath {
		t.Errorf("fstat says %+v, fstatat %+v", byFd, byPath)
	}
	for _, f := range []struct{ field, got, want string }{
		{"dev, ino, nlink", fmt.Sprint(byFd.Dev, byFd.Ino, byFd.Nlink), fmt.Sprint(want.Dev, want.Ino, want.Nlink)},
		{"mode, uid, gid", fmt.Sprint(byFd.Mode, byFd.Uid, byFd.Gid), fmt.Sprint(want.Mode, want.Uid, want.Gid)},
		{"mtim", fmt.Sprint(byFd.Mtim.Sec, byFd.Mtim.Nsec), fmt.Sprint(want.Mtim.Sec, want.Mtim.Nsec)},
		{"birthtim", fmt.Sprint(byFd.Birthtim.Sec, byFd.Birthtim.Nsec), fmt.Sprint(want.Btim.Sec, want.Btim.Nsec)},
		{"size, blocks, blksize", fmt.Sprint(byFd.Size, byFd.Blocks, byFd.Blksize), fmt.Sprint(12, want.Blocks, want.Blksize)},
	} {
		if f.got != f.want {
			t.Errorf("%s: %s, want %s", f.field, f.got, f.want)
		}
	}
	if err := zsys.Fstat(-1, &byFd); err != syscall.EBADF {
		t.Errorf("fstat(-1): %v, want EBADF", err)
	}
}

func TestStatfs(t *testing.T) {
	fd, _ := open(t, "")
	var want unix.Statfs_t
	if err := unix.Fstatfs(fd, &want); err != nil {
		t.Fatal(err)
	}
	var got zsys.StatfsT
	ok(t, "fstatfs", zsys.Fstatfs(fd, &got))
	if got.Bsize != want.Bsize || got.Blocks != want.Blocks || got.Fstypename != want.Fstypename || got.Mntonname != want.Mntonname {
		t.Errorf("fstatfs: %+v, want %+v", got, want)
	}
}

// TestOffsets: 64-bit offsets arrive whole and in their place, past 4 GiB too.
func TestOffsets(t *testing.T) {
	fd, _ := open(t, "")
	for _, offset := range []int64{0, 3, 1<<32 + 5, 1<<40 + 7} {
		text := []byte(fmt.Sprintf("at %d", offset))
		n, err := zsys.Pwrite(fd, text, offset)
		if ok(t, "pwrite", err); n != len(text) {
			t.Errorf("pwrite at %d: %d bytes", offset, n)
		}
		buf := make([]byte, 32)
		n, err = zsys.Pread(fd, buf[:len(text)], offset)
		if ok(t, "pread", err); string(buf[:n]) != string(text) {
			t.Errorf("pread at %d: %q", offset, buf[:n])
		}
		var st zsys.Stat
		ok(t, "fstat", zsys.Fstat(fd, &st))
		if st.Size != offset+int64(len(text)) {
			t.Errorf("size %d after writing at %d", st.Size, offset)
		}
	}
	if _, err := zsys.Pread(fd, nil, -1); err != syscall.EINVAL {
		t.Errorf("pread at -1: %v, want EINVAL", err)
	}
}

func TestVectors(t *testing.T) {
	fd, _ := open(t, "")
	first, second := []byte("first "), []byte("second")
	iov := []zsys.Iovec{{Base: &first[0], Len: uintptr(len(first))}, {Base: &second[0], Len: uintptr(len(second))}}
	n, err := zsys.Writev(fd, iov)
	if ok(t, "writev", err); n != 12 {
		t.Errorf("writev: %d bytes, want 12", n)
	}
	if _, err := unix.Seek(fd, 0, 0); err != nil {
		t.Fatal(err)
	}
	a, b := make([]byte, 3), make([]byte, 20)
	iov = []zsys.Iovec{{Base: &a[0], Len: 3}, {Base: &b[0], Len: 20}}
	n, err = zsys.Readv(fd, iov)
	if ok(t, "readv", err); n != 12 || string(a)+string(b[:9]) != "first second" {
		t.Errorf("readv: %d bytes, %q %q", n, a, b)
	}
}

// pair returns connected stream sockets.
func pair(t testing.TB) [2]int {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[0]); unix.Close(fds[1]) })
	return fds
}

func receive(t testing.TB, fd int, want string) {
	t.Helper()
	buf := make([]byte, 100)
	if n, err := unix.Read(fd, buf); err != nil || string(buf[:n]) != want {
		t.Errorf("received %q, %v; want %q", buf[:max(n, 0)], err, want)
	}
}

func TestSendfile(t *testing.T) {
	fd, _ := open(t, "0123456789")
	fds := pair(t)
	head, tail := []byte("head "), []byte(" tail")
	hdtr := zsys.SfHdtr{
		Headers: &zsys.Iovec{Base: &head[0], Len: 5}, HdrCnt: 1,
		Trailers: &zsys.Iovec{Base: &tail[0], Len: 5}, TrlCnt: 1,
	}
	var sent int64
	ok(t, "sendfile", zsys.Sendfile(fd, fds[0], 2, 3, &hdtr, &sent, 0))
	if sent != 13 {
		t.Errorf("sendfile: sbytes %d, want 13", sent)
	}
	receive(t, fds[1], "head 234 tail")
	if err := zsys.Sendfile(fd, fds[0], -1, 3, nil, nil, 0); err != syscall.EINVAL {
		t.Errorf("sendfile at -1: %v, want EINVAL", err)
	}
}

func TestSendmsg(t *testing.T) {
	fds := pair(t)
	text := []byte("message")
	msg := zsys.Msghdr{Iov: &zsys.Iovec{Base: &text[0], Len: 7}, Iovlen: 1}
	n, err := zsys.Sendmsg(fds[0], &msg, 0)
	if ok(t, "sendmsg", err); n != 7 {
		t.Errorf("sendmsg: %d bytes, want 7", n)
	}
	receive(t, fds[1], "message")
}

func TestCopyFileRange(t *testing.T) {
	in, _ := open(t, "0123456789")
	out, path := open(t, "")
	from, to := int64(2), int64(1)
	n, err := zsys.CopyFileRange(in, &from, out, &to, 5, 0)
	if ok(t, "copy_file_range", err); n != 5 || from != 7 || to != 6 {
		t.Errorf("copy_file_range: %d bytes, offsets %d and %d; want 5, 7, 6", n, from, to)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "\x0023456" {
		t.Errorf("copied %q, %v", got, err)
	}
}

func TestFcntl(t *testing.T) {
	fd, path := open(t, "text")
	flags, err := zsys.Fcntl(fd, zsys.F_GETFL, 0)
	if ok(t, "fcntl", err); flags&zsys.O_ACCMODE != zsys.O_RDWR {
		t.Errorf("F_GETFL: %#x, want O_RDWR", flags)
	}
	kf := zsys.KinfoFile{Structsize: int32(unsafe.Sizeof(zsys.KinfoFile{}))}
	_, err = zsys.FcntlPtr(fd, zsys.F_KINFO, unsafe.Pointer(&kf))
	ok(t, "fcntl F_KINFO", err)
	if kf.Type != zsys.KF_TYPE_VNODE || kf.File().Size != 4 || kf.File().Type != zsys.KF_VTYPE_VREG {
		t.Errorf("F_KINFO: type %v, %+v", kf.Type, *kf.File())
	}
	if name, _, _ := strings.Cut(string(kf.Path[:]), "\x00"); filepath.Base(name) != filepath.Base(path) {
		t.Errorf("F_KINFO: path %q, want %q", name, path)
	}
}

func TestMemory(t *testing.T) {
	name := "memfd:test"
	fd, err := zsys.ShmOpenAnon(1, zsys.O_RDWR|zsys.O_CLOEXEC, 0, zsys.SHM_ALLOW_SEALING|zsys.SHM_GROW_ON_WRITE, &name)
	ok(t, "shm_open2", err)
	defer unix.Close(fd)
	if _, err := unix.Write(fd, []byte("grows")); err != nil {
		t.Error(err)
	}
	_, err = zsys.Fcntl(fd, zsys.F_ADD_SEALS, int(zsys.F_SEAL_GROW))
	ok(t, "F_ADD_SEALS", err)
	if seals, err := zsys.Fcntl(fd, zsys.F_GET_SEALS, 0); err != nil || zsys.FSeal(seals) != zsys.F_SEAL_GROW {
		t.Errorf("F_GET_SEALS: %d, %v", seals, err)
	}
}

func TestRights(t *testing.T) {
	fd, _ := open(t, "")
	want := zsys.CapRights{Rights: [2]uint64{zsys.CAP_READ | zsys.CAP_FCNTL | zsys.CAP_FSTAT, zsys.CAP_IOCTL}}
	ok(t, "cap_rights_limit", zsys.CapRightsLimit(fd, &want))
	var got zsys.CapRights
	ok(t, "cap_rights_get", zsys.CapRightsGet(zsys.CAP_RIGHTS_VERSION, fd, &got))
	if got != want {
		t.Errorf("rights are %#x, want %#x", got, want)
	}
	if _, err := zsys.Pwrite(fd, nil, 0); err != syscall.ENOTCAPABLE {
		t.Errorf("pwrite without CAP_PWRITE: %v, want ENOTCAPABLE", err)
	}
	cmds := [2]uintptr{zsys.FIONREAD, zsys.FIOCLEX}
	ok(t, "cap_ioctls_limit", zsys.CapIoctlsLimit(fd, cmds[:]))
	var back [4]uintptr
	if n, err := zsys.CapIoctlsGet(fd, back[:]); err != nil || n != 2 || back[0]+back[1] != cmds[0]+cmds[1] {
		t.Errorf("cap_ioctls_get: %d, %v, %#x", n, err, back)
	}
	ok(t, "cap_fcntls_limit", zsys.CapFcntlsLimit(fd, zsys.CAP_FCNTL_GETFL))
	var fcntls zsys.CapFcntl
	if err := zsys.CapFcntlsGet(fd, &fcntls); err != nil || fcntls != zsys.CAP_FCNTL_GETFL {
		t.Errorf("cap_fcntls_get: %#x, %v", fcntls, err)
	}
	mode := uint32(7)
	if err := zsys.CapGetmode(&mode); err != nil || mode != 0 {
		t.Errorf("cap_getmode: %d, %v", mode, err)
	}
}

func TestProcess(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var a, b int
	ok(t, "thr_self", zsys.ThrSelf(&a))
	ok(t, "thr_self", zsys.ThrSelf(&b))
	if a != b || a <= 0 {
		t.Errorf("thr_self: %d, then %d on the same thread", a, b)
	}
	name := [4]int32{zsys.CTL_KERN, zsys.KERN_PROC, zsys.KERN_PROC_NFDS, 0}
	var n int32
	size := unsafe.Sizeof(n)
	ok(t, "sysctl", zsys.Sysctl(name[:], zsys.Bytes(&n), &size, nil))
	if n < 3 || size != 4 {
		t.Errorf("kern.proc.nfds: %d in %d bytes", n, size)
	}
	var pid int32
	if err := zsys.Pdgetpid(0, &pid); err == nil {
		t.Error("pdgetpid of standard input succeeded")
	}
	if err := zsys.Pdkill(-1, 0); err != syscall.EBADF {
		t.Errorf("pdkill(-1): %v, want EBADF", err)
	}
}

func TestUmtx(t *testing.T) {
	word := uint32(1)
	obj := unsafe.Pointer(&word)
	n, err := zsys.Umtx(obj, zsys.UMTX_OP_WAKE_PRIVATE, 1, nil, nil)
	if ok(t, "UMTX_OP_WAKE_PRIVATE", err); n != 0 {
		t.Errorf("UMTX_OP_WAKE_PRIVATE: %d", n)
	}
	_, err = zsys.Umtx(obj, zsys.UMTX_OP_WAIT_UINT_PRIVATE, 2, nil, nil)
	ok(t, "UMTX_OP_WAIT_UINT_PRIVATE on another value", err)
	timeout := zsys.UmtxTime{Timeout: zsys.Timespec{Nsec: 1e6}, Clockid: zsys.CLOCK_MONOTONIC}
	if err := zsys.UmtxTimed(obj, zsys.UMTX_OP_WAIT_UINT_PRIVATE, 1, unsafe.Sizeof(timeout), &timeout); err != syscall.ETIMEDOUT {
		t.Errorf("UMTX_OP_WAIT_UINT_PRIVATE: %v, want ETIMEDOUT", err)
	}
}

// TestCapEnter has a process of its own: there is no way back.
func TestCapEnter(t *testing.T) {
	const inside = "RAWSYS_TEST_CAP_ENTER"
	if os.Getenv(inside) == "" {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		proc, err := os.StartProcess(exe, []string{exe, "-test.run=^TestCapEnter$"}, &os.ProcAttr{
			Env: append(os.Environ(), inside+"=1"), Files: []*os.File{nil, os.Stdout, os.Stderr},
		})
		if err != nil {
			t.Fatal(err)
		}
		if state, err := proc.Wait(); err != nil || !state.Success() {
			t.Errorf("the process in capability mode: %v, %v", state, err)
		}
		return
	}
	ok(t, "cap_enter", zsys.CapEnter())
	var mode uint32
	ok(t, "cap_getmode", zsys.CapGetmode(&mode))
	var st zsys.Stat
	if err := zsys.Fstatat(zsys.AT_FDCWD, "/", &st, 0); mode != 1 || err != syscall.ECAPMODE {
		t.Errorf("in capability mode: mode %d, fstatat says %v", mode, err)
	}
}

// TestStubAllocs counts the allocations of stubs that succeed, and of all those in
// errnoCases. TestStubsEscape looks at the code of every stub.
func TestStubAllocs(t *testing.T) {
	fd, _ := open(t, "0123456789")
	allocs := testing.AllocsPerRun(100, func() {
		var st zsys.Stat
		var buf [8]byte
		iov := [1]zsys.Iovec{{Base: &buf[0], Len: 8}}
		var rights zsys.CapRights
		zsys.Fstat(fd, &st)
		zsys.Pread(fd, buf[:], 1)
		zsys.Readv(fd, iov[:])
		zsys.CapRightsGet(0, fd, &rights)
		zsys.Umtx(unsafe.Pointer(&st), zsys.UMTX_OP_WAKE_PRIVATE, 1, nil, nil)
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
	ignoreSigsys(t)
	for _, c := range errnoCases {
		if allocs := testing.AllocsPerRun(10, func() { c.call() }); allocs != 0 {
			t.Errorf("%s: %v allocations", c.name, allocs)
		}
	}
	t.Logf("%d stubs do not allocate", len(errnoCases))
}

// BenchmarkStub compares a stub with the same call by hand.
func BenchmarkStub(b *testing.B) {
	fd, _ := open(b, "")
	var st zsys.Stat
	b.Run("stub", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			zsys.Fstat(fd, &st)
		}
	})
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			syscall.Syscall6(zsys.SYS_FSTAT, uintptr(fd), uintptr(unsafe.Pointer(&st)), 0, 0, 0, 0)
		}
	})
}
