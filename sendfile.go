//go:build unix

package rawsys

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys/internal/transfer"
	"github.com/rawsys-go/rawsys/zsys"
)

// Sendfile sends headers, then count bytes of the file in from offset, then
// trailers to the stream out, and returns the number of bytes that left.
// With count 0 the file part goes to the end of file, as that is found while
// sending; if out is the file that in reads, that end is never found before the
// disk is full.
//
// A byte has left when the kernel has taken it, which does not say that the peer
// has it. Bytes that the kernel sent were not copied: a file that is overwritten
// after the call may still change what the peer gets.
//
// The contract, on every system:
//
//   - written is exactly the number of bytes that left, headers and trailers
//     included, whatever is returned with it. They are a prefix of the whole:
//     no byte is sent twice, none is left out.
//   - A negative offset or count, or an unknown flag, is EINVAL before
//     anything is sent.
//   - Headers are sent even if the file part is empty.
//   - If the file ends before count bytes the error is io.ErrUnexpectedEOF, and
//     no trailer follows. With count 0 the end of file is no error, and
//     trailers follow.
//   - A non-blocking out that takes no more gives EAGAIN with what has left. To go
//     on from there without arithmetic, use Transfer and its Send.
//   - EINTR is never returned. EBUSY is returned only with SF_NODISKIO.
//   - A pair of descriptors that the kernel does not serve is read and written
//     from the byte where the kernel stopped.
//   - The position of in is neither used nor changed; a file without offsets (a
//     pipe) is ESPIPE.
//   - A peer that has gone is EPIPE or ECONNRESET, on any descriptor; SIGPIPE
//     does not end the program.
//   - Nothing is allocated once warm, and no slice is written to.
//
// flags are zsys.SF_ constants, with a number of pages to read ahead in the
// upper 16 bits:
//
//	                    FreeBSD                       elsewhere
//	SF_NODISKIO         EBUSY instead of disk I/O     refused: EOPNOTSUPP
//	SF_MNOWAIT          passed, obsolete              ignored
//	SF_SYNC             kept: file part copied        kept: file part copied
//	SF_USER_READAHEAD   passed                        ignored
//	SF_NOCACHE          passed                        ignored
//	other bits          EINVAL                        EINVAL
//
// With SF_NODISKIO nothing is ever copied, for that would wait for a disk. A
// pair that the kernel does not serve then gives the kernel's error. What could
// only be copied gives EOPNOTSUPP: SF_SYNC with it, or a Transfer's File or
// destination that is no descriptor.
//
// The kernel's way is sendfile(2) of Linux, FreeBSD, DragonFly and macOS, and
// sendfile(3EXT) of illumos and Solaris; other systems copy, and so does iOS,
// where sendfile has ended programs. All of it has run on Linux and FreeBSD. On
// the other systems nothing has: it was compiled for them, and their ways were
// run against models.
//
// Errors from the system are *Error.
func Sendfile(out, in int, offset, count int64, headers, trailers [][]byte, flags int) (written int64, err error) {
	if err := checkArgs(offset, count, flags); err != nil {
		return 0, err
	}
	s := senders.Get().(*sender)
	// The outer slices are copied, so that a caller's literal can stay on its stack.
	s.slices = append(append(s.slices[:0], headers...), trailers...)
	s.job.Headers, s.job.Trailers = s.slices[:len(headers)], s.slices[len(headers):]
	s.job.Offset, s.job.Count = offset, count
	s.flags, s.threshold = flags, transfer.DefaultThreshold
	s.pair.in = in
	s.pair.out = out
	s.begin()
	err = outcome(s.machine.Run())
	written = s.job.Sent()
	s.free()
	return written, err
}

// Send is WriteTo for a descriptor: it sends what is left of the Transfer to
// out and returns the number of bytes that left. A non-blocking out that takes no
// more gives EAGAIN; call Send again when it does. File must be an *os.File.
//
// On FreeBSD, poll calls a Unix socket writable at one free byte, while sendfile
// wants as many as half of SO_SNDBUF: an event loop that is level-triggered
// spins in between, an edge-triggered one does not.
func (t *Transfer) Send(out int) (int64, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	file, ok := t.File.(*os.File)
	if !ok {
		return 0, &Error{Op: "sendfile", Errno: syscall.EBADF}
	}
	s := t.start()
	defer s.free()
	s.out = out
	err := s.withSource(file, s.sendOnce)
	return t.finish(s), err
}

// descriptors is the part of a sender that the kernel's way needs. The bound
// functions are made once, for making them allocates.
type descriptors struct {
	pair   pair
	slices [][]byte // Sendfile's headers and trailers

	conn     syscall.Conn // the destination of WriteTo
	asked    bool         // conn has called writable
	out      int          // the destination of Send
	err      error
	sendOnce func(in uintptr)
	sendConn func(in uintptr)
	writable func(out uintptr) bool
}

func newSender() *sender {
	s := new(sender)
	s.sendOnce, s.sendConn, s.writable = s.onceFrom, s.connFrom, s.onWritable
	return s
}

func (d *descriptors) reset() {
	clear(d.slices)
	d.pair.reset()
	d.conn, d.asked, d.err = nil, false, nil
}

// writeTo goes the kernel's way between descriptors, else the copy's.
func (s *sender) writeTo(w io.Writer, r io.ReaderAt) error {
	conn, ok := w.(syscall.Conn)
	file, isFile := r.(*os.File)
	if !ok || !isFile {
		return s.copyTo(w, r)
	}
	s.conn = conn
	return s.withSource(file, s.sendConn)
}

// withSource calls f with file's descriptor, which stays open meanwhile even if
// the file is closed.
func (s *sender) withSource(file *os.File, f func(in uintptr)) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	if err := raw.Control(f); err != nil {
		return ifClosed(file, err)
	}
	return s.err
}

// ifClosed is err in the words of package os if that came of file's being
// closed: a RawConn's words for it match neither os.ErrClosed nor any other name.
func ifClosed(file *os.File, err error) error {
	raw, e := file.SyscallConn()
	if e == nil {
		e = raw.Control(func(uintptr) {})
	}
	if e != nil && err != os.ErrInvalid {
		return &os.PathError{Op: "sendfile", Path: file.Name(), Err: os.ErrClosed}
	}
	return err
}

func (s *sender) onceFrom(in uintptr) {
	s.pair.in = int(in)
	s.begin()
	s.err = s.run(s.out)
}

// connFrom sends within the connection's write lock and poller. An error of
// theirs (closed, deadline) goes before EAGAIN, which it ended.
func (s *sender) connFrom(in uintptr) {
	s.pair.in = int(in)
	s.begin()
	err := rawWrite(s.conn, s.writable)
	switch file, ok := s.conn.(*os.File); {
	case err == nil && !s.asked:
		s.err = errAgain // nothing was tried
	case err == nil:
	case !ok:
		s.err = err
	default:
		if err = ifClosed(file, err); s.err != errAgain || endsWait(err) {
			s.err = err
		} // else the poller does not know the file: EAGAIN, as its Write says
	}
}

// endsWait says whether err is what ends a wait in the poller.
func endsWait(err error) bool {
	return errors.Is(err, os.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded)
}

// onWritable sends until the connection takes no more. False is: wait.
func (s *sender) onWritable(out uintptr) bool {
	s.asked = true
	s.err = s.run(int(out))
	return s.err != errAgain
}

// rawWrite is conn.SyscallConn and Write. For the types that matter it is spelled out: where
// the compiler knows the type, the RawConn costs no allocation.
func rawWrite(conn syscall.Conn, f func(uintptr) bool) error {
	var raw syscall.RawConn
	var err error
	switch c := conn.(type) {
	case *net.TCPConn:
		if raw, err := c.SyscallConn(); err == nil {
			return raw.Write(f)
		}
	case *net.UnixConn:
		if raw, err := c.SyscallConn(); err == nil {
			return raw.Write(f)
		}
	case *os.File:
		if raw, err := c.SyscallConn(); err == nil {
			return raw.Write(f)
		}
	}
	if raw, err = conn.SyscallConn(); err != nil {
		return err
	}
	return raw.Write(f)
}

// begin starts the machine on the descriptors.
func (s *sender) begin() {
	if s.flags&zsys.SF_SYNC != 0 {
		s.job.Refused = true
	}
	s.machine.Start(&s.job, &s.pair, system, s.flags&passes, s.threshold)
}

// run sends to out as far as that takes bytes.
func (s *sender) run(out int) error {
	s.pair.out = out
	return outcome(s.machine.Run())
}

// outcome is what Machine.Run ended with as an error.
func outcome(state transfer.State, op string, err error) error {
	switch state {
	case transfer.Done:
		return nil
	case transfer.Again:
		return errAgain
	}
	if errno, ok := err.(syscall.Errno); ok {
		return &Error{Op: op, Errno: errno}
	}
	return err
}

// errAgain is one value, so that an event loop's EAGAIN costs no allocation.
var errAgain error = &Error{Op: "sendfile", Errno: syscall.EAGAIN}
