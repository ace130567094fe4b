package umtx

import (
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// Op makes the system call _umtx_op(2) as the manual describes it; what obj,
// val, uaddr and uaddr2 mean depends on the operation. uaddr is a number because
// operations that wait take the size of their timeout there. To pass a pointer,
// convert it within the call's own argument list, uintptr(unsafe.Pointer(p)),
// which also keeps it alive. The result is a descriptor for UMTX_OP_SHM, and 0
// for all other operations.
//
// No argument is checked. The kernel waits for ever on a clock that it does not
// know, and a wait may end with EINTR whenever Go's runtime sends itself a
// signal. The other functions do the same operations without these traps.
// Four operations have no such function, as they are deprecated and only serve
// programs of FreeBSD 10 and older: UMTX_OP_LOCK, UNLOCK, SEM_WAIT and SEM_WAKE.
//
// All operations are in FreeBSD 12.1 and later, except where their documentation
// names another release. All are allowed in capability mode. Errors of these
// functions are a [*rawsys.Error]; EFAULT means that obj is not mapped.
//
// # Memory
//
// A word that processes share must lie in memory that is mapped with MAP_SHARED.
// Words and structures in Go's heap do not move, and are kept alive for the length
// of a call. What the kernel remembers beyond a call, such as robust lists, must
// not be on a goroutine's stack, which moves, nor be left to the garbage collector.
//
//go:uintptrescapes
func Op(obj unsafe.Pointer, op zsys.UmtxOp, val, uaddr uintptr, uaddr2 unsafe.Pointer) (int, error) {
	n, _, errno := syscall.Syscall6(zsys.SYS__UMTX_OP, uintptr(obj), uintptr(op), val, uaddr, uintptr(uaddr2), 0)
	if errno != 0 {
		return 0, opError(op, errno)
	}
	return int(n), nil
}

func opError(op zsys.UmtxOp, err error) *rawsys.Error {
	errno, _ := err.(syscall.Errno)
	return &rawsys.Error{Op: "_umtx_op " + op.String(), Errno: errno}
}

// umtxDo makes a call that does not wait.
func do(op zsys.UmtxOp, obj unsafe.Pointer, val uintptr, uaddr unsafe.Pointer) error {
	if _, err := zsys.Umtx(obj, op, val, uaddr, nil); err != nil {
		return opError(op, err)
	}
	return nil
}

// umtxWait makes a call that waits until t. After EINTR it calls again: the
// kernel then looks at obj anew, and the deadline is still the same.
func wait(op zsys.UmtxOp, obj unsafe.Pointer, val uintptr, t Timeout) error {
	if err := t.refused(op); err != nil {
		return err
	}
	var at *zsys.UmtxTime
	var size uintptr
	if t.set {
		at, size = &t.at, unsafe.Sizeof(t.at)
	}
	for {
		switch err := zsys.UmtxTimed(obj, op, val, size, at); err {
		case nil:
			return nil
		case syscall.EINTR:
		default:
			return opError(op, err)
		}
	}
}
