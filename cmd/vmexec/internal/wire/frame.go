// Package wire is what the runner on the host and init in the guest say to each
// other: the job, and the frames that report how it goes.
//
// Frames travel over a serial line of their own, so nothing a test prints can
// be mistaken for one: its output is the payload of a frame. Each frame is
// authenticated with a key that only the two ends know and with its position in
// the stream, so that a process in the guest which writes on the line itself can
// break the conversation but cannot take part in it.
package wire

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
)

// Kind says what a frame's payload is.
type Kind byte

// The kinds of frames, in the order in which they arrive: one Hello, any number
// of runs, one Done. Warning may stand anywhere and Failure ends the stream.
const (
	Hello   Kind = 'H' // the guest is ready; JSON of Greeting
	Start   Kind = 'S' // a run starts; its index in decimal
	Stdout  Kind = 'O' // what the run wrote on standard output
	Stderr  Kind = 'E' // and on standard error
	File    Kind = 'F' // a file that the run left: its path
	Data    Kind = 'D' // that file's next bytes
	Exit    Kind = 'X' // the run is over; JSON of Status
	Done    Kind = 'Q' // all runs are over, the machine goes off
	Warning Kind = 'W' // something that tests may miss; text
	Failure Kind = '!' // init cannot go on; text
)

// MaxPayload is the longest payload of a frame, in bytes.
const MaxPayload = 1 << 16

// KeySize is the length of the key that authenticates frames, in bytes.
const KeySize = 32

// A frame is the two bytes of sync, its kind, the payload's length in four bytes
// with the highest first, the payload, and the first tagSize bytes of the
// HMAC-SHA256 of its number (eight bytes) and all of it from the kind on.
const (
	sync0, sync1 = 'V', 'X'
	headSize     = 2 + 1 + 4
	tagSize      = 16
)

// ErrForged is wrapped by the errors about frames that the other end did not
// write, or that were changed or lost on the way.
var ErrForged = errors.New("frame is not authentic")

type sealer struct {
	mac hash.Hash
	seq uint64
	sum [sha256.Size]byte
}

func newSealer(key []byte) sealer { return sealer{mac: hmac.New(sha256.New, key)} }

// tag authenticates the next frame, given from its kind on. The result is valid
// until the next call.
func (s *sealer) tag(frame []byte) []byte {
	s.mac.Reset()
	var seq [8]byte
	binary.BigEndian.PutUint64(seq[:], s.seq)
	s.seq++
	s.mac.Write(seq[:])
	s.mac.Write(frame)
	return s.mac.Sum(s.sum[:0])[:tagSize]
}

// Writer writes frames. Its methods may be called from several goroutines.
type Writer struct {
	mu  sync.Mutex
	w   io.Writer
	buf []byte
	sealer
}

// NewWriter returns a Writer on w with the key of both ends.
func NewWriter(w io.Writer, key []byte) *Writer {
	return &Writer{w: w, sealer: newSealer(key)}
}

// Send writes payload as frames of one kind, as many as its length takes; an
// empty payload is one frame.
func (w *Writer) Send(kind Kind, payload []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		n := min(len(payload), MaxPayload)
		if err := w.frame(kind, payload[:n]); err != nil {
			return err
		}
		if payload = payload[n:]; len(payload) == 0 {
			return nil
		}
	}
}

func (w *Writer) frame(kind Kind, payload []byte) error {
	w.buf = append(w.buf[:0], sync0, sync1, byte(kind))
	w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(len(payload)))
	w.buf = append(w.buf, payload...)
	w.buf = append(w.buf, w.tag(w.buf[2:])...)
	_, err := w.w.Write(w.buf)
	return err
}

// Reader reads frames.
type Reader struct {
	r   *bufio.Reader
	buf []byte
	sealer
}

// NewReader returns a Reader on r with the key of both ends.
func NewReader(r io.Reader, key []byte) *Reader {
	return &Reader{r: bufio.NewReaderSize(r, 2*MaxPayload), sealer: newSealer(key)}
}

// Next returns the next frame. The payload is valid until the next call. At the
// end of the stream the error is io.EOF, inside a frame io.ErrUnexpectedEOF,
// and for bytes that are no frame of the other end it wraps ErrForged: nothing
// that follows can be believed.
func (r *Reader) Next() (Kind, []byte, error) {
	r.buf = append(r.buf[:0], make([]byte, headSize)...)
	if _, err := io.ReadFull(r.r, r.buf); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(r.buf[3:])
	if r.buf[0] != sync0 || r.buf[1] != sync1 || n > MaxPayload {
		return 0, nil, fmt.Errorf("frame %d: starts with %q: %w", r.seq, r.buf, ErrForged)
	}
	r.buf = append(r.buf, make([]byte, int(n)+tagSize)...)
	if _, err := io.ReadFull(r.r, r.buf[headSize:]); err != nil {
		return 0, nil, noEOF(err)
	}
	frame, tag := r.buf[2:headSize+n], r.buf[headSize+n:]
	if !hmac.Equal(tag, r.tag(frame)) {
		return 0, nil, fmt.Errorf("frame %d: wrong tag: %w", r.seq-1, ErrForged)
	}
	return Kind(frame[0]), r.buf[headSize : headSize+n], nil
}

// noEOF makes an end inside a frame an unexpected one.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
