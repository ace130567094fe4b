//go:build !freebsd

package rawsys

import (
	"errors"
	"io/fs"
	"strconv"
)

// Errno is an error of FreeBSD's kernel, as data: numbers and messages are
// FreeBSD's on every host. On FreeBSD it is syscall.Errno itself; here it must
// not be mixed with that, whose numbers are this host's.
type Errno uintptr

// Error returns FreeBSD's message.
func (e Errno) Error() string {
	if msg := ErrnoMessage(e); msg != "" {
		return msg
	}
	return "errno " + strconv.FormatUint(uint64(e), 10)
}

// Is reports whether e means what one of io/fs's errors or errors.ErrUnsupported
// means, by the rules of syscall.Errno.
func (e Errno) Is(target error) bool {
	switch target {
	case fs.ErrPermission:
		return e == EACCES || e == EPERM
	case fs.ErrExist:
		return e == EEXIST || e == ENOTEMPTY
	case fs.ErrNotExist:
		return e == ENOENT
	case errors.ErrUnsupported:
		return e == ENOSYS || e == ENOTSUP || e == EOPNOTSUPP
	}
	return false
}

// capsicumHint is "": only FreeBSD has Capsicum's errnos, and the same numbers mean
// something else here.
func capsicumHint(SystemErrno) string { return "" }
