// Package transfer is the state machine behind Sendfile and Transfer: headers,
// a range of a file, trailers, in order and each byte once, over the few calls
// of Calls. It knows systems only as tables (System), so that the way of
// each is tested on any host against a model of its kernel.
package transfer

import "math"

// Job is one transfer: what is to be sent, and how much of it has left.
// A Machine may be put to work on it again at any time to send the rest.
type Job struct {
	Headers, Trailers [][]byte
	Offset            int64
	Count             int64 // file bytes, or ToEOF
	Progress

	// Limit, if not 0, is the offset at which the file ends for this job, however
	// long it is; -1 is an empty file's.
	Limit int64

	// Refused says that the kernel does not serve this pair of descriptors,
	// as found by trying. It is remembered here and no wider: another pair, or
	// the same numbers after a close, may be served.
	Refused bool

	// Checked says that the source was found to be one that can be read at offsets. It
	// holds for this source for good.
	Checked bool

	// Quick says that the destination, a *net.TCPConn, was found to wait for no
	// acknowledgement, as Go has it: no Prompt is needed, and it is not asked again.
	Quick bool
}

// ToEOF is the Count of a job that goes to the end of the file.
const ToEOF = -1

// Progress counts what left of each part.
type Progress struct {
	Header, File, Trailer int64
	EOF                   bool // end of file was met where File ends
	Way                   Way
}

// Sent is the number of bytes that left.
func (p *Progress) Sent() int64 { return p.Header + p.File + p.Trailer }

// Way is the set of ways that file bytes took.
type Way uint8

const (
	ByKernel Way = 1 << iota // moved by sendfile
	ByCopy                   // read into a buffer and written
)

// pos is the offset of the next file byte.
func (j *Job) pos() int64 { return j.Offset + j.File }

// short says that the file ended before the bytes that were promised.
func (j *Job) short() bool { return j.EOF && j.File < j.Count }

// fileDone says that no file byte is to follow.
func (j *Job) fileDone() bool { return j.EOF || j.File == j.Count }

// ask is how many file bytes may be asked for: 0 if the file cannot go on.
func (j *Job) ask() int64 {
	ask := math.MaxInt64 - j.pos()
	if j.Limit != 0 {
		ask = max(j.Limit-j.pos(), 0)
	}
	if j.Count != ToEOF {
		ask = min(ask, j.Count-j.File)
	}
	return ask
}

// resume readies a job that may have ended short: its file may have grown since.
func (j *Job) resume() {
	if j.short() {
		j.EOF = false
	}
}

// sum is the number of bytes in bufs.
func sum(bufs [][]byte) (n int64) {
	for _, b := range bufs {
		n += int64(len(b))
	}
	return n
}

// vec is what has not left of a caller's slices. They are only read.
type vec struct {
	bufs [][]byte // from the first that has bytes left
	skip int      // bytes of bufs[0] that left
	left int64
}

// start points v at bufs, of which some bytes may have left.
func (v *vec) start(bufs [][]byte, sent int64) {
	v.bufs, v.skip, v.left = bufs, 0, sum(bufs)
	if sent > 0 {
		v.advance(sent)
	}
}

// advance notes that up to n bytes left, and returns how many it took.
func (v *vec) advance(n int64) int64 {
	n = min(n, v.left)
	v.left -= n
	for rest := n; rest > 0; {
		have := int64(len(v.bufs[0]) - v.skip)
		if rest < have {
			v.skip += int(rest)
			break
		}
		rest -= have
		v.bufs, v.skip = v.bufs[1:], 0
	}
	return n
}

// maxWrite is the most of the headers, or of the trailers, that goes in one
// call. Both and a buffer of the file then have a sum that a 32-bit system can
// return, and that writev takes; FreeBSD's and macOS's kernels refuse 2 GiB, or
// return it as a negative number.
const maxWrite = 1 << 29

// appendTo adds what is left to dst, without empty slices, as far as dst's
// capacity and maxWrite go, and says whether it all went in.
func (v *vec) appendTo(dst [][]byte) ([][]byte, bool) {
	skip, room := v.skip, maxWrite
	for _, b := range v.bufs {
		b, skip = b[skip:], 0
		switch {
		case len(b) == 0:
			continue
		case len(dst) == cap(dst) || room == 0:
			return dst, false
		case len(b) > room:
			return append(dst, b[:room]), false
		}
		dst, room = append(dst, b), room-len(b)
	}
	return dst, true
}
