//go:build !plan9

package rawsys

import "syscall"

// Error is a system call that failed: which one, and the kernel's answer.
// errors.Is finds both the syscall.Errno and what it stands for in io/fs.
type Error struct {
	Op    string        // the call's name in section 2 of the manual
	Errno syscall.Errno // never 0
}

// Error names the call and says the errno's message.
func (e *Error) Error() string { return e.Op + ": " + e.Errno.Error() }

// Unwrap returns the Errno.
func (e *Error) Unwrap() error { return e.Errno }
