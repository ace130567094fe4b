package capsicum

import (
	"strconv"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/internal/rawconn"
	"github.com/rawsys-go/rawsys/zsys"
)

// Limit limits a descriptor to the rights r: cap_rights_limit(2), since FreeBSD
// 10.0. This cannot be undone.
//
// The error is a [*rawsys.Error]. ENOTCAPABLE means that r has a right which the
// descriptor has lost, as rights can only shrink; EINVAL that r has a right
// which the kernel does not know; EBADF that fd is not open; and ENOSYS that the
// kernel was built without Capsicum.
func Limit(fd int, r Rights) error {
	raw := r.Raw()
	err := zsys.CapRightsLimit(fd, &raw)
	if err == nil {
		return nil
	}
	failed := shrinkError("cap_rights_limit", fd, err)
	if have, e := Get(fd); failed.Errno == syscall.ENOTCAPABLE && e == nil {
		failed.Hint += ", and this one lacks " + r.Remove(have).String()
	}
	return failed
}

// LimitConn is [Limit] for the descriptor behind c: an *os.File, a net.Listener, a
// net.Conn, a *tls.Conn, or any other value with a method SyscallConn. Of another
// value the error is EINVAL; of a closed one it matches fs.ErrClosed or
// net.ErrClosed.
func LimitConn(c any, r Rights) error {
	return with("cap_rights_limit", c, func(fd int) error { return Limit(fd, r) })
}

// Get returns the rights of a descriptor: cap_rights_get(3), since FreeBSD 10.0.
// A descriptor that was never limited has every right that the kernel knows. The
// error is a [*rawsys.Error]: EBADF means that fd is not open, ENOSYS that the
// kernel was built without Capsicum.
func Get(fd int) (Rights, error) {
	var raw zsys.CapRights
	if err := zsys.CapRightsGet(zsys.CAP_RIGHTS_VERSION, fd, &raw); err != nil {
		return Rights{}, fdError("cap_rights_get", fd, err)
	}
	return RightsOf(raw)
}

// GetConn is [Get] for the descriptor behind c, which is as for [LimitConn].
func GetConn(c any) (r Rights, err error) {
	err = with("cap_rights_get", c, func(fd int) (err error) { r, err = Get(fd); return err })
	return r, err
}

// with calls f with the descriptor behind c.
func with(op string, c any, f func(fd int) error) error {
	ok, err := rawconn.With(c, f)
	if !ok {
		return invalid(op, "", "%T has no descriptor; an *os.File, a net.Listener or a net.Conn has", c)
	}
	return err
}

// fdError says that a call about a descriptor failed.
func fdError(op string, fd int, err error) *rawsys.Error {
	errno, _ := err.(syscall.Errno)
	return &rawsys.Error{Op: op, Errno: errno, Object: "fd " + strconv.Itoa(fd)}
}

// fdResult is nil, or fdError.
func fdResult(op string, fd int, err error) error {
	if err == nil {
		return nil
	}
	return fdError(op, fd, err)
}

// shrinkError is fdError for calls that only take away.
func shrinkError(op string, fd int, err error) *rawsys.Error {
	failed := fdError(op, fd, err)
	if failed.Errno == syscall.ENOTCAPABLE {
		failed.Hint = "what a descriptor allows only shrinks"
	}
	return failed
}

// shrinkResult is nil, or shrinkError.
func shrinkResult(op string, fd int, err error) error {
	if err == nil {
		return nil
	}
	return shrinkError(op, fd, err)
}
