package rawsys

import (
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// UmtxOp is _umtx_op(2) as the manual has it; obj, val, uaddr and uaddr2 mean
// what the operation says. Uaddr is a number because the operations that wait
// take the size of a timeout there; a pointer is converted in the call's own
// argument list, uintptr(unsafe.Pointer(p)), and is then kept alive by it. The
// result is UMTX_OP_SHM's descriptor, and 0 of all other operations.
//
// No argument is looked at: a clock that the kernel does not know is a wait for
// ever, and a call may end with EINTR whenever Go's runtime sends itself a
// signal. The functions Umtx... are the same operations without these traps. Four
// deprecated operations have none, UMTX_OP_LOCK, UNLOCK, SEM_WAIT and SEM_WAKE,
// which are there for programs of FreeBSD 10 and older. All operations are
// allowed in capability mode.
//
// Where memory lives matters. A word that processes share lies in memory that
// is mapped with MAP_SHARED. Words and structures in Go's heap stay where they
// are, and are kept alive for the length of a call. What the kernel remembers
// beyond it, such as robust lists, must not be on a goroutine's stack, which
// moves, nor be left to the garbage collector.
//
//go:uintptrescapes
func UmtxOp(obj unsafe.Pointer, op zsys.UmtxOp, val, uaddr uintptr, uaddr2 unsafe.Pointer) (int, error) {
	n, _, errno := syscall.Syscall6(zsys.SYS__UMTX_OP, uintptr(obj), uintptr(op), val, uaddr, uintptr(uaddr2), 0)
	if errno != 0 {
		return 0, umtxError(op, errno)
	}
	return int(n), nil
}

func umtxError(op zsys.UmtxOp, errno syscall.Errno) *Error {
	return &Error{Op: "_umtx_op " + op.String(), Errno: errno}
}

// umtxDo does an operation that does not wait.
func umtxDo(op zsys.UmtxOp, obj unsafe.Pointer, val uintptr, uaddr unsafe.Pointer) error {
	if _, errno := zsys.Umtx(obj, op, val, uaddr, nil); errno != 0 {
		return umtxError(op, errno)
	}
	return nil
}

// umtxWait does an operation that waits until t. It begins again after EINTR:
// the kernel looks at obj anew, and the end of the wait stays.
func umtxWait(op zsys.UmtxOp, obj unsafe.Pointer, val uintptr, t Timeout) error {
	if t.bad != nil {
		return argError("_umtx_op "+op.String(), "", t.bad)
	}
	var at *zsys.UmtxTime
	var size uintptr
	if t.set {
		at, size = &t.at, unsafe.Sizeof(t.at)
	}
	for {
		switch errno := zsys.UmtxTimed(obj, op, val, size, at); errno {
		case 0:
			return nil
		case syscall.EINTR:
		default:
			return umtxError(op, errno)
		}
	}
}
