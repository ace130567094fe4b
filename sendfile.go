//go:build unix

package rawsys

import (
	"strconv"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// Sendfile sends headers, then count bytes of the file in from offset, then
// trailers to the stream out, and returns the number of bytes that left.
// With count 0 the file part goes to the end of file, as that is found while
// sending; if out is the file that in reads, that end is never found before the
// disk is full. It exists on Unix systems; [Transfer], which does the same for
// files and connections, exists on every system.
//
// A byte has left when the kernel has taken it, which does not say that the peer
// has it. Bytes that the kernel sent were not copied: a file that is overwritten
// after the call may still change what the peer gets.
//
// The contract, on every Unix system:
//
//   - written is exactly the number of bytes that left, headers and trailers
//     included, whatever is returned with it. They are a prefix of the whole:
//     no byte is sent twice, none is left out.
//   - A negative offset or count, or an unknown flag, is EINVAL before
//     anything is sent. So is a source that has no offsets (ESPIPE), is a
//     directory (EISDIR) or may not be read (EBADF), if anything of it is wanted.
//   - Headers are sent even if the file part is empty.
//   - If the file ends before count bytes the error is io.ErrUnexpectedEOF, and
//     no trailer follows. With count 0 the end of file is no error, and
//     trailers follow.
//   - A non-blocking out that takes no more gives EAGAIN with what has left. To go
//     on from there without arithmetic, use Transfer and its Send.
//   - EINTR is never returned. EBUSY is returned only with SF_NODISKIO.
//   - A pair of descriptors that the kernel does not serve is read and written
//     from the byte where the kernel stopped.
//   - The position of in is neither used nor changed.
//   - A peer that has gone is EPIPE or ECONNRESET, on any descriptor; SIGPIPE
//     does not end the program.
//   - Nothing is allocated once warm, and no slice is written to.
//
// flags are zsys.SF_ constants, with a number of pages to read ahead in the
// upper 16 bits:
//
//	                    FreeBSD                          elsewhere
//	SF_NODISKIO         EBUSY instead of a wait, below   refused: EOPNOTSUPP
//	SF_MNOWAIT          passed, obsolete                 ignored
//	SF_SYNC             kept: file part copied           kept: file part copied
//	SF_USER_READAHEAD   passed                           ignored
//	SF_NOCACHE          passed                           ignored
//	other bits          EINVAL                           EINVAL
//
// SF_NODISKIO keeps the thread from waiting for the file. Since FreeBSD 11
// sendfile(2) reads pages that are not in memory in the background, with and
// without the flag; the flag gives EBUSY where a page is in use by somebody else,
// such as another read of it that is under way. Reading and writing would wait
// for the disk, and so with this flag nothing is ever copied. A
// pair that the kernel does not serve then gives the kernel's error. What could
// only be copied gives EOPNOTSUPP: SF_SYNC with it, a Transfer's File or
// destination that is no descriptor, and a Unix socket.
//
// The kernel's way is sendfile(2) of Linux, FreeBSD, DragonFly and macOS, and
// sendfile(3EXT) of illumos and Solaris; other systems copy, and so does iOS,
// where sendfile has ended programs. On FreeBSD what goes to a Unix socket is
// copied: its kernel loses bytes there that it is still reading from the disk when
// the socket is closed. All of it has run on Linux and FreeBSD. On
// the other systems nothing has: it was compiled for them, and their ways were
// run against models.
//
// Errors from the system are *Error.
func Sendfile(out, in int, offset, count int64, headers, trailers [][]byte, flags int) (written int64, err error) {
	if count < 0 {
		return 0, invalid("sendfile", "", "the count is negative")
	}
	if err := checkArgs(offset, flags); err != nil {
		return 0, err
	}
	if count == 0 {
		count = ToEOF
	}
	s := transfer.NewSender()
	s.SetSlices(headers, trailers)
	s.Job.Offset, s.Job.Count = offset, count
	s.Flags, s.Threshold = flags, 0
	op, err := s.Sendfile(out, in)
	written = s.Job.Sent()
	s.Free()
	if err != nil {
		err = failure(op, err, func() string { return descriptors(out, in) })
	}
	return written, err
}

// descriptors names what a call was about.
func descriptors(out, in int) string {
	return "fd " + strconv.Itoa(in) + " to fd " + strconv.Itoa(out)
}

// Send is WriteTo for a descriptor: it sends what is left of the Transfer to
// out and returns the number of bytes that left. A non-blocking out that takes no
// more gives EAGAIN; call Send again when it does. File must be an *os.File, or a
// section of one, or nil if Count is 0.
func (t *Transfer) Send(out int) (int64, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	s := t.start()
	defer s.Free()
	var op string
	var err error
	switch file, ok := t.source(s); {
	case ok:
		op, err = s.Send(out, file)
	case t.File == nil:
		op, err = s.Sendfile(out, -1)
	default:
		return 0, invalid("sendfile", "", "File is no *os.File, which Send needs; use WriteTo")
	}
	n := t.keep(s)
	if err != nil {
		err = failure(op, err, func() string { return t.name() + " to fd " + strconv.Itoa(out) })
	}
	return n, err
}
