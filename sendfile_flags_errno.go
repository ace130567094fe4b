//go:build !plan9

package rawsys

import "syscall"

var (
	errArgument   error = &Error{Op: "sendfile", Errno: syscall.EINVAL}
	errNoSuchFlag error = &Error{Op: "sendfile", Errno: syscall.EOPNOTSUPP}
)
