//go:build unix

package transfer

import "syscall"

// DragonFly has FreeBSD's arguments without the flags. Headers are written
// first: whether they leave with an empty file was never tried there.
//
// sbytes is stack memory until source, destination and offset have been checked,
// and counts from then on, whatever error ends the call.
var DragonFly = &System{
	Name: "dragonfly",
	Max:  0x7ffff000,
	Rules: []Rule{
		{syscall.EINTR, Retry, true, "a signal came; what left is counted"},
		{syscall.EAGAIN, Wait, true, "the socket's buffer is full; what left is counted"},
		{syscall.EINVAL, Refuse, false, "source no regular file, or destination no stream; sbytes may be garbage"},
		{syscall.ENOTSOCK, Refuse, false, "destination a file or a pipe"},
		{syscall.EOPNOTSUPP, Refuse, false, "a file system or socket that cannot"},
		{syscall.ENOSYS, Refuse, false, "a kernel without the call"},
		{syscall.ENOTCONN, Refuse, false, "there never was a peer, or a Unix socket's is gone: write says which; sbytes may be garbage"},
		{syscall.EBADF, Fail, false, "a descriptor that is none; sbytes may be garbage"},
	},
	Counts: true, // EPIPE, ECONNRESET, ENOBUFS, EIO and the like are met in the sending loop
}
