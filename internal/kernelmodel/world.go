//go:build unix

// Package kernelmodel holds models of what kernels do with sendfile and its
// neighbours, for tests on hosts that have none of them. A model does all that its
// kernel was seen or documented to do, at the choice of a Chooser: every short
// count, every error with and without progress, undefined counts, files that
// change their size while they are being sent.
package kernelmodel

import (
	"io"
	"syscall"
)

// Chooser decides what happens next.
type Chooser interface {
	// Choose returns a number from 0 to n-1. 0 is the uneventful choice.
	Choose(n int) int
}

// World is a source file, a peer, and all that may go wrong between them.
type World struct {
	Chooser

	Size    int64 // the source's length now
	MaxSize int64 // how far it may grow
	MadeUp  bool  // a file made up as it is read: no size, short reads
	Resizes bool  // the source may change its size at any call

	Faults  int           // how many more times the uneventful may not happen
	Fatal   syscall.Errno // the error that faults may bring, or 0
	Refusal syscall.Errno // sendfile's answer to this pair, or 0
	Served  int           // how many calls sendfile serves before it refuses

	// Unreadable is what read says of a source that cannot be read at all, such
	// as a directory, or 0. Sendfile refuses it in words of its own.
	Unreadable syscall.Errno

	// Late: only a call that reads bytes tells that the source is unreadable, and the
	// first Reads of them succeed.
	Late  bool
	Reads int

	// Local: the destination is a Unix socket. A kernel may queue pages for it that
	// are still being read, which the peer never sees if it is closed before they are.
	Local bool

	// Tiny: the destination's buffer is too small for sendfile to come to an end.
	Tiny bool

	// Nagle: an incomplete segment waits until those before it are acknowledged.
	Nagle bool

	// Mixed: as an io.ReaderAt may, a read gives bytes and an error at once.
	Mixed   bool
	Spoiled int64 // 1 and the offset where such bytes ended whose error was not told yet, or 0
	Ignored bool  // the source was read beyond that

	Peer   []byte        // what arrived
	Kernel int64         // file bytes that sendfile moved
	Denied bool          // sendfile refused the pair, a page, or to give any byte
	Last   syscall.Errno // the last call's answer
	Calls  int           // made so far

	queued  int            // 1 and how much of Peer lies before pages that are being read, or 0
	ends    map[int64]bool // where the end of the file was met
	told    bool           // fstat has told the size
	least   int64          // the least that it told
	held    bool           // bytes wait for more to follow
	cut     bool           // bytes of a sendfile wait that moved less than it was asked for
	holding bool
	prompt  bool // nothing waits for an acknowledgement
	small   int  // an incomplete segment that may not be acknowledged yet: byWrite, bySendfile
	delayed bool // the last bytes wait for that
}

const (
	byWrite = 1 + iota
	bySendfile
)

// Delayed says whether bytes wait for an acknowledgement.
func (w *World) Delayed() bool { return w.delayed }

// push is an incomplete segment that leaves if it may. A sendfile that is not the first is
// taken not to wait: so much is under way by then that it is acknowledged at once.
func (w *World) push(by int, first bool) {
	w.delayed = w.Nagle && !w.prompt && w.small != 0 && (by == byWrite || first && w.small == byWrite)
	w.small = by
}

// Prompting says whether Prompt is in force.
func (w *World) Prompting() bool { return w.prompt }

// Held says whether bytes wait for more to follow.
func (w *World) Held() bool { return w.held || w.cut }

// Reset makes the world new, but for its parameters.
func (w *World) Reset() {
	w.Peer, w.Kernel, w.queued = w.Peer[:0], 0, 0
	w.Spoiled, w.Ignored = 0, false
	w.small, w.prompt, w.delayed = 0, false, false
	w.held, w.cut, w.Denied, w.holding, w.Last, w.Calls = false, false, false, false, 0, 0
	w.ForgetEnds()
}

// ForgetEnds makes an end of the file count from now on only if it is met again.
func (w *World) ForgetEnds() {
	clear(w.ends)
	w.told = false
}

// EndsAt says whether a call met the end of the file at pos or, where the size
// may decide that, told of one at or before it.
func (w *World) EndsAt(pos int64, bySize bool) bool {
	return w.ends[pos] || bySize && w.told && w.least <= pos
}

// AtRisk is how much of Peer would not arrive if the connection were closed now: all
// from the first page on that is still being read.
func (w *World) AtRisk() int {
	if w.queued == 0 {
		return 0
	}
	return len(w.Peer) - (w.queued - 1)
}

// Byte is the byte that every source of the models has at pos.
func Byte(pos int64) byte { return byte(pos*7+pos>>8) | 0x80 }

// fault is 0, or at the cost of one fault a number up to n.
func (w *World) fault(n int) int {
	if w.Faults == 0 || n <= 0 {
		return 0
	}
	c := w.Choose(n + 1)
	if c > 0 {
		w.Faults--
	}
	return c
}

// enter begins a call: the source may change first.
func (w *World) enter() {
	w.Calls++
	if w.Calls > 10_000 {
		panic("kernelmodel: the transfer makes calls without end")
	}
	if w.Resizes {
		if c := w.fault(int(w.MaxSize) + 1); c > 0 {
			w.Size = int64(c - 1)
		}
	}
}

// deny notes a reason to give up on sendfile.
func (w *World) deny(err syscall.Errno) error {
	w.Denied = true
	return w.leave(err)
}

func (w *World) leave(err syscall.Errno) error {
	w.Last = err
	if err == 0 {
		return nil
	}
	return err
}

// met notes that the end of the file was met at pos.
func (w *World) met(pos int64) {
	if w.ends == nil {
		w.ends = make(map[int64]bool)
	}
	w.ends[pos] = true
}

// outcome is how a sending call ends after some of total bytes.
func (w *World) outcome(total int64, errs ...syscall.Errno) (int64, syscall.Errno) {
	c := int64(w.fault(len(errs) * int(total+1)))
	if c == 0 {
		return total, 0
	}
	c--
	return c % (total + 1), errs[c/(total+1)]
}

// deliver hands the first n bytes of the slices to the peer.
func (w *World) deliver(n int64, bufs ...[]byte) int64 {
	start := n
	for _, b := range bufs {
		k := min(n, int64(len(b)))
		w.Peer = append(w.Peer, b[:k]...)
		n -= k
	}
	return start - n
}

// deliverFile hands n bytes of the source to the peer, or queues them for it.
func (w *World) deliverFile(off, n int64) {
	for i := range n {
		w.Peer = append(w.Peer, Byte(off+i))
	}
	w.Kernel += n
}

// part is how many bytes the source has for n from off: all of them for n 0.
func (w *World) part(off, n int64) int64 {
	have := max(w.Size-off, 0)
	if n == 0 || n >= have {
		w.met(off + have)
		return have
	}
	return n
}

// refuses says whether sendfile has served all that it serves.
func (w *World) refuses() bool {
	switch {
	case w.Refusal == 0:
		return false
	case w.Served > 0:
		w.Served--
		return false
	}
	return true
}

// unreadable says whether a call that reads finds that it cannot.
func (w *World) unreadable() bool {
	if w.Unreadable != 0 && w.Late && w.Reads > 0 {
		w.Reads--
		return false
	}
	return w.Unreadable != 0
}

// Calls that are the same on every system.

// StatSize is fstat's answer.
func (w *World) StatSize() (int64, error) {
	w.enter()
	if w.MadeUp {
		return 0, w.leave(0)
	}
	if !w.told || w.Size < w.least {
		w.told, w.least = true, w.Size
	}
	return w.Size, w.leave(0)
}

// Check is a pread of nothing.
func (w *World) Check() error {
	w.Calls++
	if w.fault(1) == 1 {
		return w.leave(syscall.EINTR)
	}
	if w.Late {
		return w.leave(0)
	}
	return w.leave(w.Unreadable)
}

// Pread is pread, or a ReadAt.
func (w *World) Pread(p []byte, off int64) (int, error) {
	w.enter()
	switch {
	case off < 0:
		return 0, w.leave(syscall.EINVAL)
	case w.unreadable():
		return 0, w.leave(w.Unreadable)
	}
	w.Ignored = w.Ignored || w.Spoiled > 0 && off >= w.Spoiled-1
	w.Spoiled = 0
	n, err := w.read(p, off)
	if n > 0 && err == nil && w.Mixed {
		return n, w.mixed(off + int64(n))
	}
	return n, err
}

// mixed is what comes with the bytes before end: an error, or the end of the file.
func (w *World) mixed(end int64) error {
	kinds := 1
	if end >= w.Size {
		kinds = 2
	}
	switch w.fault(kinds) {
	case 1:
		w.Spoiled = end + 1
		return w.leave(syscall.EIO)
	case 2:
		return io.EOF
	}
	return nil
}

func (w *World) read(p []byte, off int64) (int, error) {
	switch c := w.fault(2); {
	case c == 1:
		return 0, w.leave(syscall.EINTR)
	case c == 2 && w.Fatal != 0:
		return 0, w.leave(syscall.EIO)
	}
	n := min(int64(len(p)), max(w.Size-off, 0))
	if w.MadeUp && n > 1 {
		n -= int64(w.fault(int(n - 1)))
	}
	if off+n >= w.Size {
		w.met(off + n)
	}
	for i := range n {
		p[i] = Byte(off + i)
	}
	return int(n), w.leave(0)
}

// Write is writev or sendmsg on a destination that may take less, and holds an incomplete segment back
// where it can when more is to follow.
func (w *World) Write(bufs [][]byte, more, can bool) (int, error) {
	w.enter()
	var total int64
	for _, b := range bufs {
		if len(b) == 0 {
			panic("kernelmodel: an empty slice takes up room in a vector")
		}
		total += int64(len(b))
	}
	if total == 0 {
		panic("kernelmodel: a write of nothing")
	}
	c := int64(w.fault(int(total) + 2))
	switch {
	case c == 1:
		return 0, w.leave(syscall.EINTR)
	case c == 2 && w.Fatal != 0:
		return 0, w.leave(w.Fatal)
	case c >= 3:
		total = c - 3 // short, or nothing at all
	}
	if total == 0 {
		w.cut = false // what is in flight pushes it
		return 0, w.leave(syscall.EAGAIN)
	}
	w.deliver(total, bufs...)
	w.held, w.cut = more && can || w.holding, false
	switch {
	case w.held:
		w.small = 0 // whole segments come behind it, which are acknowledged at once
	case more:
		w.small = byWrite
	default:
		w.push(byWrite, false)
	}
	return int(total), w.leave(0)
}

// Hold corks and uncorks.
func (w *World) Hold(on bool) bool {
	w.Calls++
	w.holding = on
	if !on {
		w.held, w.cut = false, false
	}
	return on
}

// Prompt sends all at once, acknowledged or not.
func (w *World) Prompt(on bool) {
	w.Calls++
	w.prompt = on
	if on {
		w.delayed = false
	}
}
