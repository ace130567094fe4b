package main

import (
	"os"
	"syscall"
)

// page maps the memory behind f, for all who do the same.
func page(f *os.File) []byte {
	mem, err := syscall.Mmap(int(f.Fd()), 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	check(err)
	return mem
}
