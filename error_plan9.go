package rawsys

import (
	"errors"
	"io/fs"
	"syscall"
)

// SystemErrno is the type of this system's own errors, such as syscall.EINVAL.
type SystemErrno = syscall.ErrorString

// badFlags is the error of flags that cannot be kept.
func badFlags(why string) error {
	return &fs.PathError{Op: "sendfile", Path: why, Err: errors.ErrUnsupported}
}

// errAgain does not come here, where no descriptors are sent from.
var errAgain = &Error{Op: "sendfile", Errno: "destination is full"}
