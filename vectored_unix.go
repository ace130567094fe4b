//go:build linux || freebsd

package rawsys

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// vectored is a source and a destination that is written many slices at a
// time by a system call, where system calls can be made without libc.
type vectored struct {
	files
	noSocket bool // the destination takes writev, not sendmsg: found by trying
	corked   bool // by us
	msg      unix.Msghdr
	iov      [transfer.Window]unix.Iovec
}

func (v *vectored) reset() {
	v.files, v.noSocket, v.corked = files{}, false, false
}

// vector points iov at bufs.
func (v *vectored) vector(bufs [][]byte) []unix.Iovec {
	iov := v.iov[:len(bufs)]
	for i, b := range bufs {
		iov[i].Base = unsafe.SliceData(b)
		iov[i].SetLen(len(b))
	}
	return iov
}

// write is sendmsg, which raises no SIGPIPE, and writev where the destination is no socket.
func (v *vectored) write(bufs [][]byte, flags int) (int, error) {
	iov := v.vector(bufs)
	n, errno := v.writeIov(iov, flags|unix.MSG_NOSIGNAL)
	clear(iov) // the caller's memory is not ours to keep
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func (v *vectored) writeIov(iov []unix.Iovec, flags int) (uintptr, unix.Errno) {
	if !v.noSocket {
		v.msg.Iov = &iov[0]
		v.msg.SetIovlen(len(iov))
		n, _, errno := unix.Syscall(unix.SYS_SENDMSG, uintptr(v.out), uintptr(unsafe.Pointer(&v.msg)), uintptr(flags))
		v.msg.Iov = nil
		if errno != unix.ENOTSOCK && errno != unix.ENOSYS {
			return n, errno
		}
		v.noSocket = true // ENOSYS: 386 and s390x before Linux 4.3
	}
	n, _, errno := unix.Syscall(unix.SYS_WRITEV, uintptr(v.out), uintptr(unsafe.Pointer(&iov[0])), uintptr(len(iov)))
	return n, errno
}

// cork holds a TCP socket's incomplete segments back by a socket option, whose
// clearing sends them. A user who has set it already is in charge of it: it is then
// left alone. So is what is no TCP socket, where the option is refused.
func (v *vectored) cork(option int, on bool) {
	if v.noSocket {
		return
	}
	if !v.corked {
		set, err := unix.GetsockoptInt(v.out, unix.IPPROTO_TCP, option)
		if err != nil || set != 0 {
			return
		}
	}
	value := 0
	if on {
		value = 1
	}
	v.corked = unix.SetsockoptInt(v.out, unix.IPPROTO_TCP, option, value) == nil && on
}
