package umtx

import (
	"math"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// ShmCreat returns a descriptor of the shared memory object that belongs to
// the byte at key. If there is none it is made: one page of zeros. This is
// UMTX_OP_SHM with UMTX_SHM_CREAT, since FreeBSD 11.0. What counts is the memory
// behind the address: processes that map the same memory find the same object.
//
// The descriptor belongs to the caller, who closes it; it is close-on-exec.
// ENOMEM means that RLIMIT_UMTXP is reached, EFAULT that the key is not mapped for
// writing.
func ShmCreat(key unsafe.Pointer) (fd int, err error) {
	return shm(key, zsys.UMTX_SHM_CREAT)
}

// ShmLookup is [ShmCreat] for an object that exists: UMTX_SHM_LOOKUP.
// ESRCH means that there is none.
func ShmLookup(key unsafe.Pointer) (fd int, err error) {
	return shm(key, zsys.UMTX_SHM_LOOKUP)
}

// ShmDestroy separates the object from its key: UMTX_SHM_DESTROY. The memory
// lasts until its descriptors and mappings are gone. ESRCH means that there is no
// object.
func ShmDestroy(key unsafe.Pointer) error {
	_, err := shm(key, zsys.UMTX_SHM_DESTROY)
	return err
}

// ShmAlive tells whether the memory at an address, such as a mapping of the
// object that [ShmCreat] returned, can still be used: UMTX_SHM_ALIVE. ENOTTY
// means that [ShmDestroy] separated the object from its key, EFAULT that
// nothing is mapped at the address, and EINVAL that nothing ever touched it.
func ShmAlive(addr unsafe.Pointer) error {
	_, err := shm(addr, zsys.UMTX_SHM_ALIVE)
	return err
}

func shm(key unsafe.Pointer, flags uintptr) (fd int, err error) {
	fd, err = zsys.Umtx(nil, zsys.UMTX_OP_SHM, flags, key, nil)
	if err != nil {
		return -1, opError(zsys.UMTX_OP_SHM, err)
	}
	return fd, nil
}

// RobustLists tells the kernel where the calling thread's lists of locked
// robust mutexes begin: UMTX_OP_ROBUST_LISTS, since FreeBSD 11.0. When the thread
// ends the kernel unlocks these mutexes, and whoever locks one next gets
// EOWNERDEAD. EBUSY means that the thread has registered lists of 32-bit addresses.
//
// p is read during the call. The lists that it points to, and the mutexes that
// these lead to through RbLnk, are read when the thread ends: they must lie
// outside Go's heap and stacks, in memory that stays mapped, or in a package's
// variables.
//
// The caller needs runtime.LockOSThread. A thread of Go's ends when a goroutine
// that is locked to it returns without runtime.UnlockOSThread, unless it is the
// process's first thread, which Go keeps.
func RobustLists(p *zsys.UmtxRobustListsParams) error {
	return do(zsys.UMTX_OP_ROBUST_LISTS, nil, unsafe.Sizeof(*p), unsafe.Pointer(p))
}

// MinTimeout returns the shortest time after which a wait in this process can
// time out: UMTX_OP_GET_MIN_TIMEOUT, since FreeBSD 13.3 and 14.0. EINVAL means
// that the kernel is older.
func MinTimeout() (time.Duration, error) {
	var nsec int // C's long
	err := do(zsys.UMTX_OP_GET_MIN_TIMEOUT, nil, unsafe.Sizeof(nsec), unsafe.Pointer(&nsec))
	return time.Duration(nsec), err
}

// SetMinTimeout sets the shortest time after which a wait in this process can
// time out, so that a program with many short waits wakes less often:
// UMTX_OP_SET_MIN_TIMEOUT, since FreeBSD 13.3 and 14.0. It holds for the waits of
// Go's runtime too. 0 means no minimum. EINVAL means that d is negative or more
// nanoseconds than C's long holds (2.1 s on 32-bit ports), or that the kernel is
// older.
func SetMinTimeout(d time.Duration) error {
	if d < 0 || d > math.MaxInt {
		return refusal(zsys.UMTX_OP_SET_MIN_TIMEOUT, invalid("%v is not a time that C's long holds", d))
	}
	return do(zsys.UMTX_OP_SET_MIN_TIMEOUT, nil, uintptr(d), nil)
}
