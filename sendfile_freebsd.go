package rawsys

import (
	"math"
	"syscall"

	"github.com/rawsys-go/rawsys/zsys"
)

// SendfileRaw is sendfile(2) as FreeBSD has it: count file bytes from
// the descriptor in, from offset on, 0 for all, with headers and
// trailers around them, to the connected stream socket out. The
// destination comes first, as in [Sendfile]; in the manual it comes second.
// [Sendfile] and [Transfer] are built for use; this is the system call, with its habits:
//
//   - Without a file part, an empty file or an offset at its end, headers
//     are not sent, trailers are, and that is a success.
//   - Trailers follow a file that is shorter than count.
//   - On a non-blocking socket a trailer that doesn't fit is cut, and that is a
//     success too: compare sent with what was asked.
//   - Going on after the whole file has left, count 0 means to its end again.
//   - To a Unix socket, pages that are not in memory are queued while they are
//     still being read. If the socket is then shut down or closed, the peer may get
//     the end of file without them. SF_SYNC, or a wait for the peer's answer,
//     avoids that.
//
// Hdtr may be nil. Its vectors and what they point to are the caller's, and are
// only read. Flags are [SendfileFlags]'s.
//
// Sent counts headers, file and trailers. The kernel defines it on success and
// with EAGAIN (the socket is full), EINTR (a signal) and EBUSY (SF_NODISKIO, and a
// page of the file is in use, as when somebody else is reading it from the disk); with those errnos the call is to be made again from
// there. With every other one sent is 0: the kernel leaves what was there, or on
// 32-bit ports stores chance. EBADF is a descriptor of the wrong mode, EINVAL a
// source that is no regular file or shared memory, a negative offset or count, or a
// datagram socket, ENOTSOCK and ENOTCONN what they say, EPIPE a peer that is gone.
func SendfileRaw(out, in int, offset, count int64, hdtr *zsys.SfHdtr, flags int) (sent int64, err error) {
	if count < 0 || count > math.MaxInt {
		return 0, invalid("sendfile", descriptors(out, in), "the count is negative, or more than this port can ask for")
	}
	errno := errnoOf(zsys.Sendfile(in, out, offset, uintptr(count), hdtr, &sent, int32(flags)))
	switch errno {
	case 0:
		return sent, nil
	case syscall.EAGAIN, syscall.EINTR, syscall.EBUSY:
	default:
		sent = 0
	}
	return sent, &Error{Op: "sendfile", Errno: errno, Object: descriptors(out, in)}
}

// SendfileFlags joins a number of pages to read ahead, which counts with
// zsys.SF_USER_READAHEAD, and zsys.SF_ flags: the macro SF_FLAGS.
func SendfileFlags(readahead, flags uint16) int {
	return int(int32(uint32(readahead)<<16 | uint32(flags)))
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
