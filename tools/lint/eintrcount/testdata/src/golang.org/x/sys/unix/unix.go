// Package unix stands in for the real one.
package unix

import "syscall"

const EINTR = syscall.Errno(4)

func Read(fd int, p []byte) (n int, err error)                                { return 0, nil }
func Writev(fd int, p [][]byte) (n int, err error)                            { return 0, nil }
func Sendfile(out, in int, offset *int64, count int) (n int, err error)       { return 0, nil }
func CopyFileRange(r int, ro *int64, w int, wo *int64, l, f int) (int, error) { return 0, nil }
