package rawsys

import (
	"syscall"

	"github.com/rawsys-go/rawsys/zsys"
)

// SendfileFreeBSD is sendfile(2) as FreeBSD's manual has it: file bytes from
// the descriptor fd, nbytes of them from offset on, 0 for all, with headers and
// trailers around them, to the connected stream socket s. [Sendfile] and
// [Transfer] are built for use; this is the system call, with its habits:
//
//   - Without a file part, an empty file or an offset at its end, headers
//     are not sent, trailers are, and that is a success.
//   - Trailers follow a file that is shorter than nbytes.
//   - On a non-blocking socket a trailer that doesn't fit is cut, and that is a
//     success too: compare sent with what was asked.
//   - Going on after the whole file has left, nbytes 0 means to its end again.
//
// Hdtr may be nil. Its vectors and what they point to are the caller's, and are
// only read. Flags are [SendfileFlags]'s.
//
// Sent counts headers, file and trailers. The kernel defines it on success and
// with EAGAIN (the socket is full), EINTR (a signal) and EBUSY (SF_NODISKIO, and
// the file is not in memory); with those errnos the call is to be made again from
// there. With every other one sent is 0: the kernel leaves what was there, or on
// 32-bit ports stores chance. EBADF is a descriptor of the wrong mode, EINVAL a
// source that is no regular file or shared memory, a negative offset or a
// datagram socket, ENOTSOCK and ENOTCONN what they say, EPIPE a peer that is gone.
func SendfileFreeBSD(fd, s int, offset int64, nbytes uint, hdtr *zsys.SfHdtr, flags int32) (sent int64, err error) {
	errno := errnoOf(zsys.Sendfile(fd, s, offset, uintptr(nbytes), hdtr, &sent, flags))
	switch errno {
	case 0:
		return sent, nil
	case syscall.EAGAIN, syscall.EINTR, syscall.EBUSY:
	default:
		sent = 0
	}
	return sent, &Error{Op: "sendfile", Errno: errno, Object: fdObject(fd) + " to " + fdObject(s)}
}

// SendfileFlags joins a number of pages to read ahead, which counts with
// zsys.SF_USER_READAHEAD, and zsys.SF_ flags: the macro SF_FLAGS.
func SendfileFlags(readahead, flags uint16) int32 {
	return int32(uint32(readahead)<<16 | uint32(flags))
}

// SendfileVectors returns a struct sf_hdtr for headers and trailers. It allocates
// their vectors; what they point to stays where it is. Empty elements are left out.
func SendfileVectors(headers, trailers [][]byte) zsys.SfHdtr {
	var hdtr zsys.SfHdtr
	hdtr.Headers, hdtr.HdrCnt = iovecs(headers)
	hdtr.Trailers, hdtr.TrlCnt = iovecs(trailers)
	return hdtr
}

func iovecs(bufs [][]byte) (first *zsys.Iovec, n int32) {
	iov := make([]zsys.Iovec, 0, len(bufs))
	for _, b := range bufs {
		if len(b) > 0 {
			iov = append(iov, zsys.Iovec{Base: &b[0], Len: uintptr(len(b))})
		}
	}
	if len(iov) == 0 {
		return nil, 0
	}
	return &iov[0], int32(len(iov))
}
