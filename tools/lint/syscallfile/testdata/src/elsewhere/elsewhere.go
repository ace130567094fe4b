package elsewhere

import "syscall"

func Pid() int { return syscall.Getpid() }
