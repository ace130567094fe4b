//go:build unix

package transfer

import "syscall"

// Solaris, and illumos: sendfile(out, in, &offset, count) from libsendfile, with
// the offset telling what moved, whatever is returned.
var Solaris = &System{
	Name: "solaris",
	Max:  0x7ffff000,
	Rules: []Rule{
		{syscall.EINTR, Retry, true, "a signal came; the offset counts"},
		{syscall.EAGAIN, Wait, true, "the socket's buffer is full; the offset counts"},
		{syscall.EINVAL, Refuse, true, "asked past end of file, or destination no stream: bytes may have moved all the same"},
		{syscall.EAFNOSUPPORT, Refuse, true, "destination of a kind that cannot"},
		{syscall.EOPNOTSUPP, Refuse, true, "a file system that cannot"},
		{syscall.ENOSYS, Refuse, false, "a system without the call"},
	},
}
