package core

import "syscall"

func linux() { syscall.Getpid() }
