//go:build unix

package transfer

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys/zsys"
)

// descriptors is the part of a sender that the kernel's way needs. The bound
// functions are made once, for making them allocates.
type descriptors struct {
	pair   pair
	slices [][]byte // copies of Sendfile's headers and trailers

	conn     syscall.Conn // the destination of WriteTo
	asked    bool         // conn has called writable
	out      int          // the destination of Send
	op       string       // the call that failed, if err is its errno
	err      error
	again    bool // the destination takes nothing now
	sendOnce func(in uintptr)
	sendConn func(in uintptr)
	writable func(out uintptr) bool
}

func newSender() *Sender {
	s := new(Sender)
	s.sendOnce, s.sendConn, s.writable = s.onceFrom, s.connFrom, s.onWritable
	return s
}

func (d *descriptors) reset() {
	clear(d.slices)
	d.pair.reset()
	d.conn, d.asked, d.op, d.err, d.again = nil, false, "", nil, false
}

// SetSlices sets the job's headers and trailers. The outer slices are copied, so
// that a caller's literal can stay on its stack.
func (s *Sender) SetSlices(headers, trailers [][]byte) {
	s.slices = append(append(s.slices[:0], headers...), trailers...)
	s.Job.Headers, s.Job.Trailers = s.slices[:len(headers)], s.slices[len(headers):]
}

// Sendfile sends from one descriptor to another as far as that takes bytes. An
// error that goes with a call's name is the call's errno; a destination that takes
// no more is EAGAIN.
func (s *Sender) Sendfile(out, in int) (string, error) {
	s.begin(in)
	s.run(out)
	return s.op, s.err
}

// Send is Sendfile from a file, which stays open meanwhile.
func (s *Sender) Send(out int, file *os.File) (string, error) {
	s.out = out
	return s.withSource(file, s.sendOnce)
}

// WriteTo goes the kernel's way between descriptors, else the copy's.
func (s *Sender) WriteTo(w io.Writer, r io.ReaderAt) (string, error) {
	conn, ok := w.(syscall.Conn)
	if !ok {
		return "", s.copyTo(w, r)
	}
	s.conn = conn
	file, ok := r.(*os.File)
	if ok || s.Job.around() {
		return s.withSource(file, s.sendConn)
	}
	return "", s.copyTo(w, r)
}

// noSource is the descriptor of no file.
const noSource = ^uintptr(0)

// withSource calls f with file's descriptor, which stays open meanwhile even if
// the file is closed. Where nothing of it is wanted it is not touched.
func (s *Sender) withSource(file *os.File, f func(in uintptr)) (string, error) {
	if s.Job.around() {
		f(noSource)
		return s.op, s.err
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return "", err
	}
	if err := raw.Control(f); err != nil {
		return "", ofFile(file, err)
	}
	return s.op, s.err
}

// ofFile is err, which file's RawConn returned, in the words of package os: with
// the file's name, and os.ErrClosed if it came of the file's being closed.
func ofFile(file *os.File, err error) error {
	raw, e := file.SyscallConn()
	if e == nil {
		e = raw.Control(func(uintptr) {})
	}
	switch {
	case e != nil && err != os.ErrInvalid:
		err = os.ErrClosed
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return err
	}
	return &os.PathError{Op: "sendfile", Path: file.Name(), Err: err}
}

func (s *Sender) onceFrom(in uintptr) {
	s.begin(int(in))
	s.run(s.out)
}

// connFrom sends within the connection's write lock and poller. An error of
// theirs (closed, deadline) goes before EAGAIN, which it ended.
func (s *Sender) connFrom(in uintptr) {
	s.begin(int(in))
	err := rawWrite(s.conn, s.writable)
	switch file, ok := s.conn.(*os.File); {
	case err == nil && !s.asked:
		s.op, s.err = "sendfile", syscall.EAGAIN // nothing was tried
	case err == nil:
	case !ok:
		s.op, s.err = "", err
	default:
		if err = ofFile(file, err); !s.again || endsWait(err) {
			s.op, s.err = "", err
		} // else the poller does not know the file: EAGAIN, as its Write says
	}
}

// endsWait says whether err is what ends a wait in the poller.
func endsWait(err error) bool {
	return errors.Is(err, os.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded)
}

// onWritable sends until the connection takes no more. False is: wait.
func (s *Sender) onWritable(out uintptr) bool {
	s.asked = true
	s.run(int(out))
	return !s.again
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
func (s *Sender) begin(in int) {
	s.pair.in, s.pair.quick = in, s.Job.Quick
	if s.Flags&zsys.SF_SYNC != 0 {
		s.Job.Refused = true
	}
	threshold := s.Threshold
	if threshold == 0 {
		threshold = DefaultThreshold()
	}
	s.machine.Start(&s.Job, &s.pair, Host, s.Flags&passes, threshold)
}

// run sends to out as far as that takes bytes.
func (s *Sender) run(out int) {
	s.pair.out = out
	state, op, err := s.machine.Run()
	_, tcp := s.conn.(*net.TCPConn)
	s.Job.Quick = tcp && s.pair.quick
	s.again = state == Again
	switch _, errno := err.(syscall.Errno); {
	case s.again:
		op, err = "sendfile", syscall.EAGAIN
	case !errno:
		op = ""
	}
	s.op, s.err = op, err
}

// around says that what is left lies around the file: headers or trailers.
func (j *Job) around() bool { return j.File == j.Count }
