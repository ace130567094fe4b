package rawsys

import (
	"syscall"

	"github.com/rawsys-go/rawsys/zsys"
)

// Enter puts the process into capability mode: cap_enter(2), since FreeBSD 9.0.
// All its threads are in it from then on, and all children that it starts; there
// is no way out. What the process may do then follows from its descriptors: it
// can open no path, except beneath a directory that it has a descriptor of,
// connect to no address and reach no other process. Calls that use a global name
// space fail with ECAPMODE, which errors.Is also finds as fs.ErrPermission.
//
// Do first what Go's libraries do on first use: loading the time zone, or the
// resolver's configuration.
//
// The error is an [*Error]: ENOSYS means that the kernel was built without
// capability mode.
func Enter() error {
	if errno := errnoOf(zsys.CapEnter()); errno != 0 {
		return &Error{Op: "cap_enter", Errno: errno}
	}
	return nil
}

// InCapabilityMode reports whether the process is in capability mode:
// cap_getmode(2), since FreeBSD 9.0. ENOSYS means that the kernel was built
// without that mode.
func InCapabilityMode() (bool, error) {
	var mode uint32
	if errno := errnoOf(zsys.CapGetmode(&mode)); errno != 0 {
		return false, &Error{Op: "cap_getmode", Errno: errno}
	}
	return mode != 0, nil
}

// LimitIoctls limits a descriptor to the ioctl(2) commands cmds, or to none:
// cap_ioctls_limit(2), since FreeBSD 10.0. To use them the descriptor also needs
// the right zsys.CAP_IOCTL. cmds is only read.
//
// The error is an [*Error]. ENOTCAPABLE means that cmds has a command which was
// not allowed any more, as the list can only shrink; EINVAL that there are more
// than the kernel's limit of 256; and EBADF that fd is not open.
func LimitIoctls(fd int, cmds ...uintptr) error {
	var first *uintptr
	if len(cmds) > 0 {
		first = &cmds[0]
	}
	return shrinkResult("cap_ioctls_limit", fd, errnoOf(zsys.CapIoctlsLimit(fd, first, uintptr(len(cmds)))))
}

// GetIoctls returns the ioctl(2) commands that a descriptor allows:
// cap_ioctls_get(2), since FreeBSD 10.0. If they were never limited, all is true
// and cmds is nil. The slice belongs to the caller. The error is an [*Error]:
// EBADF means that fd is not open.
func GetIoctls(fd int) (cmds []uintptr, all bool, err error) {
	// Another thread may limit fd between two calls; lists only shrink, so one
	// that has room for the first answer has room for any later one.
	for {
		var first *uintptr
		if len(cmds) > 0 {
			first = &cmds[0]
		}
		n, err := zsys.CapIoctlsGet(fd, first, uintptr(len(cmds)))
		switch {
		case err != nil:
			return nil, false, fdError("cap_ioctls_get", fd, errnoOf(err))
		case n == zsys.CAP_IOCTLS_ALL:
			return nil, true, nil
		case n <= len(cmds):
			return cmds[:n], false, nil
		}
		cmds = make([]uintptr, n)
	}
}

// LimitFcntls limits a descriptor to the fcntl(2) commands f, among those that
// can be limited: cap_fcntls_limit(2), since FreeBSD 10.0. To use them the
// descriptor also needs the right zsys.CAP_FCNTL.
//
// The error is an [*Error]. ENOTCAPABLE means that f has a command which was not
// allowed any more, as the set can only shrink; EINVAL that f has a bit which
// stands for no command; and EBADF that fd is not open.
func LimitFcntls(fd int, f zsys.CapFcntl) error {
	return shrinkResult("cap_fcntls_limit", fd, errnoOf(zsys.CapFcntlsLimit(fd, f)))
}

// GetFcntls returns the fcntl(2) commands that a descriptor allows:
// cap_fcntls_get(2), since FreeBSD 10.0. The error is an [*Error]: EBADF means
// that fd is not open.
func GetFcntls(fd int) (zsys.CapFcntl, error) {
	var f zsys.CapFcntl
	errno := errnoOf(zsys.CapFcntlsGet(fd, &f))
	return f, fdResult("cap_fcntls_get", fd, errno)
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
		err.Hint = "what a descriptor allows only shrinks"
	}
	return err
}
