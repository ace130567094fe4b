package rawsys

import (
	"syscall"

	"github.com/rawsys-go/rawsys/internal/flagtext"
	"github.com/rawsys-go/rawsys/zsys"
)

// Enter puts the process into capability mode: cap_enter(2), FreeBSD 9.0. All of
// its threads and all children are in it for good. There are no paths any more,
// no new addresses to connect to and no other processes: only what descriptors
// allow. What names something in a global place fails with ECAPMODE, which
// matches fs.ErrPermission. ENOSYS is a kernel without capability mode.
//
// Go programs should have used before what the runtime and libraries open when
// they need it: the time zone, the resolver, random numbers on old systems.
func Enter() error {
	if errno := zsys.CapEnter(); errno != 0 {
		return &Error{Op: "cap_enter", Errno: errno}
	}
	return nil
}

// InCapabilityMode reports whether the process is in capability mode:
// cap_getmode(2), FreeBSD 9.0. ENOSYS is a kernel that has no such mode.
func InCapabilityMode() (bool, error) {
	var mode uint32
	if errno := zsys.CapGetmode(&mode); errno != 0 {
		return false, &Error{Op: "cap_getmode", Errno: errno}
	}
	return mode != 0, nil
}

// LimitIoctls allows no commands of ioctl but cmds on a descriptor:
// cap_ioctls_limit(2), FreeBSD 10.0. The descriptor also needs zsys.CAP_IOCTL;
// taking that right away allows no command at all. The list only shrinks:
// ENOTCAPABLE is a command that was not allowed before. EINVAL is more than the
// 256 that the kernel takes.
func LimitIoctls(fd int, cmds ...uintptr) error {
	var first *uintptr
	if len(cmds) > 0 {
		first = &cmds[0]
	}
	return shrinkResult("cap_ioctls_limit", fd, zsys.CapIoctlsLimit(fd, first, uintptr(len(cmds))))
}

// GetIoctls returns the commands of ioctl that a descriptor allows:
// cap_ioctls_get(2), FreeBSD 10.0. All is true when it was never limited, and
// then there is no list. The list is the caller's.
func GetIoctls(fd int) (cmds []uintptr, all bool, err error) {
	// Another thread may limit fd between two calls; lists only shrink, so one
	// that has room for the first answer has room for any later one.
	for {
		var first *uintptr
		if len(cmds) > 0 {
			first = &cmds[0]
		}
		n, errno := zsys.CapIoctlsGet(fd, first, uintptr(len(cmds)))
		switch {
		case errno != 0:
			return nil, false, fdError("cap_ioctls_get", fd, errno)
		case n == zsys.CAP_IOCTLS_ALL:
			return nil, true, nil
		case n <= len(cmds):
			return cmds[:n], false, nil
		}
		cmds = make([]uintptr, n)
	}
}

// Fcntls is a set of fcntl's commands, zsys.CAP_FCNTL_ constants joined by |.
type Fcntls uint32

// String names the commands, joined by "|"; "0" without any.
func (f Fcntls) String() string {
	return flagtext.String(uint32(f),
		flagtext.Name{Bit: zsys.CAP_FCNTL_GETFL, Text: "CAP_FCNTL_GETFL"},
		flagtext.Name{Bit: zsys.CAP_FCNTL_SETFL, Text: "CAP_FCNTL_SETFL"},
		flagtext.Name{Bit: zsys.CAP_FCNTL_GETOWN, Text: "CAP_FCNTL_GETOWN"},
		flagtext.Name{Bit: zsys.CAP_FCNTL_SETOWN, Text: "CAP_FCNTL_SETOWN"})
}

// LimitFcntls allows no commands of fcntl but f on a descriptor, of those that
// can be limited: cap_fcntls_limit(2), FreeBSD 10.0. The descriptor also needs
// zsys.CAP_FCNTL. The set only shrinks: ENOTCAPABLE is a command that was not
// allowed before. EINVAL is a bit that stands for no command.
func LimitFcntls(fd int, f Fcntls) error {
	return shrinkResult("cap_fcntls_limit", fd, zsys.CapFcntlsLimit(fd, uint32(f)))
}

// GetFcntls returns the commands of fcntl that a descriptor allows:
// cap_fcntls_get(2), FreeBSD 10.0.
func GetFcntls(fd int) (Fcntls, error) {
	var f uint32
	errno := zsys.CapFcntlsGet(fd, &f)
	return Fcntls(f), fdResult("cap_fcntls_get", fd, errno)
}

// shrinkResult is nil, or shrinkError.
func shrinkResult(op string, fd int, errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return shrinkError(op, fd, errno)
}

// shrinkError is fdError for calls that only take away.
func shrinkError(op string, fd int, errno syscall.Errno) *Error {
	err := fdError(op, fd, errno)
	if errno == syscall.ENOTCAPABLE {
		err.hint = "what a descriptor allows only shrinks"
	}
	return err
}
