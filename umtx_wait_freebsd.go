package rawsys

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/internal/umtxtime"
	"github.com/rawsys-go/rawsys/zsys"
)

// The waits of _umtx_op(2) on a word. They compare it with a value and sleep if
// it is the same, as one step, and return nil when it is not, when somebody wakes
// them, and for no reason: look at the word again. ETIMEDOUT is the end of
// the Timeout, EFAULT memory that is not there. A thread is used up for as long
// as each waits, but no processor of GOMAXPROCS. None depends on the thread.

// UmtxWait sleeps while *word is val: UMTX_OP_WAIT, where a word is C's long. If
// the word lies in memory that is mapped shared, others that map it can wake.
func UmtxWait(word *uint, val uint, t Timeout) error {
	return umtxWait(zsys.UMTX_OP_WAIT, unsafe.Pointer(word), uintptr(val), t)
}

// UmtxWaitUint is UmtxWait for a word of 32 bits on every port:
// UMTX_OP_WAIT_UINT.
func UmtxWaitUint(word *uint32, val uint32, t Timeout) error {
	return umtxWait(zsys.UMTX_OP_WAIT_UINT, unsafe.Pointer(word), uintptr(val), t)
}

// UmtxWaitUintPrivate is UmtxWaitUint within one process, which is a little
// cheaper: UMTX_OP_WAIT_UINT_PRIVATE. In memory that is mapped shared only the
// private wakes reach it.
func UmtxWaitUintPrivate(word *uint32, val uint32, t Timeout) error {
	return umtxWait(zsys.UMTX_OP_WAIT_UINT_PRIVATE, unsafe.Pointer(word), uintptr(val), t)
}

// UmtxWake wakes up to n who sleep in UmtxWait or UmtxWaitUint on the word:
// UMTX_OP_WAKE. math.MaxInt32 is all of them.
func UmtxWake[T uint | uint32](word *T, n int32) error {
	return umtxDo(zsys.UMTX_OP_WAKE, unsafe.Pointer(word), uintptr(n), nil)
}

// UmtxWakePrivate wakes up to n who sleep in UmtxWaitUintPrivate on the word:
// UMTX_OP_WAKE_PRIVATE.
func UmtxWakePrivate(word *uint32, n int32) error {
	return umtxDo(zsys.UMTX_OP_WAKE_PRIVATE, unsafe.Pointer(word), uintptr(n), nil)
}

// UmtxNwakePrivate wakes all who sleep in UmtxWaitUintPrivate on any of the
// words: UMTX_OP_NWAKE_PRIVATE.
func UmtxNwakePrivate(words []*uint32) error {
	return umtxDo(zsys.UMTX_OP_NWAKE_PRIVATE, unsafe.Pointer(unsafe.SliceData(words)), uintptr(len(words)), nil)
}

// UmtxSem2Wait waits for a semaphore whose count is 0: UMTX_OP_SEM2_WAIT. It
// takes nothing from the count: that is the caller's to try, with a
// compare-and-swap that keeps USEM_HAS_WAITERS. EINTR is not seen.
func UmtxSem2Wait(sem *zsys.Usem2, t Timeout) error {
	return umtxWait(zsys.UMTX_OP_SEM2_WAIT, unsafe.Pointer(sem), 0, t)
}

// UmtxSem2WaitFor is one UmtxSem2Wait for as long as d. If it is interrupted the
// error is EINTR, and left is how much of d was not slept; otherwise left is 0.
// This is the operation with a relative time, where the kernel writes the rest
// behind the timeout.
func UmtxSem2WaitFor(sem *zsys.Usem2, d time.Duration) (left time.Duration, err error) {
	const op = zsys.UMTX_OP_SEM2_WAIT
	span, err := umtxtime.Interval(d)
	if err != nil {
		return 0, argError("_umtx_op "+op.String(), "", err)
	}
	var arg struct {
		time zsys.UmtxTime
		left zsys.Timespec
	}
	arg.time.Timeout, arg.time.Clockid = span, zsys.CLOCK_MONOTONIC
	errno := zsys.UmtxTimed(unsafe.Pointer(sem), op, 0, unsafe.Sizeof(arg), &arg.time)
	runtime.KeepAlive(&arg)
	switch errno {
	case 0:
		return 0, nil
	case syscall.EINTR:
		left = time.Duration(arg.left.Sec)*time.Second + time.Duration(arg.left.Nsec)
	}
	return left, umtxError(op, errno)
}

// UmtxSem2Wake wakes one that waits for the semaphore: UMTX_OP_SEM2_WAKE. The
// count is the caller's to raise before.
func UmtxSem2Wake(sem *zsys.Usem2) error {
	return umtxDo(zsys.UMTX_OP_SEM2_WAKE, unsafe.Pointer(sem), 0, nil)
}
