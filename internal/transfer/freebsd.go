//go:build unix

package transfer

import "syscall"

// FreeBSD: sendfile(fd, s, offset, nbytes, &hdtr, &sbytes, flags). Headers leave
// with the first file byte, or not at all. Trailers are never given to it: it
// sends them after a short file too, may cut them, and counts them in sbytes like
// file bytes. Success with fewer bytes than asked is the end of the file, or a
// Unix socket with a tiny buffer that is full.
//
// sbytes is defined once the kernel has found the source usable, whatever error
// ends the call. EINVAL and EBADF may come before that: they leave it alone, and a
// 32-bit process gets stack memory with them.
var FreeBSD = &System{
	Name:   "freebsd",
	Max:    0x7ffff000,
	InCall: true,
	Flags:  -1,
	Avoids: []Avoid{
		{Local, syscall.EOPNOTSUPP, "it is given pages that are still being read from the disk; when it is shut down or closed " +
			"before they are there, the peer meets the end of the stream in place of them, though the call was a success"},
		{Tiny, syscall.EOPNOTSUPP, "the call does not come to an end"},
	},
	Rules: []Rule{
		{syscall.EINTR, Retry, true, "a signal came; what left is counted"},
		{syscall.EAGAIN, Wait, true, "the socket's buffer is full; what left is counted"},
		{syscall.EBUSY, Busy, true, "SF_NODISKIO, and a page is in use; before FreeBSD 11, not in memory"},
		{syscall.EINVAL, Refuse, false, "source no regular file or shared memory, or destination no stream; sbytes may be garbage"},
		{syscall.ENOTSOCK, Refuse, false, "destination a file or a pipe"},
		{syscall.EOPNOTSUPP, Refuse, false, "a file system or socket that cannot"},
		{syscall.ENOSYS, Refuse, false, "a kernel without the call"},
		{syscall.ENOTCONN, Refuse, true, "a Unix socket's peer is gone, for which write has EPIPE; or there never was one"},
		{syscall.EBADF, Fail, false, "a descriptor that is none, or a file that is being destroyed; sbytes may be garbage"},
	},
	Counts: true, // EPIPE, ECONNRESET, ENOBUFS, EIO and the like are met in the sending loop
}
