package umtx

import (
	"math"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// Wait sleeps if *word is val, where a word is C's long: UMTX_OP_WAIT of
// _umtx_op(2). Comparing and going to sleep are one step. If the word lies in
// memory that is mapped with MAP_SHARED, any process that maps it can wake the
// sleeper.
//
// Wait returns nil when the word has another value, when [Wake] wakes it,
// and sometimes for no reason: look at the word again. ETIMEDOUT means that t has
// passed, EINVAL that t is bad, and EFAULT that the word is not mapped. EINTR is
// not seen.
//
// Each wait occupies a thread, but none of GOMAXPROCS's processors. It need not
// be the same thread all the time: there is no need for runtime.LockOSThread.
func Wait(word *uint, val uint, t Timeout) error {
	return wait(zsys.UMTX_OP_WAIT, unsafe.Pointer(word), uintptr(val), t)
}

// WaitUint is [Wait] for a word that has 32 bits on every port:
// UMTX_OP_WAIT_UINT.
func WaitUint(word *uint32, val uint32, t Timeout) error {
	return wait(zsys.UMTX_OP_WAIT_UINT, unsafe.Pointer(word), uintptr(val), t)
}

// WaitUintPrivate is [WaitUint] within one process, which is a little
// cheaper: UMTX_OP_WAIT_UINT_PRIVATE. Wake it with [WakePrivate] or
// [NwakePrivate]: in shared memory other wakes do not reach it.
func WaitUintPrivate(word *uint32, val uint32, t Timeout) error {
	return wait(zsys.UMTX_OP_WAIT_UINT_PRIVATE, unsafe.Pointer(word), uintptr(val), t)
}

// Wake wakes up to n of those who sleep on the word in [Wait] or
// [WaitUint]: UMTX_OP_WAKE. math.MaxInt means all of them; less than 1 means
// one. That nobody sleeps is no error; EFAULT means that the word is not mapped.
func Wake[T uint | uint32](word *T, n int) error {
	return do(zsys.UMTX_OP_WAKE, unsafe.Pointer(word), uintptr(min(n, math.MaxInt32)), nil)
}

// WakePrivate wakes up to n of those who sleep on the word in
// [WaitUintPrivate]: UMTX_OP_WAKE_PRIVATE. n is as for [Wake].
func WakePrivate(word *uint32, n int) error {
	return do(zsys.UMTX_OP_WAKE_PRIVATE, unsafe.Pointer(word), uintptr(min(n, math.MaxInt32)), nil)
}

// NwakePrivate wakes all who sleep on any of the words in
// [WaitUintPrivate]: UMTX_OP_NWAKE_PRIVATE. The slice is only read.
func NwakePrivate(words []*uint32) error {
	return do(zsys.UMTX_OP_NWAKE_PRIVATE, unsafe.Pointer(unsafe.SliceData(words)), uintptr(len(words)), nil)
}

// Sem2Wait waits while a semaphore's count is 0: UMTX_OP_SEM2_WAIT. It does
// not lower the count: try that afterwards with a compare-and-swap, which must
// leave zsys.USEM_HAS_WAITERS as it is. ETIMEDOUT means that t has passed, EINVAL
// that t is bad. EINTR is not seen.
func Sem2Wait(sem *zsys.Usem2, t Timeout) error {
	return wait(zsys.UMTX_OP_SEM2_WAIT, unsafe.Pointer(sem), 0, t)
}

// Sem2WaitFor is one [Sem2Wait] for at most d, which the kernel measures:
// ETIMEDOUT means that d has passed. If a signal interrupts the wait the error is
// EINTR, and left is the part of d that remains; otherwise left is 0. EINVAL means
// that d is negative or longer than time_t holds.
func Sem2WaitFor(sem *zsys.Usem2, d time.Duration) (left time.Duration, err error) {
	const op = zsys.UMTX_OP_SEM2_WAIT
	span, bad := interval(d)
	if bad != nil {
		return 0, refusal(op, bad)
	}
	var arg struct {
		time zsys.UmtxTime
		left zsys.Timespec
	}
	arg.time.Timeout, arg.time.Clockid = span, zsys.CLOCK_MONOTONIC
	err = zsys.UmtxTimed(unsafe.Pointer(sem), op, 0, unsafe.Sizeof(arg), &arg.time)
	runtime.KeepAlive(&arg)
	switch err {
	case nil:
		return 0, nil
	case syscall.EINTR:
		left = time.Duration(arg.left.Sec)*time.Second + time.Duration(arg.left.Nsec)
	}
	return left, opError(op, err)
}

// Sem2Wake wakes one of those who wait for the semaphore: UMTX_OP_SEM2_WAKE.
// Raise the count first: the kernel does not.
func Sem2Wake(sem *zsys.Usem2) error {
	return do(zsys.UMTX_OP_SEM2_WAKE, unsafe.Pointer(sem), 0, nil)
}
