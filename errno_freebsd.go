package rawsys

import "syscall"

// Errno is an error of the kernel. Here it is the system's own: what this
// package, package syscall and x/sys/unix return can be compared, and errors.Is
// finds io/fs's errors in it.
type Errno = syscall.Errno
