//go:build !plan9

// Package badarg is the error of an argument that is refused before a call,
// because the kernel would refuse it, or do worse.
package badarg

import (
	"fmt"
	"syscall"
)

// Error is what is wrong, and the errno that stands for it.
type Error struct {
	Errno syscall.Errno
	Why   string
}

// New formats Why.
func New(errno syscall.Errno, format string, args ...any) *Error {
	return &Error{errno, fmt.Sprintf(format, args...)}
}

// Error gives the reason and the errno's message.
func (e *Error) Error() string { return e.Why + ": " + e.Errno.Error() }

// Unwrap returns the errno.
func (e *Error) Unwrap() error { return e.Errno }
