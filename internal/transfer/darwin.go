//go:build unix

package transfer

import "syscall"

// Darwin is macOS: sendfile(fd, s, offset, &len, &hdtr, flags). Its len counts the
// headers as well as the file, and nobody checks that a header left whole
// before file bytes follow; so headers are written first, and no hdtr is given.
//
// len is the bytes sent on every path through the kernel: 0 with an error that
// comes before the first byte.
var Darwin = &System{
	Name: "darwin",
	Max:  0x7ffff000,
	Rules: []Rule{
		{syscall.EINTR, Retry, true, "a signal came; what left is counted"},
		{syscall.EAGAIN, Wait, true, "the socket's buffer is full; what left is counted"},
		{syscall.EINVAL, Refuse, false, "destination no stream socket"},
		{syscall.ENOTSUP, Refuse, false, "source no regular file"},
		{syscall.EOPNOTSUPP, Refuse, false, "a file system that cannot; a number of its own here"},
		{syscall.ENOTSOCK, Refuse, false, "destination a file or a pipe"},
		{syscall.ENOSYS, Refuse, false, "a sandbox without the call"},
		{syscall.ENOTCONN, Refuse, false, "the peer is gone, for which write has EPIPE; or there never was one"},
	},
	Counts: true, // EPIPE, ECONNRESET, EIO and the like are met in the sending loop
}
