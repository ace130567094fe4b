//go:build unix

package transfer

import "syscall"

// Linux, and Android: sendfile(out, in, &offset, count). No headers, no flags,
// at most 0x7ffff000 bytes a call, short counts at any time, 0 at end of file,
// and no count with an error.
var Linux = &System{
	Name:  "linux",
	Max:   0x7ffff000,
	Holds: true, // sendfile until 6.5: its last piece waits for the bytes that were asked for and are not there
	Rules: []Rule{
		{syscall.EINTR, Retry, false, "a signal came before the first byte"},
		{syscall.EAGAIN, Wait, false, "the socket's or pipe's buffer is full"},
		{syscall.EINVAL, Refuse, false, "O_APPEND destination, or a source that cannot splice"},
		{syscall.ENOSYS, Refuse, false, "the kernel, or a sandbox around it, has no such call"},
		{syscall.EPERM, Refuse, false, "a seccomp filter's other answer; a true EPERM comes back from write"},
		{syscall.ESPIPE, Refuse, false, "source without offsets; pread then says so of its own"},
		{syscall.EOVERFLOW, Refuse, false, "offset past the largest file of either side; for pread that is end of file"},
		{syscall.EOPNOTSUPP, Refuse, false, "a file system that cannot"},
	},
	Counts: false,
}
