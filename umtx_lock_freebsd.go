package rawsys

import (
	"sync/atomic"
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// Locks of _umtx_op(2) that threads own. The kernel writes the number of the
// calling thread into a umutex, and only that thread may unlock it. A goroutine
// moves from thread to thread: between lock and unlock it must be tied to one by
// runtime.LockOSThread. So must the user of robust lists, which belong to a
// thread. A urwlock only counts, but its waiters are threads, and the thread
// that a goroutine is tied to is what a priority belongs to. Package umtx of
// this module has locks for goroutines.

// UmtxMutexTrylock locks m if that needs no wait: UMTX_OP_MUTEX_TRYLOCK. EBUSY is
// a mutex that a thread has, EDEADLK one with zsys.UMUTEX_PRIO_INHERIT that the
// caller has. EOWNERDEAD and ENOTRECOVERABLE are as for [UmtxMutexLock]. Needs
// runtime.LockOSThread.
func UmtxMutexTrylock(m *zsys.Umutex) error {
	return umtxDo(zsys.UMTX_OP_MUTEX_TRYLOCK, unsafe.Pointer(m), 0, nil)
}

// UmtxMutexLock locks m, and waits for it until t: UMTX_OP_MUTEX_LOCK. Needs
// runtime.LockOSThread, until the unlock.
//
// **EOWNERDEAD means that the caller has the lock**: m is robust
// (zsys.UMUTEX_ROBUST), and the thread that had it died, so that what m protects
// may be half changed. Unlock it all the same; with zsys.UMUTEX_NONCONSISTENT in
// m.Flags nobody can lock it from then on, and gets ENOTRECOVERABLE. ETIMEDOUT is
// the end of t, EINVAL flags of m that do not go together. Who has the lock
// already waits for itself; with zsys.UMUTEX_PRIO_INHERIT that is EDEADLK.
func UmtxMutexLock(m *zsys.Umutex, t Timeout) error {
	return umtxWait(zsys.UMTX_OP_MUTEX_LOCK, unsafe.Pointer(m), 0, t)
}

// UmtxMutexUnlock unlocks m and wakes one that waits: UMTX_OP_MUTEX_UNLOCK.
// EPERM is a mutex that the calling thread does not own: needs
// runtime.LockOSThread from the lock on.
func UmtxMutexUnlock(m *zsys.Umutex) error {
	return umtxDo(zsys.UMTX_OP_MUTEX_UNLOCK, unsafe.Pointer(m), 0, nil)
}

// UmtxSetCeiling changes the priority ceiling of m, whose flags have
// zsys.UMUTEX_PRIO_PROTECT, and returns the old one: UMTX_OP_SET_CEILING. It
// waits until m is free, or the caller's. EINVAL is another kind of mutex, or a
// ceiling above 31. Needs runtime.LockOSThread if the caller has the lock.
func UmtxSetCeiling(m *zsys.Umutex, ceiling uint32) (old uint32, err error) {
	for {
		_, errno := zsys.Umtx(unsafe.Pointer(m), zsys.UMTX_OP_SET_CEILING, uintptr(ceiling), unsafe.Pointer(&old), nil)
		switch errno {
		case 0:
			return old, nil
		case syscall.EINTR:
		default:
			return 0, umtxError(zsys.UMTX_OP_SET_CEILING, errno)
		}
	}
}

// UmtxMutexWait waits until m can be locked, and does not lock it:
// UMTX_OP_MUTEX_WAIT. Not for mutexes with a priority protocol: EINVAL.
func UmtxMutexWait(m *zsys.Umutex, t Timeout) error {
	return umtxWait(zsys.UMTX_OP_MUTEX_WAIT, unsafe.Pointer(m), 0, t)
}

// UmtxMutexWake wakes one that waits for m if m is free: UMTX_OP_MUTEX_WAKE.
//
// Deprecated: Use UmtxMutexWake2. Another thread may have locked, unlocked and
// freed m by the time that this writes to it. On a mutex that is free and not
// contested, FreeBSD 15.0's kernel never returns: this doesn't call it then,
// but a thread that takes the mark away in between is not seen.
func UmtxMutexWake(m *zsys.Umutex) error {
	if atomic.LoadInt32(&m.Owner) == zsys.UMUTEX_UNOWNED {
		return nil // nobody waits
	}
	return umtxDo(zsys.UMTX_OP_MUTEX_WAKE, unsafe.Pointer(m), 0, nil)
}

// UmtxMutexWake2 wakes one that waits for m if m is free: UMTX_OP_MUTEX_WAKE2.
// Flags are m's, given because m itself may be gone.
func UmtxMutexWake2(m *zsys.Umutex, flags uint32) error {
	return umtxDo(zsys.UMTX_OP_MUTEX_WAKE2, unsafe.Pointer(m), uintptr(flags), nil)
}

// UmtxCvWait unlocks m and waits for cv, as one step: UMTX_OP_CV_WAIT. It does
// not lock m again: that is the caller's next call, whatever the error.
// A nil error may be for no reason; ETIMEDOUT is the end of t. After EINTR m is
// unlocked too, so it is returned, to be treated as a wake. EPERM is a
// mutex that the calling thread does not own, and then there was no wait: needs
// runtime.LockOSThread from the lock on.
//
// The clock of t is stored in cv.Clockid, where the kernel looks for it. All who
// wait for one cv with a Timeout use the same clock.
func UmtxCvWait(cv *zsys.Ucond, m *zsys.Umutex, t Timeout) error {
	const op = zsys.UMTX_OP_CV_WAIT
	if t.bad != nil {
		return argError("_umtx_op "+op.String(), "", t.bad)
	}
	var flags uintptr
	var at *zsys.Timespec
	if t.set {
		if !conditionClock(t.at.Clockid) {
			return &Error{Op: "_umtx_op " + op.String(), Errno: syscall.EINVAL, hint: "conditions have no " + Clock(t.at.Clockid).String()}
		}
		flags, at = zsys.CVWAIT_ABSTIME|zsys.CVWAIT_CLOCKID, &t.at.Timeout
		atomic.StoreUint32(&cv.Clockid, t.at.Clockid)
	}
	if _, errno := zsys.Umtx(unsafe.Pointer(cv), op, flags, unsafe.Pointer(m), unsafe.Pointer(at)); errno != 0 {
		return umtxError(op, errno)
	}
	return nil
}

// conditionClock reports whether the kernel takes a clock for a condition: those
// of the processor's time are not for it.
func conditionClock(clock uint32) bool {
	return clock < zsys.CLOCK_THREAD_CPUTIME_ID || clock == zsys.CLOCK_TAI
}

// UmtxCvSignal wakes one that waits for cv: UMTX_OP_CV_SIGNAL.
func UmtxCvSignal(cv *zsys.Ucond) error {
	return umtxDo(zsys.UMTX_OP_CV_SIGNAL, unsafe.Pointer(cv), 0, nil)
}

// UmtxCvBroadcast wakes all who wait for cv: UMTX_OP_CV_BROADCAST.
func UmtxCvBroadcast(cv *zsys.Ucond) error {
	return umtxDo(zsys.UMTX_OP_CV_BROADCAST, unsafe.Pointer(cv), 0, nil)
}

// UmtxRwRdlock locks rw for reading, and waits for it until t:
// UMTX_OP_RW_RDLOCK. Flags are 0, or zsys.URWLOCK_PREFER_READER to pass writers
// that wait. EAGAIN is more readers than can be counted. Any thread may unlock.
func UmtxRwRdlock(rw *zsys.Urwlock, flags uint32, t Timeout) error {
	return umtxWait(zsys.UMTX_OP_RW_RDLOCK, unsafe.Pointer(rw), uintptr(flags), t)
}

// UmtxRwWrlock locks rw for writing, and waits for it until t:
// UMTX_OP_RW_WRLOCK. Any thread may unlock.
func UmtxRwWrlock(rw *zsys.Urwlock, t Timeout) error {
	return umtxWait(zsys.UMTX_OP_RW_WRLOCK, unsafe.Pointer(rw), 0, t)
}

// UmtxRwUnlock undoes one lock of rw, the writer's or a reader's:
// UMTX_OP_RW_UNLOCK. EPERM is a lock that nobody has.
func UmtxRwUnlock(rw *zsys.Urwlock) error {
	return umtxDo(zsys.UMTX_OP_RW_UNLOCK, unsafe.Pointer(rw), 0, nil)
}
