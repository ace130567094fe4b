//go:build !plan9

package rawsys

import (
	"io/fs"
	"runtime"
	"syscall"
)

// Error reports a system call that failed: the call, what it was about, and the
// kernel's answer. It also reports arguments that were refused before the call,
// with the errno that stands for the reason. An Error may be shared between calls,
// and is not to be changed.
//
// errors.Is matches the syscall.Errno, and what that stands for in packages io/fs
// and errors: ENOENT is fs.ErrNotExist, EEXIST and ENOTEMPTY are fs.ErrExist, EPERM
// and EACCES are fs.ErrPermission, ENOSYS and EOPNOTSUPP are errors.ErrUnsupported.
//
// FreeBSD's two Capsicum errors match fs.ErrPermission as well, though package
// syscall's do not: ENOTCAPABLE, for a descriptor that lacks a right which the call
// needs, or a path that leads out of its directory; and ECAPMODE, for a call that
// is not allowed in capability mode. So code that copes with files it may not
// touch also copes in a sandbox; compare with the errnos to tell them apart.
type Error struct {
	Op     string        // the call's name in section 2 of the manual, and its command if it has many
	Errno  syscall.Errno // never 0
	Object string        // what the call was about, a path, "fd 3" or "pid 15"; may be empty
	Hint   string        // what the errno means in this call, if that is not its plain meaning; may be empty
}

// Error returns the call, what it was about, the errno's message, and in
// parentheses what a special errno means there.
func (e *Error) Error() string {
	s := e.Op
	if e.Object != "" {
		s += " " + e.Object
	}
	s += ": " + e.Errno.Error()
	if h := e.explain(); h != "" {
		s += " (" + h + ")"
	}
	return s
}

// Unwrap returns the Errno.
func (e *Error) Unwrap() error { return e.Errno }

// Is reports whether the errno is one of Capsicum's and target is
// fs.ErrPermission. All other matches errors.Is finds through Unwrap.
func (e *Error) Is(target error) bool {
	return target == fs.ErrPermission && capsicum(runtime.GOOS, e.Errno) != ""
}

// Timeout reports whether the call gave up waiting: ETIMEDOUT or EAGAIN. It
// makes os.IsTimeout work.
func (e *Error) Timeout() bool { return e.Errno.Timeout() }

func (e *Error) explain() string {
	if e.Hint != "" {
		return e.Hint
	}
	return capsicum(runtime.GOOS, e.Errno)
}

// capsicum explains the errnos by which goos refuses what a sandbox does
// not allow, and gives "" for all others. Only FreeBSD has them: elsewhere the
// same numbers mean something else.
func capsicum(goos string, e syscall.Errno) string {
	switch {
	case goos != "freebsd":
		return ""
	case Errno(e) == ENOTCAPABLE:
		return "the descriptor lacks a right that the call needs, see rights(4), or the path leads out of its directory"
	case Errno(e) == ECAPMODE:
		return "cap_enter(2) took such calls away from the process for good, see capsicum(4)"
	}
	return ""
}
