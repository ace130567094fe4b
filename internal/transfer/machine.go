package transfer

import (
	"io"
	"math"
)

const (
	// bufferSize is how much is read at a time where all is copied.
	bufferSize = 64 << 10

	// MaxThreshold bounds the buffer that an override can ask for.
	MaxThreshold = 1 << 20

	// Window is how many slices one call takes. Longer vectors go in several
	// calls; it stays below every system's IOV_MAX.
	Window = 64
)

// State is what a Machine ended with.
type State uint8

const (
	Done   State = iota // everything left
	Again               // the destination takes nothing now: run again when it does
	Failed              // an error for the caller
)

// Machine sends Jobs. It may be used for one after another, each begun with
// Start and ended with Stop.
type Machine struct {
	// BufferSize is the least size of the buffer; 0 is 64 KiB. HoldSize is the most
	// that is held back for trailers; 0 is 56 KiB. They are set before the first job.
	BufferSize, HoldSize int

	run
	buf []byte // kept from job to job
	win [Window][]byte
}

// run is what a Machine holds of the job it is on.
type run struct {
	job       *Job
	kern      Calls
	sys       *System
	flags     int
	threshold int64
	want      int64 // the most buffer that the rest of the file can use
	size      int64 // of the source when Start looked, or -1

	head, tail vec
	lo, hi     int   // file bytes buf[lo:hi] are read and have not left
	eof        bool  // the end of the file was met at buf[hi]
	broken     error // what reading ended with at buf[hi]: told when all before it left
	blocks     bool  // the source gives whole blocks only
	fit        bool  // the destination may be given to sendfile
	doubted    bool  // sendfile gave nothing, so that the rest is read: until the next Start
	copying    bool  // small enough for the copy, although the kernel's way is open
	wait       bool  // the last error means: later
	held       bool  // the last bytes may wait in the kernel for more to follow
	cut        bool  // sendfile moved less than it was asked for, and may hold the end back
	holding    bool  // Hold(true) is in force
	prompt     bool  // Prompt(true) is in force
}

// Start takes up a job where it stands.
func (m *Machine) Start(job *Job, kern Calls, sys *System, flags int, threshold int64) {
	job.resume()
	// Field by field: a composite literal is built beside it and copied, at the
	// price of a stall for every word that has just been stored.
	m.run = run{}
	m.job, m.kern, m.sys = job, kern, sys
	m.flags, m.threshold, m.size = flags&sys.Flags, threshold, -1
	m.want = math.MaxInt64
	m.head.start(job.Headers, job.Header)
	m.tail.start(job.Trailers, job.Trailer)
	if m.flags&NoDiskIO != 0 {
		job.Refused = false // nothing may be copied: the kernel is asked again
	}
	m.copying = m.kernelOpen() && m.small()
}

// Stop forgets the job and everything of the caller's.
func (m *Machine) Stop() { m.run = run{} }

func (m *Machine) kernelOpen() bool { return m.sys.Max > 0 && !m.job.Refused && !m.doubted }

// small says whether the rest of the file is at most the threshold. Flags are
// wishes about how the kernel sends, so with flags it is always asked.
func (m *Machine) small() bool {
	switch {
	case m.flags != 0 || m.job.fileDone():
		return false
	case m.job.Count != ToEOF:
		return m.within(m.job.Count - m.job.File)
	}
	size, err := m.kern.Size()
	if err != nil {
		return true
	}
	m.size = size
	return m.within(min(size-m.job.pos(), m.job.ask()))
}

// within says whether the rest of the file is at most the threshold. A buffer with room for
// more is not needed then, but for the byte that shows where the file ends.
func (m *Machine) within(rest int64) bool {
	m.want = rest + 1
	return rest <= m.threshold
}

// Run sends until all has left, the destination takes no more, or an error
// is met. With Failed go the operation that failed and its error.
func (m *Machine) Run() (State, string, error) {
	m.wait = false
	for {
		var op string
		var err error
		switch { // each makes one call, or finds that there is none to make
		case m.broken != nil && m.lo == m.hi:
			op, err = "pread", m.broken
			m.broken = nil
		case m.job.fileDone():
			op, err = m.finish()
		case m.copying || !m.kernelOpen():
			op, err = m.copy()
		default:
			op, err = m.send()
		}
		done := m.done() && m.broken == nil
		if err == nil && !done {
			continue
		}
		m.release()
		switch {
		case done && (err == nil || m.wait): // a writer may fail and take everything
			return Done, "", nil
		case m.wait:
			return Again, op, err
		}
		return Failed, op, err
	}
}

func (m *Machine) done() bool {
	return m.job.fileDone() && !m.job.short() && m.head.left+m.tail.left == 0
}

// finish sends what is left around a file part that is complete. After a
// short file only the headers still go: the peer was promised more.
func (m *Machine) finish() (string, error) {
	bufs, all := m.head.appendTo(m.win[:0])
	if m.job.short() {
		if m.head.left == 0 {
			return "", io.ErrUnexpectedEOF
		}
	} else if all {
		bufs, all = m.tail.appendTo(bufs)
	}
	if len(bufs) == 0 {
		return "", nil
	}
	return m.write(bufs, !all)
}

// write sends slices, which begin with what is left of the headers, and notes what left.
func (m *Machine) write(bufs [][]byte, more bool) (string, error) {
	if m.job.Sent() > 0 && (!more || m.job.File == 0) {
		m.hurry()
	}
	n, err := m.kern.Write(bufs, more)
	clear(bufs)
	if n > 0 {
		m.wrote(int64(n))
		m.held, m.cut = m.sys.Holds && more, false
	}
	switch {
	case err == nil && n <= 0:
		return "write", io.ErrShortWrite
	case err == nil:
		return "", nil
	}
	switch callAction(err) {
	case Retry:
		return "", nil
	case Wait:
		m.wait = true
	}
	return "write", err
}

func (m *Machine) wrote(n int64) {
	h := m.head.advance(n)
	m.job.Header += h
	f := min(n-h, int64(m.hi-m.lo))
	m.lo += int(f)
	m.job.File += f
	m.job.Trailer += m.tail.advance(n - h - f)
	if f > 0 {
		m.job.Way |= ByCopy
	}
	if m.lo < m.hi {
		return
	}
	m.commitEOF()
	if f > 0 {
		m.copying = false // larger than it looked: the kernel takes over
	}
}

// release sends what is held back. Not what a sendfile may hold that was cut
// because the destination is full: much is on its way then, and its
// acknowledgement sends the rest, while an event loop would pay two calls each time.
func (m *Machine) release() {
	cut := m.cut && !m.wait
	if m.held || cut || m.holding {
		m.kern.Hold(false)
	}
	if m.prompt {
		m.kern.Prompt(false)
	}
	m.held, m.cut, m.holding, m.prompt = false, false, false, false
}
