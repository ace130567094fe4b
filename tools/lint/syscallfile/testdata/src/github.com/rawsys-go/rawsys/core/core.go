package core

import (
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys/zsys"
	"golang.org/x/sys/unix"
)

func bad(fd int, p []byte) {
	syscall.Syscall(0, 0, 0, 0) // want `core/core.go makes the system call syscall.Syscall: .*core_freebsd.go`
	syscall.Read(fd, p)         // want `system call syscall.Read`
	syscall.Getpid()            // want `system call syscall.Getpid`
	read := syscall.Pread       // want `system call syscall.Pread`
	unix.Mmap()                 // want `system call unix.Mmap`
	zsys.Fstat(fd, nil)         // want `core/core.go makes the system call zsys.Fstat: use os or net, or move`
	_ = read
}

func good(err syscall.Errno) (string, error) {
	var s zsys.Stat
	if s.Large() || err.Is(os.ErrExist) {
		return unix.ErrnoName(err) + zsys.Name(err), unix.EINTR
	}
	if _, err := syscall.BytePtrFromString("name"); err != nil {
		return "", err
	}
	_ = syscall.NsecToTimespec(1)
	f, ferr := os.Open("name")
	if ferr != nil {
		return "", ferr
	}
	return err.Error(), f.Close()
}
