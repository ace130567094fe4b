package rawsys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

var system = transfer.FreeBSD

// passes is the set of SF_ flags that reach the kernel: all.
const passes = -1

// pair is a source and a destination on FreeBSD.
type pair struct {
	vectored
	hdtr sfHdtr
}

// Write holds nothing back: that is Hold's part.
func (p *pair) Write(bufs [][]byte, _ bool) (int, error) { return p.write(bufs, 0) }

// Sendfile is sendfile(2) with the headers in its sf_hdtr. sbytes is zeroed
// before, and returned as the kernel left it.
func (p *pair) Sendfile(off, n int64, headers, _ [][]byte, flags int) (int64, error) {
	var sbytes int64
	var hdtr *sfHdtr
	iov := p.vector(headers)
	if len(iov) > 0 {
		p.hdtr.headers, p.hdtr.headerCount = &iov[0], int32(len(iov))
		hdtr = &p.hdtr
	}
	errno := sendfile(p.in, p.out, off, uintptr(n), hdtr, &sbytes, flags)
	clear(iov)
	if errno != 0 {
		return sbytes, errno
	}
	return sbytes, nil
}

// Hold is TCP_NOPUSH.
func (p *pair) Hold(on bool) { p.cork(unix.TCP_NOPUSH, on) }

// sfHdtr is struct sf_hdtr.
type sfHdtr struct {
	headers      *unix.Iovec
	headerCount  int32
	trailers     *unix.Iovec
	trailerCount int32
}

// sendfile is the call: seven arguments, and eight where the offset takes two.
func sendfile(fd, s int, offset int64, nbytes uintptr, hdtr *sfHdtr, sbytes *int64, flags int) syscall.Errno {
	if unsafe.Sizeof(nbytes) == 4 {
		_, _, errno := syscall.Syscall9(unix.SYS_SENDFILE, uintptr(fd), uintptr(s), uintptr(offset), uintptr(offset>>32), nbytes,
			uintptr(unsafe.Pointer(hdtr)), uintptr(unsafe.Pointer(sbytes)), uintptr(uint32(flags)), 0)
		return errno
	}
	_, _, errno := syscall.Syscall9(unix.SYS_SENDFILE, uintptr(fd), uintptr(s), uintptr(offset), nbytes,
		uintptr(unsafe.Pointer(hdtr)), uintptr(unsafe.Pointer(sbytes)), uintptr(uint32(flags)), 0, 0)
	return errno
}
