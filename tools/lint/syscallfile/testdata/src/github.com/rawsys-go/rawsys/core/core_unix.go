package core

import "syscall"

func onUnix() { syscall.Getpid() }
