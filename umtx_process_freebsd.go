package rawsys

import (
	"math"
	"syscall"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// UmtxShmCreat returns a descriptor of the shared memory object that belongs to
// the byte at key, and makes the object, one page of zeros, if there is none:
// UMTX_OP_SHM with UMTX_SHM_CREAT, FreeBSD 11.0. The key is the memory behind the
// address, so processes that map the same memory find the same object. The
// descriptor is the caller's to close, and closed by exec. ENOMEM is the end of
// RLIMIT_UMTXP, EFAULT a key that is not mapped for writing.
func UmtxShmCreat(key unsafe.Pointer) (fd int, err error) {
	return umtxShm(key, zsys.UMTX_SHM_CREAT)
}

// UmtxShmLookup is UmtxShmCreat without making the object: ESRCH is that there
// is none.
func UmtxShmLookup(key unsafe.Pointer) (fd int, err error) {
	return umtxShm(key, zsys.UMTX_SHM_LOOKUP)
}

// UmtxShmDestroy parts the object from its key: UMTX_SHM_DESTROY. It
// lasts until its descriptors and mappings are gone. ESRCH is that there is none.
func UmtxShmDestroy(key unsafe.Pointer) error {
	_, err := umtxShm(key, zsys.UMTX_SHM_DESTROY)
	return err
}

// UmtxShmAlive asks whether the memory at an address, such as a mapping of an
// object that UmtxShmCreat returned, is still good: UMTX_SHM_ALIVE. ENOTTY is
// that the object was parted from its key, EFAULT that nothing is mapped there,
// EINVAL that nothing was ever touched there.
func UmtxShmAlive(addr unsafe.Pointer) error {
	_, err := umtxShm(addr, zsys.UMTX_SHM_ALIVE)
	return err
}

func umtxShm(key unsafe.Pointer, flags uintptr) (fd int, err error) {
	fd, errno := zsys.Umtx(nil, zsys.UMTX_OP_SHM, flags, key, nil)
	if errno != 0 {
		return -1, umtxError(zsys.UMTX_OP_SHM, errno)
	}
	return fd, nil
}

// UmtxRobustLists tells the kernel where the calling thread's lists of locked
// robust mutexes begin: UMTX_OP_ROBUST_LISTS, FreeBSD 11.0. When the thread ends
// the kernel unlocks them, and who locks one next gets EOWNERDEAD. The kernel
// reads p now, and the addresses in it, and the mutexes that they lead to
// through RbLnk, when the thread ends: all that must lie outside Go's heap and
// stacks, in memory that is mapped, or be a variable of a package. A thread of
// Go's ends when a goroutine that has called runtime.LockOSThread returns without
// UnlockOSThread, unless it is the process's first, which Go keeps. EBUSY is a thread that registered 32-bit lists.
func UmtxRobustLists(p *zsys.UmtxRobustListsParams) error {
	return umtxDo(zsys.UMTX_OP_ROBUST_LISTS, nil, unsafe.Sizeof(*p), unsafe.Pointer(p))
}

// UmtxMinTimeout returns the least time that a wait with a deadline takes in
// this process: UMTX_OP_GET_MIN_TIMEOUT, FreeBSD 14.0. EINVAL is an older kernel.
func UmtxMinTimeout() (time.Duration, error) {
	var nsec int // C's long
	err := umtxDo(zsys.UMTX_OP_GET_MIN_TIMEOUT, nil, unsafe.Sizeof(nsec), unsafe.Pointer(&nsec))
	return time.Duration(nsec), err
}

// UmtxSetMinTimeout makes every wait with a deadline take d or longer in this
// process, so that many short ones cost less: UMTX_OP_SET_MIN_TIMEOUT, FreeBSD
// 14.0. 0 is no minimum. EINVAL is a negative d, one past C's long (2.1 s on
// 32-bit ports), or an older kernel.
func UmtxSetMinTimeout(d time.Duration) error {
	if d < 0 || d > math.MaxInt {
		return umtxError(zsys.UMTX_OP_SET_MIN_TIMEOUT, syscall.EINVAL)
	}
	return umtxDo(zsys.UMTX_OP_SET_MIN_TIMEOUT, nil, uintptr(d), nil)
}
