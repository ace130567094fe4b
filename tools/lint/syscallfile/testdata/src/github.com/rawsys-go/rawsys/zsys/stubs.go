package zsys

import "syscall"

type Stat struct{ Size int64 }

func (s *Stat) Large() bool { return s.Size > 1<<32 }

func Fstat(fd int, s *Stat) syscall.Errno { // want Fstat:"entersKernel"
	_, _, errno := syscall.Syscall(551, uintptr(fd), 0, 0)
	return errno
}

func Name(e syscall.Errno) string { return e.Error() }
