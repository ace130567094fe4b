package umtx

import (
	"sync/atomic"
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// MutexTrylock locks m if that needs no wait: UMTX_OP_MUTEX_TRYLOCK. EBUSY
// means that a thread has m, and EDEADLK that the caller itself has it, if m has
// zsys.UMUTEX_PRIO_INHERIT. EOWNERDEAD, which means that m is locked, and
// ENOTRECOVERABLE are as for [MutexLock].
//
// The caller needs runtime.LockOSThread until the unlock, as for [MutexLock].
func MutexTrylock(m *zsys.Umutex) error {
	return do(zsys.UMTX_OP_MUTEX_TRYLOCK, unsafe.Pointer(m), 0, nil)
}

// MutexLock locks m, and waits for it until t: UMTX_OP_MUTEX_LOCK.
//
// A umutex belongs to the thread that locks it: the kernel writes the thread's
// number into m, and no other thread may unlock it. Goroutines move between
// threads, so the caller needs runtime.LockOSThread from the lock to the unlock.
// Package shmsync has locks for goroutines, which need no such thing.
//
// EOWNERDEAD is special: the caller has the lock. It means that m is robust
// (zsys.UMUTEX_ROBUST) and that its owner died, so that what m protects may be
// half changed. Repair it, and unlock m as usual. If it cannot be repaired, set
// zsys.UMUTEX_NONCONSISTENT in m.Flags before the unlock: whoever tries to lock m
// from then on gets ENOTRECOVERABLE.
//
// ETIMEDOUT means that t has passed, and EINVAL that t is bad or that m has flags
// which do not go together. A thread that has the lock already would wait for
// itself; with zsys.UMUTEX_PRIO_INHERIT it gets EDEADLK. EINTR is not seen.
func MutexLock(m *zsys.Umutex, t Timeout) error {
	return wait(zsys.UMTX_OP_MUTEX_LOCK, unsafe.Pointer(m), 0, t)
}

// MutexUnlock unlocks m and wakes one of those who wait for it:
// UMTX_OP_MUTEX_UNLOCK. EPERM means that the calling thread does not own m: the
// caller needs runtime.LockOSThread from the lock on.
func MutexUnlock(m *zsys.Umutex) error {
	return do(zsys.UMTX_OP_MUTEX_UNLOCK, unsafe.Pointer(m), 0, nil)
}

// SetCeiling changes the priority ceiling of m, which must have the flag
// zsys.UMUTEX_PRIO_PROTECT, and returns the old one: UMTX_OP_SET_CEILING. It
// waits until m is free or the caller's. A free mutex with that flag has
// zsys.UMUTEX_CONTESTED as its Owner: if that is 0, the kernel waits for ever.
// EINVAL means that m has another protocol, or that the ceiling is above 31. A
// caller that has the lock needs runtime.LockOSThread, as for [MutexLock].
// EINTR is not seen.
func SetCeiling(m *zsys.Umutex, ceiling uint32) (old uint32, err error) {
	for {
		_, err := zsys.Umtx(unsafe.Pointer(m), zsys.UMTX_OP_SET_CEILING, uintptr(ceiling), unsafe.Pointer(&old), nil)
		switch err {
		case nil:
			return old, nil
		case syscall.EINTR:
		default:
			return 0, opError(zsys.UMTX_OP_SET_CEILING, err)
		}
	}
}

// MutexWait waits until m can be locked or t has passed, which is ETIMEDOUT,
// and does not lock it: UMTX_OP_MUTEX_WAIT. EINVAL means that m has a priority
// protocol, or that t is bad. EINTR is not seen. Any thread may call it.
func MutexWait(m *zsys.Umutex, t Timeout) error {
	return wait(zsys.UMTX_OP_MUTEX_WAIT, unsafe.Pointer(m), 0, t)
}

// MutexWake wakes one of those who wait for m, if m is free:
// UMTX_OP_MUTEX_WAKE.
//
// Deprecated: Use [MutexWake2]. This operation writes to m, which other
// threads may have locked, unlocked and freed by then. And FreeBSD 15.0's kernel
// never returns from it if m is free and not contested. MutexWake does not
// call the kernel in that case, but cannot see a thread that brings it about in
// between.
func MutexWake(m *zsys.Umutex) error {
	if atomic.LoadUint32(&m.Owner) == zsys.UMUTEX_UNOWNED {
		return nil // nobody waits
	}
	return do(zsys.UMTX_OP_MUTEX_WAKE, unsafe.Pointer(m), 0, nil)
}

// MutexWake2 wakes one of those who wait for m, if m is free:
// UMTX_OP_MUTEX_WAKE2. flags are those of m, passed because another thread may
// have freed m. Any thread may call it.
func MutexWake2(m *zsys.Umutex, flags uint32) error {
	return do(zsys.UMTX_OP_MUTEX_WAKE2, unsafe.Pointer(m), uintptr(flags), nil)
}

// CvWait unlocks m and waits for cv, as one step: UMTX_OP_CV_WAIT. It does not
// lock m again: do that next, and then look at what was waited for, as CvWait
// may return nil for no reason. The caller needs runtime.LockOSThread from the
// lock of m on.
//
// ETIMEDOUT means that t has passed, and EINTR that a signal ended the wait: m is
// unlocked after both, so treat EINTR as a wake. After other errors there was no
// wait: EPERM means that the calling thread does not own m, which stays as it was,
// and EINVAL that t is bad or on a clock of the processor's time, which this
// operation does not take.
//
// The kernel finds the clock in cv.Clockid, where CvWait stores that of t. So
// all who wait for the same cv with a Timeout must use the same clock.
func CvWait(cv *zsys.Ucond, m *zsys.Umutex, t Timeout) error {
	const op = zsys.UMTX_OP_CV_WAIT
	if err := t.refused(op); err != nil {
		return err
	}
	var flags uintptr
	var at *zsys.Timespec
	if t.set {
		if !conditionClock(t.at.Clockid) {
			return refusal(op, invalid("conditions have no %v", t.at.Clockid))
		}
		flags, at = zsys.CVWAIT_ABSTIME|zsys.CVWAIT_CLOCKID, &t.at.Timeout
		atomic.StoreInt32((*int32)(&cv.Clockid), int32(t.at.Clockid))
	}
	if _, err := zsys.Umtx(unsafe.Pointer(cv), op, flags, unsafe.Pointer(m), unsafe.Pointer(at)); err != nil {
		return opError(op, err)
	}
	return nil
}

// conditionClock reports whether the kernel takes a clock for a condition: those
// of the processor's time are not for it.
func conditionClock(clock Clock) bool {
	return clock < zsys.CLOCK_THREAD_CPUTIME_ID || clock == zsys.CLOCK_TAI
}

// CvSignal wakes one of those who wait for cv: UMTX_OP_CV_SIGNAL. That nobody
// waits is no error. Any thread may call it.
func CvSignal(cv *zsys.Ucond) error {
	return do(zsys.UMTX_OP_CV_SIGNAL, unsafe.Pointer(cv), 0, nil)
}

// CvBroadcast wakes all who wait for cv: UMTX_OP_CV_BROADCAST. That nobody
// waits is no error. Any thread may call it.
func CvBroadcast(cv *zsys.Ucond) error {
	return do(zsys.UMTX_OP_CV_BROADCAST, unsafe.Pointer(cv), 0, nil)
}

// RwRdlock locks rw for reading, and waits for it until t:
// UMTX_OP_RW_RDLOCK. flags are 0, or zsys.URWLOCK_PREFER_READER to overtake writers
// that wait. ETIMEDOUT means that t has passed, EINVAL that t is bad, and EAGAIN
// that there are more readers than rw can count. EINTR is not seen.
//
// A urwlock counts its holders and does not know them: any thread may unlock it,
// and there is no need for runtime.LockOSThread.
func RwRdlock(rw *zsys.Urwlock, flags int, t Timeout) error {
	return wait(zsys.UMTX_OP_RW_RDLOCK, unsafe.Pointer(rw), uintptr(uint32(flags)), t)
}

// RwWrlock locks rw for writing, and waits for it until t:
// UMTX_OP_RW_WRLOCK. Errors and threads are as for [RwRdlock].
func RwWrlock(rw *zsys.Urwlock, t Timeout) error {
	return wait(zsys.UMTX_OP_RW_WRLOCK, unsafe.Pointer(rw), 0, t)
}

// RwUnlock releases rw once, for the writer or for one reader:
// UMTX_OP_RW_UNLOCK. EPERM means that nobody has the lock. Any thread may call it.
func RwUnlock(rw *zsys.Urwlock) error {
	return do(zsys.UMTX_OP_RW_UNLOCK, unsafe.Pointer(rw), 0, nil)
}
