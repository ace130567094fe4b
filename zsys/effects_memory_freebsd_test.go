package zsys_test

import (
	"os"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

var memoryEffects = []effect{
	{in: "Break", where: child, run: func(t *testing.T) {
		n, err := zsys.Break(0)
		if err == syscall.ENOSYS || err == syscall.ENOTSUP {
			return // newer ports have none
		}
		ok(t, "break", err)
		next, err := zsys.Break(n + uintptr(os.Getpagesize()))
		ok(t, "break", err)
		same(t, "a page more", next, n+uintptr(os.Getpagesize()))
	}},
	{in: "Mprotect", run: func(t *testing.T) {
		b := pages(t, 2)
		ok(t, "mprotect", zsys.Mprotect(address(b), uintptr(len(b)/2), zsys.PROT_READ))
		same(t, "first page", reading(t, b[:1]), syscall.EFAULT)
		same(t, "second page", reading(t, b[len(b)/2:][:1]), 0)
	}},
	{in: "Munmap", run: func(t *testing.T) {
		b := pages(t, 3)
		third := len(b) / 3
		ok(t, "munmap", zsys.Munmap(address(b)+uintptr(third), uintptr(third)))
		same(t, "first page", reading(t, b[:1]), 0)
		same(t, "second page", reading(t, b[third:][:1]), syscall.EFAULT)
		same(t, "third page", reading(t, b[2*third:][:1]), 0)
	}},
	{in: "Minherit", where: child, run: func(t *testing.T) {
		b := pages(t, 2)
		half := len(b) / 2
		b[0], b[half] = 7, 9
		ok(t, "minherit", zsys.Minherit(address(b), uintptr(half), zsys.INHERIT_ZERO))
		oneThread(t)
		n, err := zsys.Fork()
		if n == 0 {
			exit(uintptr(b[0]) + uintptr(b[half]))
		}
		ok(t, "fork", err)
		same(t, "what the child sees", reap(t, n), 9<<8)
	}},
	{in: "Mlockall Munlockall", where: child, run: func(t *testing.T) {
		is(t, "mlockall of nothing", zsys.Mlockall(0), syscall.EINVAL)
		is(t, "mlockall with flags that are none", zsys.Mlockall(1<<20), syscall.EINVAL)
		ok(t, "mlockall", zsys.Mlockall(zsys.MCL_FUTURE))
		b := pages(t, 1)
		var in [1]byte
		ok(t, "mincore", zsys.Mincore(address(b), uintptr(len(b)), &in[0]))
		same(t, "a new page in memory", in[0]&1, 1)
		three := make([]byte, 3)
		two := pages(t, 2)
		ok(t, "mincore of a slice", zsys.MincoreBytes(two, three))
		same(t, "new pages in memory, and what lies behind them", [3]byte{three[0] & 1, three[1] & 1, three[2]}, [3]byte{1, 1, 0})
		half := len(two) / 2
		is(t, "mincore of two pages into one byte", zsys.MincoreBytes(two[half-1:half+1], three[:1]), syscall.EINVAL)
		ok(t, "mincore of the ends of two pages", zsys.MincoreBytes(two[half-1:half+1], three[:2]))
		ok(t, "mincore of nothing", zsys.MincoreBytes(two[:0], nil))
		ok(t, "munlockall", zsys.Munlockall())
	}},
	{in: "Shmdt", run: func(t *testing.T) {
		id, err := zsys.Shmget(0, 4096, 0o600)
		ok(t, "shmget", err)
		addr, err := zsys.Shmat(int32(id), 0, 0)
		ok(t, "shmat", err)
		_, err = zsys.Shmctl(int32(id), zsys.IPC_RMID, nil)
		ok(t, "IPC_RMID", err)
		ok(t, "shmdt", zsys.Shmdt(addr))
		is(t, "shmdt again", zsys.Shmdt(addr), syscall.EINVAL)
	}},
	{in: "Mmap", run: func(t *testing.T) {
		fd, _ := open(t, "")
		const offset = 1<<32 + 1<<16
		_, err := zsys.Pwrite(fd, []byte("far"), offset)
		ok(t, "pwrite", err)
		b, err := zsys.MmapBytes(3, zsys.PROT_READ, zsys.MAP_SHARED, fd, offset)
		ok(t, "mmap", err)
		same(t, "mapped", string(b), "far")
		ok(t, "munmap", zsys.MunmapBytes(b))
		addr, err := zsys.Mmap(0, 3, zsys.PROT_READ, zsys.MAP_SHARED, fd, offset)
		ok(t, "mmap", err)
		var in [1]byte
		ok(t, "mincore", zsys.Mincore(addr, 3, &in[0]))
		ok(t, "munmap", zsys.Munmap(addr, 3))
		is(t, "mincore afterwards", zsys.Mincore(addr, 3, &in[0]), syscall.ENOMEM)
	}},
}

// pages are n pages of anonymous memory.
func pages(t *testing.T, n int) []byte {
	t.Helper()
	b, err := zsys.MmapBytes(n*os.Getpagesize(), zsys.PROT_READ|zsys.PROT_WRITE, zsys.MAP_ANON|zsys.MAP_PRIVATE, -1, 0)
	ok(t, "mmap", err)
	t.Cleanup(func() { zsys.MunmapBytes(b) })
	return b
}

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// reading has the kernel write to memory, and returns what it says.
func reading(t *testing.T, b []byte) syscall.Errno {
	t.Helper()
	fd, _ := open(t, "x")
	_, err := zsys.Pread(fd, b, 0)
	errno, _ := err.(syscall.Errno)
	return errno
}
