package core

import "syscall"

func test() { syscall.Getpid() }
