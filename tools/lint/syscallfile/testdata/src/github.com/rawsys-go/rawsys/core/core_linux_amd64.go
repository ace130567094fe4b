package core

import "syscall"

func linux_amd64() { syscall.Getpid() }
