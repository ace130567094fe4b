//go:build !plan9

package rawsys

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestErrorText(t *testing.T) {
	enoent := syscall.ENOENT.Error()
	for _, tt := range []struct {
		err  *Error
		want string
	}{
		{&Error{Op: "fstat", Errno: syscall.ENOENT}, "fstat: " + enoent},
		{&Error{Op: "stat", Errno: syscall.ENOENT, Object: "/a"}, "stat /a: " + enoent},
		{&Error{Op: "fcntl F_KINFO", Errno: syscall.ENOENT, Object: "fd 3", Hint: "why"}, "fcntl F_KINFO fd 3: " + enoent + " (why)"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestErrorIs(t *testing.T) {
	for _, tt := range []struct {
		errno  syscall.Errno
		target error
		want   bool
	}{
		{syscall.ENOENT, fs.ErrNotExist, true},
		{syscall.EEXIST, fs.ErrExist, true},
		{syscall.EPERM, fs.ErrPermission, true},
		{syscall.EACCES, fs.ErrPermission, true},
		{syscall.ENOSYS, errors.ErrUnsupported, true},
		{syscall.ENOENT, syscall.ENOENT, true},
		{syscall.ENOENT, syscall.EPERM, false},
		{syscall.ENOENT, fs.ErrPermission, false},
		{syscall.Errno(ENOTCAPABLE), fs.ErrPermission, runtime.GOOS == "freebsd"},
		{syscall.Errno(ECAPMODE), fs.ErrPermission, runtime.GOOS == "freebsd"},
		{syscall.Errno(ECAPMODE), fs.ErrNotExist, false},
	} {
		err := error(&Error{Op: "open", Errno: tt.errno})
		if got := errors.Is(err, tt.target); got != tt.want {
			t.Errorf("errors.Is(%v, %v) = %v, want %v", err, tt.target, got, tt.want)
		}
	}
}

func TestErrorTimeout(t *testing.T) {
	if !os.IsTimeout(&Error{Op: "_umtx_op", Errno: syscall.ETIMEDOUT}) {
		t.Error("ETIMEDOUT is not a timeout")
	}
	if os.IsTimeout(&Error{Op: "_umtx_op", Errno: syscall.ENOENT}) {
		t.Error("ENOENT is a timeout")
	}
}

// Only FreeBSD's errnos are explained: on Linux, to name one, the same numbers
// are EPROTONOSUPPORT and ESOCKTNOSUPPORT.
func TestCapsicumIsFreeBSD(t *testing.T) {
	for errno, manual := range map[Errno]string{ENOTCAPABLE: "rights(4)", ECAPMODE: "capsicum(4)"} {
		got := (&Error{Op: "open", Errno: syscall.Errno(errno)}).Error()
		if explained := strings.Contains(got, manual); explained != (runtime.GOOS == "freebsd") {
			t.Errorf("errno %d: %q", int(errno), got)
		}
	}
	if got := (&Error{Op: "open", Errno: syscall.EPERM}).Error(); strings.Contains(got, "(") {
		t.Errorf("EPERM: %q", got)
	}
}
