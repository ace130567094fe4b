package capsicum

import "github.com/rawsys-go/rawsys/zsys"

// LimitIoctls limits a descriptor to the ioctl(2) commands cmds, or to none:
// cap_ioctls_limit(2), since FreeBSD 10.0. To use them the descriptor also needs
// the right zsys.CAP_IOCTL. cmds is only read.
//
// The error is a [*rawsys.Error]. ENOTCAPABLE means that cmds has a command which
// was not allowed any more, as the list can only shrink; EINVAL that there are more
// than the kernel's limit of 256; and EBADF that fd is not open.
func LimitIoctls(fd int, cmds ...uintptr) error {
	return shrinkResult("cap_ioctls_limit", fd, zsys.CapIoctlsLimit(fd, cmds))
}

// LimitIoctlsConn is [LimitIoctls] for the descriptor behind c, which is as for
// [LimitConn].
func LimitIoctlsConn(c any, cmds ...uintptr) error {
	return with("cap_ioctls_limit", c, func(fd int) error { return LimitIoctls(fd, cmds...) })
}

// GetIoctls returns the ioctl(2) commands that a descriptor allows:
// cap_ioctls_get(2), since FreeBSD 10.0. If they were never limited, all is true
// and cmds is nil. The slice belongs to the caller. The error is a
// [*rawsys.Error]: EBADF means that fd is not open.
func GetIoctls(fd int) (cmds []uintptr, all bool, err error) {
	// Another thread may limit fd between two calls; lists only shrink, so one
	// that has room for the first answer has room for any later one.
	for {
		n, err := zsys.CapIoctlsGet(fd, cmds)
		switch {
		case err != nil:
			return nil, false, fdError("cap_ioctls_get", fd, err)
		case n == zsys.CAP_IOCTLS_ALL:
			return nil, true, nil
		case n <= len(cmds):
			return cmds[:n], false, nil
		}
		cmds = make([]uintptr, n)
	}
}

// GetIoctlsConn is [GetIoctls] for the descriptor behind c, which is as for
// [LimitConn].
func GetIoctlsConn(c any) (cmds []uintptr, all bool, err error) {
	err = with("cap_ioctls_get", c, func(fd int) (err error) { cmds, all, err = GetIoctls(fd); return err })
	return cmds, all, err
}

// LimitFcntls limits a descriptor to the fcntl(2) commands f, among those that
// can be limited: cap_fcntls_limit(2), since FreeBSD 10.0. To use them the
// descriptor also needs the right zsys.CAP_FCNTL.
//
// The error is a [*rawsys.Error]. ENOTCAPABLE means that f has a command which was
// not allowed any more, as the set can only shrink; EINVAL that f has a bit which
// stands for no command; and EBADF that fd is not open.
func LimitFcntls(fd int, f zsys.CapFcntl) error {
	return shrinkResult("cap_fcntls_limit", fd, zsys.CapFcntlsLimit(fd, f))
}

// LimitFcntlsConn is [LimitFcntls] for the descriptor behind c, which is as for
// [LimitConn].
func LimitFcntlsConn(c any, f zsys.CapFcntl) error {
	return with("cap_fcntls_limit", c, func(fd int) error { return LimitFcntls(fd, f) })
}

// GetFcntls returns the fcntl(2) commands that a descriptor allows:
// cap_fcntls_get(2), since FreeBSD 10.0. The error is a [*rawsys.Error]: EBADF
// means that fd is not open.
func GetFcntls(fd int) (zsys.CapFcntl, error) {
	var f zsys.CapFcntl
	err := zsys.CapFcntlsGet(fd, &f)
	return f, fdResult("cap_fcntls_get", fd, err)
}

// GetFcntlsConn is [GetFcntls] for the descriptor behind c, which is as for
// [LimitConn].
func GetFcntlsConn(c any) (f zsys.CapFcntl, err error) {
	err = with("cap_fcntls_get", c, func(fd int) (err error) { f, err = GetFcntls(fd); return err })
	return f, err
}
