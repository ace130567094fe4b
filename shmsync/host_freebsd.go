package shmsync

import (
	"syscall"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

const waitCall = "_umtx_op UMTX_OP_WAIT_UINT"

// umtxTime is struct _umtx_time, whose timespec package syscall has the port's way
// to fill.
type umtxTime struct {
	timeout syscall.Timespec
	flags   uint32 // 0: from now on
	clock   uint32
}

var _ [unsafe.Sizeof(zsys.UmtxTime{})]byte = [unsafe.Sizeof(umtxTime{})]byte{}

// wait sleeps if *w is value, for d at most.
func wait(w *uint32, value uint32, d time.Duration) syscall.Errno {
	t := umtxTime{timeout: syscall.NsecToTimespec(int64(d)), clock: zsys.CLOCK_MONOTONIC}
	_, _, errno := syscall.Syscall6(zsys.SYS__UMTX_OP, uintptr(unsafe.Pointer(w)), uintptr(zsys.UMTX_OP_WAIT_UINT), uintptr(value),
		unsafe.Sizeof(t), uintptr(unsafe.Pointer(&t)), 0)
	return errno
}

// wake wakes up to n. It does not block, so the scheduler need not know; and who
// just freed a lock may find its memory gone, which is no error of the caller's.
func wake(w *uint32, n int32) {
	_, _, _ = syscall.RawSyscall6(zsys.SYS__UMTX_OP, uintptr(unsafe.Pointer(w)), uintptr(zsys.UMTX_OP_WAKE), uintptr(n), 0, 0, 0)
}
