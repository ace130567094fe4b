package shmsync

import (
	"syscall"
	"time"
	"unsafe"
)

const (
	waitCall  = "futex FUTEX_WAIT"
	futexWait = 0
	futexWake = 1
)

// wait sleeps if *w is value, for d at most.
func wait(w *uint32, value uint32, d time.Duration) syscall.Errno {
	ts := syscall.NsecToTimespec(int64(d))
	_, _, errno := syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(w)), futexWait, uintptr(value),
		uintptr(unsafe.Pointer(&ts)), 0, 0)
	return errno
}

// wake wakes up to n. It does not block, so the scheduler need not know; and who
// just freed a lock may find its memory gone, which is no error of the caller's.
func wake(w *uint32, n int32) {
	_, _, _ = syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(w)), futexWake, uintptr(n), 0, 0, 0)
}
