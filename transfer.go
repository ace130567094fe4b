package rawsys

import (
	"io"
	"os"

	"github.com/rawsys-go/rawsys/internal/transfer"
	"github.com/rawsys-go/rawsys/zsys"
)

// Transfer is headers, a range of a file, and trailers on their way to one
// destination: a message of a protocol with a file inside. The contract is
// Sendfile's, on every system.
//
// A Transfer remembers how far it has come. After an error another WriteTo
// goes on where the last one stopped, so that each byte leaves once; after
// success there is nothing left to send until Reset. To go on is worth while after
// EAGAIN and a deadline, after EBUSY, and after io.ErrUnexpectedEOF if the file
// may have grown; not after EPIPE or ECONNRESET, for that peer is gone.
//
// To cancel a transfer from another goroutine, set a write deadline in the past,
// or Close the connection: the transfer ends when it next has to wait.
//
// A Transfer is not safe for concurrent use. File, Headers and Trailers are
// only read, and must not change until the transfer is over.
type Transfer struct {
	// File is where the file bytes come from. From an *os.File the kernel can
	// send; anything else is copied. Its own file position is neither used nor changed.
	File io.ReaderAt

	// Offset is where in File the range begins, in bytes.
	Offset int64

	// Count is the length of the range in bytes. With 0 it goes to the end of
	// the file, as that is found while sending. An empty range cannot be
	// expressed: write headers and trailers without a Transfer then, by net.Buffers.
	Count int64

	// Headers leave before the file bytes and Trailers after them. Any number
	// of slices of any length, empty and nil ones too.
	Headers, Trailers [][]byte

	// Flags are SF_ flags, as in Sendfile. On FreeBSD any flag but SF_SYNC puts
	// Threshold out of force: the kernel is asked for every size.
	Flags int

	// Threshold overrides the size, in bytes, up to which a file part is copied
	// together with its headers and trailers although the kernel could send it.
	// 0 is the measured default of 16 KiB; a negative one means never, but for
	// up to a buffer's worth where the end of a file was expected. More than
	// 1 MiB counts as 1 MiB.
	Threshold int

	progress transfer.Progress
	refused  bool
}

// Progress says how much of a Transfer has left, and how.
type Progress struct {
	Header, File, Trailer int64 // bytes of each part that left
	EOF                   bool  // the end of the file was met, after File bytes
	Way                   Way   // how file bytes left
}

// Sent is the number of bytes that left: headers, file and trailers.
func (p Progress) Sent() int64 { return p.Header + p.File + p.Trailer }

// Way is the set of ways that file bytes took. It is empty until one has left.
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
// If w is a syscall.Conn (*net.TCPConn, *net.UnixConn, *os.File: sockets,
// pipes, files) and File an *os.File, the kernel sends where it can, and a
// buffer is read and written where it cannot. While w takes nothing the
// goroutine waits in Go's network poller, and write deadlines and Close end the
// wait as they end a Write. The connection's write lock is held throughout, so that concurrent Writes stay out of the
// message. A type that embeds such a connection is taken at its SyscallConn's
// word: if its Write does more than the connection's, hide SyscallConn. The
// destination must be a stream; datagrams would be cut wherever it suits the kernel.
//
// Any other pair is copied through w's Write, in as few calls as a pooled
// buffer allows. Concurrent Writes may then come between.
//
// The bytes that left are those that the kernel or w took; whether the peer has
// received them is not known. Bytes that went by the kernel were not copied: a
// file that is overwritten after WriteTo has returned may still change what the
// peer gets. A w that is File itself grows, with Count 0, until the disk is full.
//
// Errors: io.ErrUnexpectedEOF if File ended before Count bytes; *Error from a
// system call; w's and File's own.
func (t *Transfer) WriteTo(w io.Writer) (int64, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	s := t.start()
	err := s.writeTo(w, t.File)
	n := t.finish(s)
	s.free() // not deferred: a sender in which a Write panicked is not used again
	return n, err
}

// Read makes a Transfer an io.Reader of what is left of it, for code that reads;
// io.Copy uses WriteTo instead. Bytes count as left when they are read.
func (t *Transfer) Read(p []byte) (int, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	if t.Flags&zsys.SF_NODISKIO != 0 {
		return 0, errNoSuchFlag
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
	if t.File == nil {
		return os.ErrInvalid
	}
	return checkArgs(t.Offset, t.Count, t.Flags)
}

// start readies a sender for what is left of t.
func (t *Transfer) start() *sender {
	s := senders.Get().(*sender)
	s.job = t.job()
	s.flags = t.Flags
	s.threshold = min(int64(t.Threshold), transfer.MaxThreshold)
	if t.Threshold == 0 {
		s.threshold = transfer.DefaultThreshold
	}
	return s
}

// finish takes over how far the sender came, and returns how far it went.
func (t *Transfer) finish(s *sender) int64 {
	before := t.progress.Sent()
	t.progress, t.refused = s.job.Progress, s.job.Refused
	return t.progress.Sent() - before
}
