package rawsys

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// Transfer is headers, a range of a file, and trailers on their way to one
// destination: a message of a protocol with a file inside. The contract is
// Sendfile's, on every system.
//
// A Transfer remembers how far it has come. After an error another WriteTo
// goes on where the last one stopped, so that each byte leaves once. After
// success there is nothing left to send until Reset. Call WriteTo again after
// EAGAIN, a deadline or EBUSY, and after io.ErrUnexpectedEOF if the file
// may have grown. After EPIPE or ECONNRESET the peer is gone, and there is no use in it.
//
// It remembers as well that File can be read, and that a *net.TCPConn has TCP_NODELAY,
// which is Go's default: when sent again, with the same File or to the same connection, it
// does not ask again. Call SetNoDelay(false), if ever, before the first WriteTo.
//
// To cancel a transfer from another goroutine, set a write deadline in the past,
// or Close the connection: the transfer ends when it next has to wait.
//
// A Transfer is not safe for concurrent use. File, Headers and Trailers are
// only read, and must not change until the transfer is over.
type Transfer struct {
	// File is where the file bytes come from. The kernel can send from an *os.File
	// and from an *io.SectionReader of one; from anything else bytes are copied. The
	// file's own position is neither used nor changed. With Count 0 File may be nil.
	//
	// A ReadAt that returns bytes together with an error has those bytes sent, and
	// then its error returned.
	File io.ReaderAt

	// Offset is where in File the range begins, in bytes.
	Offset int64

	// Count is the length of the range in bytes. 0 is an empty range: headers and
	// trailers leave alone, and File is not touched. ToEOF goes to the end of
	// the file, as that is found while sending.
	Count int64

	// Headers leave before the file bytes and Trailers after them. Any number
	// of slices of any length, empty and nil ones too.
	Headers, Trailers [][]byte

	// Flags are SF_ flags, as in Sendfile. On FreeBSD a flag other than SF_SYNC
	// has the kernel asked for every size, whatever Threshold is.
	Flags int

	// Threshold is the largest file part, in bytes, that is copied together
	// with its headers and trailers although the kernel could send it. 0 is the
	// default: 16 to 96 KiB, more where system calls are slow, which is
	// measured once in a process. A negative Threshold leaves every file part to the
	// kernel, but for what a file gains while it is being sent: up to 64 KiB
	// of that may be copied. More than 1 MiB counts as 1 MiB.
	Threshold int

	progress transfer.Progress
	refused  bool
	readable *os.File  // a source that was found to be one: of the same file that is not asked again
	quick    io.Writer // a connection that was found to hold nothing back: likewise
}

// ToEOF is the Count of a Transfer that goes to the end of its File.
const ToEOF = transfer.ToEOF

// Progress says how much of a Transfer has left, and how.
type Progress struct {
	Header, File, Trailer int64 // bytes of each part that left
	EOF                   bool  // the file ended after File bytes
	Way                   Way   // how the file bytes left: by the kernel, by a copy, or both
}

// Sent is the number of bytes that left: headers, file and trailers.
func (p Progress) Sent() int64 { return p.Header + p.File + p.Trailer }

// Way is the set of ways that file bytes took. It is 0 until the first has left.
type Way uint8

const (
	ByKernel Way = Way(transfer.ByKernel) // the kernel moved them: sendfile
	ByCopy   Way = Way(transfer.ByCopy)   // they were read into a buffer and written
)

// String names the ways.
func (w Way) String() string {
	return [...]string{"none", "kernel", "copy", "kernel+copy"}[w&3]
}

// Progress reports what has left since the Transfer was made or Reset.
func (t *Transfer) Progress() Progress {
	p := t.progress
	return Progress{p.Header, p.File, p.Trailer, p.EOF, Way(p.Way)}
}

// Reset makes the Transfer ready to be sent again from its first byte.
func (t *Transfer) Reset() { t.progress, t.refused = transfer.Progress{}, false }

// WriteTo sends what is left to w and returns the number of bytes that left.
//
// What File and w are decides how file bytes leave, if there are more of them than Threshold:
//
//	w                                            File: *os.File, or an       File: any other
//	                                             *io.SectionReader of one    io.ReaderAt
//	*net.TCPConn                                 by the kernel               copied
//	*net.UnixConn                                by the kernel;              copied
//	                                             copied on FreeBSD
//	*os.File, and others with a SyscallConn      by the kernel if it can,    copied
//	                                             else copied
//	http.ResponseWriter, *tls.Conn,              copied                      copied
//	*bufio.Writer, any other io.Writer
//
// On systems without a sendfile everything is copied. [Progress] tells which way was
// taken. The kernel can send over HTTP too: use http.ServeContent, or Hijack
// the connection and write to that.
//
// If w has a SyscallConn and File is an *os.File, or a section of one, the descriptors are used
// directly. While w takes nothing the goroutine waits in Go's network poller, and write
// deadlines and Close end the wait as they end a Write. The connection's write lock is
// held throughout, so that concurrent Writes stay out of the message. If w's type embeds a
// connection and its Write does more than the connection's, that Write is passed
// by: give such a type no SyscallConn. w must be a stream. A datagram socket would cut the
// message into packets at places that nobody chose.
//
// Otherwise bytes go through w's Write, in as few calls as a buffer allows. Concurrent
// Writes may then come between. If a Write panics, the Transfer keeps what earlier
// ones took.
//
// A byte has left when the kernel or w has taken it. Whether the peer has received it
// is not known. Bytes that go by the kernel are not copied first: if the file is
// overwritten soon after WriteTo has returned, the peer may get the new bytes. Do not send a
// file to itself with ToEOF: it grows until the disk is full.
//
// The error is io.ErrUnexpectedEOF if File ended before Count bytes, an *Error if a
// system call failed, and otherwise what w or File returned.
func (t *Transfer) WriteTo(w io.Writer) (n int64, err error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	s := t.start()
	f, ok := t.source(s)
	s.Job.Quick = t.quick != nil && t.quick == w // a pointer, if anything
	over := false
	defer func() {
		n = t.keep(s, f, w)
		if over { // a sender in which a Write panicked is not used again
			s.Free()
		}
	}()
	file := t.File
	if ok {
		file = f
	}
	op, err := s.WriteTo(w, file)
	if err != nil {
		err = failure(op, err, t.name)
	}
	over = true
	return 0, err
}

// Read makes a Transfer an io.Reader of what is left of it, for code that takes an
// io.Reader. io.Copy uses WriteTo instead. A byte has left when it has been read.
func (t *Transfer) Read(p []byte) (int, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	if !transfer.KeepsRead(t.Flags) {
		return 0, failure("", transfer.ErrFlag, t.name)
	}
	j := t.job()
	n, err := j.Read(p, t.File)
	t.progress = j.Progress
	return n, err
}

func (t *Transfer) job() transfer.Job {
	return transfer.Job{
		Headers: t.Headers, Trailers: t.Trailers,
		Offset: t.Offset, Count: t.Count,
		Progress: t.progress, Refused: t.refused,
	}
}

// check finds what cannot be a transfer before anything is sent.
func (t *Transfer) check() error {
	switch {
	case t.File == nil && t.Count != 0:
		return &os.PathError{Op: "sendfile", Path: "File", Err: os.ErrInvalid}
	case t.Count < 0 && t.Count != ToEOF:
		return invalid("sendfile", "", "Count is negative, and not ToEOF")
	}
	return checkArgs(t.Offset, t.Flags)
}

// checkArgs finds what Sendfile and a Transfer refuse before anything is sent.
func checkArgs(offset int64, flags int) error {
	switch {
	case offset < 0:
		return invalid("sendfile", "", "the offset is negative")
	case !transfer.KnownFlags(flags):
		return invalid("sendfile", "", "an unknown flag")
	case !transfer.Keeps(flags):
		return badFlags(noDiskIO)
	}
	return nil
}

const noDiskIO = "SF_NODISKIO cannot be kept here"

// start readies a sender for what is left of t.
func (t *Transfer) start() *transfer.Sender {
	s := transfer.NewSender()
	s.Job = t.job()
	s.Flags = t.Flags
	s.Threshold = min(int64(t.Threshold), transfer.MaxThreshold)
	return s
}

// source is the file that File is or is a section of. For a section the sender's
// job is moved to where that lies in the file.
func (t *Transfer) source(s *transfer.Sender) (*os.File, bool) {
	file, ok := t.File.(*os.File)
	if section, yes := t.File.(*io.SectionReader); yes {
		var r io.ReaderAt
		r, off, n := section.Outer()
		file, ok = r.(*os.File)
		if ok = ok && off >= 0 && n >= 0 && off <= math.MaxInt64-max(n, t.Offset); ok {
			s.Job.Offset, s.Job.Limit = off+t.Offset, cmp.Or(off+n, -1)
		}
	}
	s.Job.Checked = ok && file != nil && file == t.readable
	return file, ok
}

// name is File's, or its type.
func (t *Transfer) name() string { return nameOf(t.File) }

// nameOf is a file's name, or what a value is.
func nameOf(v any) string {
	if f, ok := v.(interface{ Name() string }); ok {
		return f.Name()
	}
	return fmt.Sprintf("%T", v)
}

// keep takes over how far the sender came, and what it found out of the file and of where
// it went, and returns how far it went.
func (t *Transfer) keep(s *transfer.Sender, file *os.File, w io.Writer) int64 {
	before := t.progress.Sent()
	t.progress, t.refused = s.Job.Progress, s.Job.Refused
	if s.Job.Checked {
		t.readable = file
	}
	if s.Job.Quick {
		t.quick = w
	}
	return t.progress.Sent() - before
}

// failure is what a transfer ended with as the caller's error. An errno that goes
// with the name of a call becomes an *Error.
func failure(op string, err error, object func() string) error {
	if err == transfer.ErrFlag {
		return badFlags(noDiskIO)
	}
	errno, ok := err.(SystemErrno)
	switch {
	case !ok || op == "":
		return err
	case op == "sendfile" && errno == errAgain.Errno:
		return errAgain
	}
	e := &Error{Op: "sendfile", Errno: errno, Object: object()}
	if op != "sendfile" {
		e.Hint = "from " + op + "(2)"
	}
	return e
}
