//go:build freebsd || linux

package main

import "syscall"

// lseek(2) knows these two by the same numbers on both systems.
const (
	seekData = 3
	seekHole = 4
)

const (
	errNoMore  = syscall.ENXIO // no data from here to the end
	errInvalid = syscall.EINVAL
)
