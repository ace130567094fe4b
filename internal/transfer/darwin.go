//go:build unix

package transfer

import "syscall"

// Darwin is macOS: sendfile(fd, s, offset, &len, &hdtr, flags). Its len counts the
// headers as well as the file, and nobody checks that a header left whole
// before file bytes follow; so headers are written first, and no hdtr is given.
//
// len is the bytes sent on every path that reaches the kernel's exit. With
// the errors below that do not count nothing was sent.
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
		{syscall.EPIPE, Fail, true, "the peer is gone; met in the sending loop, which counts"},
		{syscall.ECONNRESET, Fail, true, "like EPIPE"},
		{syscall.EIO, Fail, true, "a page could not be read; met in the sending loop"},
	},
}
