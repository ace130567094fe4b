package rawsys

import "syscall"

// SystemErrno is the type of this system's own errors, such as syscall.EINVAL.
type SystemErrno = syscall.ErrorString
