//go:build !plan9

package rawsys

import "syscall"

// SystemErrno is the type of this system's own errors, such as syscall.EINVAL.
type SystemErrno = syscall.Errno

// badFlags is the error of flags that cannot be kept.
func badFlags(why string) error {
	return &Error{Op: "sendfile", Errno: syscall.EOPNOTSUPP, Hint: why}
}

// errAgain is one value, so that an event loop's EAGAIN costs no allocation.
var errAgain = &Error{Op: "sendfile", Errno: syscall.EAGAIN}
