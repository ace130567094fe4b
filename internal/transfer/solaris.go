//go:build unix

package transfer

import "syscall"

// Solaris, and illumos: sendfile(out, in, &offset, count) from libsendfile, with
// the offset telling what moved, whatever is returned. But the library adds stack
// memory to it where the kernel finds the destination unusable before it looks at
// the rest: EBADF, and EINVAL for what is neither a socket nor a regular
// file, which the caller of this call sorts out beforehand.
var Solaris = &System{
	Name: "solaris",
	Max:  0x7ffff000,
	Rules: []Rule{
		{syscall.EINTR, Retry, true, "a signal came; the offset counts"},
		{syscall.EAGAIN, Wait, true, "the socket's buffer is full; the offset counts"},
		{syscall.EINVAL, Refuse, true, "asked past end of file, or destination no stream: bytes may have moved all the same"},
		{syscall.EAFNOSUPPORT, Refuse, false, "destination of a kind that cannot"},
		{syscall.EOPNOTSUPP, Refuse, true, "a file system that cannot"},
		{syscall.ENOSYS, Refuse, false, "a system without the call"},
		{syscall.EBADF, Fail, false, "a destination that cannot be written; the offset may be garbage"},
	},
	Counts: true, // EPIPE, ECONNRESET, EIO and the like are met in the sending loop
}
