package rawsys

import (
	"io/fs"
	"syscall"
)

// Error reports a system call that failed: the call, what it was about, and the
// kernel's answer. It also reports arguments that were refused before the call,
// with the errno that stands for the reason. An Error may be shared between calls,
// and is not to be changed.
//
// errors.Is matches the errno, and what that stands for in packages io/fs and
// errors: ENOENT is fs.ErrNotExist, EEXIST and ENOTEMPTY are fs.ErrExist, EPERM
// and EACCES are fs.ErrPermission, ENOSYS and EOPNOTSUPP are errors.ErrUnsupported.
//
// On FreeBSD an Error with one of Capsicum's two errnos matches fs.ErrPermission as
// well: ENOTCAPABLE, for a descriptor that lacks a right which the call needs, or a
// path that leads out of its directory; and ECAPMODE, for a call that is not allowed
// in capability mode. So code that copes with files it may not touch also copes in
// a sandbox; compare with the errnos to tell them apart. This holds for an Error
// alone: errors of package os and of package net match the errnos only.
type Error struct {
	Op     string      // the call's name in section 2 of the manual, and its command if it has many
	Errno  SystemErrno // a syscall.Errno, and on Plan 9 a syscall.ErrorString; never 0
	Object string      // what the call was about, a path, "fd 3" or "pid 15"; may be empty
	Hint   string      // what the errno means in this call, if that is not its plain meaning; may be empty
}

// Error returns the call, what it was about, the errno's message, and in
// parentheses the hint. For Capsicum's errnos there always is one.
func (e *Error) Error() string {
	s := e.Op
	if e.Object != "" {
		s += " " + e.Object
	}
	s += ": " + e.Errno.Error()
	if h := e.hint(); h != "" {
		s += " (" + h + ")"
	}
	return s
}

// Unwrap returns the Errno.
func (e *Error) Unwrap() error { return e.Errno }

// Is reports whether the errno is one of Capsicum's and target is
// fs.ErrPermission. All other matches errors.Is finds through Unwrap.
func (e *Error) Is(target error) bool {
	return target == fs.ErrPermission && capsicumHint(e.Errno) != ""
}

// Timeout reports whether the call gave up waiting: ETIMEDOUT or EAGAIN. It
// makes os.IsTimeout work.
func (e *Error) Timeout() bool { return e.Errno.Timeout() }

func (e *Error) hint() string {
	if e.Hint != "" {
		return e.Hint
	}
	return capsicumHint(e.Errno)
}

// invalid says that an argument was refused before the call, and why.
func invalid(op, object, why string) *Error {
	errno, _ := error(syscall.EINVAL).(SystemErrno) // an error on Plan 9, a constant elsewhere
	return &Error{Op: op, Errno: errno, Object: object, Hint: why}
}
