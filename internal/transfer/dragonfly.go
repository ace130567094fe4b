//go:build unix

package transfer

import "syscall"

// DragonFly has FreeBSD's arguments without the flags. Headers are written
// first: whether they leave with an empty file was never tried there.
var DragonFly = &System{
	Name: "dragonfly",
	Max:  0x7ffff000,
	Rules: []Rule{
		{syscall.EINTR, Retry, true, "a signal came; what left is counted"},
		{syscall.EAGAIN, Wait, true, "the socket's buffer is full; what left is counted"},
		{syscall.EINVAL, Refuse, false, "source no regular file, or destination no stream"},
		{syscall.ENOTSOCK, Refuse, false, "destination a file or a pipe"},
		{syscall.EOPNOTSUPP, Refuse, false, "a file system or socket that cannot"},
		{syscall.ENOSYS, Refuse, false, "a kernel without the call"},
	},
}
