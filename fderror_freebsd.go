package rawsys

import (
	"fmt"
	"strconv"
	"syscall"

	"github.com/rawsys-go/rawsys/internal/rawconn"
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

// withDescriptor calls f with the descriptor behind c.
func withDescriptor(op string, c any, f func(fd int) error) error {
	ok, err := rawconn.With(c, f)
	if !ok {
		return invalid(op, "", fmt.Sprintf("%T has no descriptor; an *os.File, a net.Listener or a net.Conn has", c))
	}
	return err
}
