package rawsys

import (
	"errors"
	"strconv"
	"syscall"

	"github.com/rawsys-go/rawsys/internal/badarg"
)

// fdError says that a call about a descriptor failed.
func fdError(op string, fd int, errno syscall.Errno) *Error {
	return &Error{Op: op, Errno: errno, Object: fdObject(fd)}
}

// fdResult is nil, or fdError.
func fdResult(op string, fd int, errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return fdError(op, fd, errno)
}

// errnoOf returns the errno of what a stub returns: 0 for nil.
func errnoOf(err error) syscall.Errno {
	errno, _ := err.(syscall.Errno)
	return errno
}

func fdObject(fd int) string { return "fd " + strconv.Itoa(fd) }

// argError says that an argument of a call about object was refused before the
// call, and why.
func argError(op, object string, err error) *Error {
	e := &Error{Op: op, Errno: syscall.EINVAL, Object: object, Hint: err.Error()}
	var bad *badarg.Error
	if errors.As(err, &bad) {
		e.Errno, e.Hint = bad.Errno, bad.Why
	}
	return e
}
