package transfer

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/zsys"
)

// Host is the table of the system that this was compiled for.
var Host = FreeBSD

// passes is the set of SF_ flags that reach the kernel: all but SF_SYNC, with
// which the call sleeps until the peer has acknowledged everything, in spite of
// deadlines and Close, and on a non-blocking socket too.
const passes = ^zsys.SF_SYNC

// msgMore is no flag: to hold segments back is Hold's part.
const msgMore = 0

// pair is a source and a destination on FreeBSD.
type pair struct {
	vectored
	hdtr zsys.SfHdtr
}

// Sendfile is sendfile(2) with the headers in its sf_hdtr. sbytes is zeroed
// before, and returned as the kernel left it.
func (p *pair) Sendfile(off, n int64, headers [][]byte, flags int) (int64, error) {
	var sbytes int64
	var hdtr *zsys.SfHdtr
	iov := p.vector(headers)
	if len(iov) > 0 {
		p.hdtr.Headers, p.hdtr.HdrCnt = &iov[0], int32(len(iov))
		hdtr = &p.hdtr
	}
	err := zsys.Sendfile(p.in, p.out, off, uintptr(n), hdtr, &sbytes, int32(flags))
	clear(iov)
	p.hdtr.Headers = nil
	return sbytes, err
}

// Kind asks for the size of the send buffer and the domain. What is no socket has
// neither, and the kernel refuses it of its own.
func (p *pair) Kind() (k Kind) {
	size, err := unix.GetsockoptInt(p.out, unix.SOL_SOCKET, unix.SO_SNDBUF)
	if err != nil {
		return 0
	}
	if size < 2 {
		k = Tiny
	}
	if local(p.out) {
		k |= Local
	}
	return k
}

// local says whether a socket is a Unix socket, or may be one.
func local(fd int) bool {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, soDomain)
	if err == nil {
		return domain == unix.AF_UNIX
	}
	name, err := unix.Getsockname(fd) // an older kernel
	_, yes := name.(*unix.SockaddrUnix)
	return yes || err != nil
}

// soDomain is SO_DOMAIN, which x/sys/unix lacks on FreeBSD.
const soDomain = 0x1019

// corkOption holds incomplete segments back.
const corkOption = unix.TCP_NOPUSH

type (
	iovec  = zsys.Iovec
	msghdr = zsys.Msghdr
)

// pointTo is b as an element of a vector.
func pointTo(b []byte) iovec {
	return iovec{Base: unsafe.SliceData(b), Len: uintptr(len(b))}
}

func setIov(msg *msghdr, iov []iovec) { msg.Iov, msg.Iovlen = &iov[0], int32(len(iov)) }

func sendmsg(fd int, msg *msghdr, flags int) (int, syscall.Errno) {
	n, err := zsys.Sendmsg(fd, msg, int32(flags))
	return n, errnoOf(err)
}

func writev(fd int, iov []iovec) (int, syscall.Errno) {
	n, err := zsys.Writev(fd, iov)
	return n, errnoOf(err)
}

// errnoOf is the errno of what a stub returns: 0 for nil.
func errnoOf(err error) syscall.Errno {
	errno, _ := err.(syscall.Errno)
	return errno
}
