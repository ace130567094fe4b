package transfer

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Host is the table of the system that this was compiled for.
var Host = Linux

// passes is the set of SF_ flags that reach the kernel: none.
const passes = 0

// msgMore is sendmsg's flag that holds a segment open for what follows, without
// a socket option.
const msgMore = unix.MSG_MORE

// pair is a source and a destination on Linux.
type pair struct{ vectored }

// Sendfile is sendfile(2), whose count is only right without an error.
func (p *pair) Sendfile(off, n int64, _ [][]byte, _ int) (int64, error) {
	sent, err := unix.Sendfile(p.out, p.in, &off, int(n))
	return int64(sent), err
}

// corkOption holds incomplete segments back.
const corkOption = unix.TCP_CORK

type (
	iovec  = unix.Iovec
	msghdr = unix.Msghdr
)

// pointTo is b as an element of a vector.
func pointTo(b []byte) iovec {
	v := iovec{Base: unsafe.SliceData(b)}
	v.SetLen(len(b))
	return v
}

func setIov(msg *msghdr, iov []iovec) {
	msg.Iov = &iov[0]
	msg.SetIovlen(len(iov))
}

func sendmsg(fd int, msg *msghdr, flags int) (int, syscall.Errno) {
	n, _, errno := syscall.Syscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(msg)), uintptr(flags))
	return int(n), errno
}

func writev(fd int, iov []iovec) (int, syscall.Errno) {
	n, _, errno := syscall.Syscall(unix.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&iov[0])), uintptr(len(iov)))
	return int(n), errno
}
