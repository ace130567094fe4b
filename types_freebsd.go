package rawsys

import "syscall"

// Errno is an error of the kernel. Here it is the system's own: what this
// package, package syscall and x/sys/unix return can be compared, and errors.Is
// finds io/fs's errors in it.
type Errno = syscall.Errno

// capsicumHint explains the errnos by which the kernel refuses what a sandbox does
// not allow, and gives "" for all others.
func capsicumHint(e SystemErrno) string {
	switch e {
	case ENOTCAPABLE:
		return "the descriptor lacks a right that the call needs, see rights(4), or the path leads out of its directory"
	case ECAPMODE:
		return "cap_enter(2) took such calls away from the process for good, see capsicum(4)"
	}
	return ""
}
