package zsys_test

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

var fileEffects = []effect{
	{in: "Dup", run: func(t *testing.T) {
		fd, _ := open(t, "twelve bytes")
		n, err := zsys.Dup(fd)
		ok(t, "dup", err)
		same(t, "size behind the duplicate", size(t, n), 12)
		ok(t, "close", zsys.Close(n))
	}},
	{in: "CloseRange", run: func(t *testing.T) {
		fd, _ := open(t, "")
		const high = 900
		_, err := zsys.Dup2(fd, high)
		ok(t, "dup2", err)
		is(t, "close_range with flags that are none", zsys.CloseRange(high, high, 1<<20), syscall.EINVAL)
		ok(t, "close_range", zsys.CloseRange(high, high+5, 0))
		is(t, "fstat afterwards", zsys.Fstat(high, new(zsys.Stat)), syscall.EBADF)
	}},
	{in: "Umask", where: child, run: func(t *testing.T) {
		_, err := zsys.Umask(0o27)
		ok(t, "umask", err)
		old, err := zsys.Umask(0o22)
		ok(t, "umask", err)
		same(t, "umask before", old, 0o27)
	}},
	{in: "Chroot", where: child, run: func(t *testing.T) {
		dir := t.TempDir()
		ok(t, "mkdir", os.Mkdir(filepath.Join(dir, "inside"), 0o700))
		ok(t, "chroot", zsys.Chroot(dir))
		ok(t, "stat /inside", zsys.Fstatat(zsys.AT_FDCWD, "/inside", new(zsys.Stat), 0))
	}},
	{in: "Sync", run: func(t *testing.T) { ok(t, "sync", zsys.Sync()) }},
	{in: "Select", run: func(t *testing.T) {
		fds := ready(t)
		var in zsys.FdSet
		in.Set(fds[0])
		in.Set(fds[1])
		n, err := zsys.Select(int32(fds[1])+1, &in, nil, nil, &zsys.Timeval{Sec: 5})
		ok(t, "select", err)
		same(t, "select", n, 1)
		same(t, "the one with bytes", in.IsSet(fds[1]) && !in.IsSet(fds[0]), true)
	}},
	{in: "Pselect", run: func(t *testing.T) {
		fds := ready(t)
		var in, out zsys.FdSet
		in.Set(fds[0])
		out.Set(fds[1])
		n, err := zsys.Pselect(int32(fds[1])+1, &in, &out, nil, &zsys.Timespec{Sec: 5}, &zsys.Sigset{})
		ok(t, "pselect", err)
		same(t, "pselect", n, 1)
		same(t, "the one to write to", out.IsSet(fds[1]) && !in.IsSet(fds[0]), true)
	}},
	{in: "Poll Ppoll", run: func(t *testing.T) {
		fds := ready(t)
		p := []zsys.Pollfd{{Fd: int32(fds[0]), Events: zsys.POLLIN}, {Fd: int32(fds[1]), Events: zsys.POLLIN}}
		n, err := zsys.Poll(p, 5000)
		ok(t, "poll", err)
		same(t, "poll", n, 1)
		same(t, "the one with bytes", p[1].Revents, zsys.POLLIN)
		p[1].Revents = 0
		n, err = zsys.Ppoll(p, &zsys.Timespec{Sec: 5}, &zsys.Sigset{})
		ok(t, "ppoll", err)
		same(t, "ppoll", n, 1)
		same(t, "the one with bytes", p[1].Revents, zsys.POLLIN)
		_, err = zsys.Ppoll(p, &zsys.Timespec{Nsec: 1e9}, nil)
		is(t, "ppoll with a time that is none", err, syscall.EINVAL)
	}},
	{in: "AioWaitcomplete", where: child, run: func(t *testing.T) {
		fd, _ := open(t, "")
		text := []byte("written")
		var pin runtime.Pinner
		defer pin.Unpin()
		cb := &zsys.Aiocb{Fildes: int32(fd), Offset: 1<<32 + 1, Nbytes: 7, Buf: uintptr(unsafe.Pointer(&text[0]))}
		pin.Pin(cb)
		pin.Pin(&text[0])
		ok(t, "aio_write", zsys.AioWrite(cb))
		var done *zsys.Aiocb
		n, err := zsys.AioWaitcomplete(&done, &zsys.Timespec{Sec: 5})
		ok(t, "aio_waitcomplete", err)
		same(t, "bytes", n, 7)
		same(t, "the one that is done", done, cb)
		same(t, "size", size(t, fd), 1<<32+8)
		_, err = zsys.AioWaitcomplete(&done, &zsys.Timespec{Nsec: 1})
		is(t, "aio_waitcomplete of nothing", err, syscall.EAGAIN)
	}},
	{in: "Mount", run: func(t *testing.T) {
		is(t, "mount of no file system", zsys.Mount("nonexistent", t.TempDir(), 0, nil), syscall.EINVAL)
		is(t, "mount in the old way", zsys.Mount("tmpfs", t.TempDir(), 0, nil), syscall.EOPNOTSUPP)
	}},
	{in: "Nmount", run: func(t *testing.T) {
		dir := t.TempDir()
		ok(t, "nmount", zsys.Nmount(iovecs("fstype\x00", "tmpfs\x00", "fspath\x00", dir+"\x00"), zsys.MNT_RDONLY))
		var st zsys.StatfsT
		ok(t, "statfs", zsys.Statfs(dir, &st))
		same(t, "file system", string(st.Fstypename[:6]), "tmpfs\x00")
		same(t, "read-only", st.Flags&zsys.MNT_RDONLY, zsys.MNT_RDONLY)
		ok(t, "unmount", zsys.Unmount(dir, 0))
	}},
	{in: "Swapon Swapoff", run: func(t *testing.T) {
		is(t, "swapon", zsys.Swapon("/nonexistent/x"), syscall.ENOENT)
		is(t, "swapoff", zsys.Swapoff("/nonexistent/x", 0), syscall.ENOENT)
		is(t, "swapoff with flags that are none", zsys.Swapoff("/nonexistent/x", 1<<20), syscall.EINVAL)
	}},
	{in: "Ktrace", where: child, run: func(t *testing.T) {
		fd, path := open(t, "")
		pid := int32(os.Getpid())
		ok(t, "ktrace", zsys.Ktrace(&path, zsys.KTROP_SET, zsys.KTRFAC_SYSCALL, pid))
		_, err := zsys.Getppid()
		ok(t, "getppid", err)
		ok(t, "ktrace", zsys.Ktrace(nil, zsys.KTROP_CLEAR, -1, pid))
		if size(t, fd) == 0 {
			t.Error("nothing was traced")
		}
	}},
	{in: "Acct", where: child, run: func(t *testing.T) {
		fd, path := open(t, "")
		ok(t, "acct", zsys.Acct(&path))
		same(t, "a process ended", exits(3)(run(t, "3")), true)
		ok(t, "acct", zsys.Acct(nil))
		if size(t, fd) == 0 {
			t.Error("a process ended, and there is no record")
		}
	}},
}

// size is that of the file behind a descriptor.
func size(t testing.TB, fd int) int64 {
	t.Helper()
	var st zsys.Stat
	ok(t, "fstat", zsys.Fstat(fd, &st))
	return st.Size
}

// ready returns connected sockets, the second with bytes to read.
func ready(t testing.TB) [2]int {
	t.Helper()
	fds := pair(t)
	if fds[0] > fds[1] {
		fds[0], fds[1] = fds[1], fds[0]
	}
	_, err := zsys.Write(fds[0], []byte("x"))
	ok(t, "write", err)
	return fds
}

// iovecs makes a vector of texts, as nmount and jail_set take names and values.
func iovecs(texts ...string) []zsys.Iovec {
	out := make([]zsys.Iovec, len(texts))
	for i, s := range texts {
		b := []byte(s)
		out[i] = zsys.Iovec{Base: unsafe.SliceData(b), Len: uintptr(len(b))}
	}
	return out
}

// run starts a program that ends as said, and returns how it ended.
func run(t *testing.T, end string) syscall.WaitStatus {
	t.Helper()
	cmd := self(t, "TestEnd", endVariable+"="+end)
	cmd.Run()
	return cmd.ProcessState.Sys().(syscall.WaitStatus)
}
