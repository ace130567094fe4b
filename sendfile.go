//go:build unix

package rawsys

import (
	"strconv"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// Sendfile sends three things to the stream out, in this order: headers, count
// bytes of the file in from offset on, and trailers. out and in are descriptors;
// offset and count are in bytes. It returns how many bytes left, of all three.
//
// With count 0 the file part goes to the end of file, wherever that is once it is
// reached. Do not send a file to itself with count 0: it grows until the disk is full.
//
// Sendfile exists on Unix systems. [Transfer] does the same for files and
// connections, on every system.
//
// A byte has left when the kernel has taken it. Whether the peer has received it is
// not known. Bytes that go by the kernel are not copied first: if the file is
// overwritten soon after the call, the peer may get the new bytes.
//
// The contract, on every Unix system:
//
//   - written is exactly the number of bytes that left, headers and trailers
//     included, whatever is returned with it. They are a prefix of the whole:
//     no byte is sent twice, none is left out.
//   - A negative offset or count, or an unknown flag, is EINVAL before
//     anything is sent.
//   - A source that cannot be read is an error before anything is sent, unless
//     nothing of it is wanted: EISDIR for a directory, ESPIPE for a pipe or a socket, EBADF
//     for a descriptor that is not open for reading.
//   - Headers are sent even if the file part is empty.
//   - If the file ends before count bytes the error is io.ErrUnexpectedEOF, and
//     no trailer follows. With count 0 the end of file is no error, and
//     trailers follow.
//   - A non-blocking out that takes no more gives EAGAIN with what has left. To go
//     on from there without arithmetic, use Transfer and its Send.
//   - EINTR is never returned. EBUSY is returned only with SF_NODISKIO.
//   - If the kernel cannot send from in to out, the file is read and written
//     instead, from the byte where the kernel stopped.
//   - The parts share TCP segments where they can, and none waits until the peer
//     acknowledges another. TCP_CORK or TCP_NOPUSH, and TCP_NODELAY, may be set for that
//     while the call lasts; when it returns they are as they were.
//   - The position of in is neither used nor changed.
//   - A peer that has gone is EPIPE or ECONNRESET, on any descriptor; SIGPIPE
//     does not end the program.
//   - After the first calls nothing is allocated. No slice is written to.
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
// without the flag. The flag gives EBUSY where a page is in use by somebody else,
// such as another read of it that is under way. To copy would be to wait for the
// disk, so with this flag nothing is copied. If the kernel cannot send from in to out, its
// error is returned. EOPNOTSUPP is returned for what can only be copied: SF_SYNC in
// the same call, a Unix socket as out, and a Transfer whose File or destination is no
// descriptor.
//
// Small file parts are copied even where the kernel could send them, as one read and
// one write of everything are faster: up to 16 to 96 KiB, see [Transfer].Threshold.
// Larger ones go by sendfile(2) of Linux, FreeBSD, DragonFly and macOS, and by
// sendfile(3EXT) of illumos and Solaris. Other systems copy everything, and so does
// iOS, where sendfile has ended programs. What goes to a Unix socket on FreeBSD is
// copied: that kernel loses bytes which it is still reading from the disk when the
// socket is closed.
//
// This has run on Linux and FreeBSD. For the other systems it was compiled, and run
// against models of their kernels; nobody has run it there.
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
	file, ok := t.source(s)
	switch {
	case ok:
		op, err = s.Send(out, file)
	case t.File == nil:
		op, err = s.Sendfile(out, -1)
	default:
		return 0, invalid("sendfile", "", "File is no *os.File, which Send needs; use WriteTo")
	}
	n := t.keep(s, file, nil)
	if err != nil {
		err = failure(op, err, func() string { return t.name() + " to fd " + strconv.Itoa(out) })
	}
	return n, err
}
