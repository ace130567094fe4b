package transfer

import (
	"errors"
	"io"
)

// joinSize is the most that Join copies together: a full buffer with a header.
const joinSize = bufferSize + 4<<10

// Join makes one slice of several for a destination that takes one at a time:
// the first, if it is alone or large, else a copy of as many as fit into
// scratch, which grows once.
func Join(scratch *[]byte, bufs [][]byte) []byte {
	if len(bufs) == 1 || len(bufs[0]) >= joinSize {
		return bufs[0]
	}
	if *scratch == nil {
		*scratch = make([]byte, 0, joinSize)
	}
	joined := (*scratch)[:0]
	for _, b := range bufs {
		n := min(len(b), cap(joined)-len(joined))
		joined = append(joined, b[:n]...)
	}
	return joined
}

// Stream is the Calls of a writer and a reader that are not, or not known to
// be, descriptors.
type Stream struct {
	W       io.Writer
	R       io.ReaderAt
	scratch []byte
}

// Reset points the stream elsewhere and keeps its buffer.
func (s *Stream) Reset(w io.Writer, r io.ReaderAt) { s.W, s.R = w, r }

// Size is not known: it only matters where there is a choice of ways.
func (s *Stream) Size() (int64, error) { return 0, errors.ErrUnsupported }

// Kind is nothing that matters to a copy.
func (s *Stream) Kind() Kind { return 0 }

// Check knows nothing: a ReadAt says so itself.
func (s *Stream) Check() error { return nil }

// ReadAt reads from R.
func (s *Stream) ReadAt(p []byte, off int64) (int, error) { return readAt(s.R, p, off) }

// readAt is r.ReadAt with a count that can be.
func readAt(r io.ReaderAt, p []byte, off int64) (int, error) {
	n, err := r.ReadAt(p, off)
	if n < 0 || n > len(p) {
		return 0, errCount
	}
	return n, err
}

// Write writes the slices to W in as few calls as their sizes allow.
func (s *Stream) Write(bufs [][]byte, _ bool) (int, error) {
	p := Join(&s.scratch, bufs)
	n, err := s.W.Write(p)
	switch {
	case n < 0 || n > len(p):
		return 0, errCount
	case n < len(p) && err == nil:
		return n, io.ErrShortWrite
	}
	return n, err
}

var errCount = errors.New("reader or writer returned an impossible count")

// Sendfile is never called: Plain has no such call.
func (s *Stream) Sendfile(int64, int64, [][]byte, int) (int64, error) {
	return 0, errors.ErrUnsupported
}

// Hold does nothing.
func (s *Stream) Hold(bool) bool { return false }

// Prompt does nothing.
func (s *Stream) Prompt(bool) {}

// Read fills p with what is left of the job, from its file part read from r.
// It is the other direction of a Machine: the reader takes what it wants.
func (j *Job) Read(p []byte, r io.ReaderAt) (int, error) {
	j.resume()
	var head, tail vec
	head.start(j.Headers, j.Header)
	tail.start(j.Trailers, j.Trailer)
	h := copyOut(p, &head)
	n := h
	if n < len(p) && !j.fileDone() {
		f, err := j.readFile(p[n:], r)
		n += f
		if err != nil {
			if f == 0 && j.Sent() == 0 {
				return 0, err // as in the other forms, no header leaves for a file that cannot be read
			}
			j.Header += int64(h)
			return n, err
		}
	}
	j.Header += int64(h)
	if n < len(p) && j.fileDone() && !j.short() {
		t := copyOut(p[n:], &tail)
		j.Trailer += int64(t)
		n += t
	}
	switch {
	case n > 0 || len(p) == 0:
		return n, nil
	case j.short():
		return 0, io.ErrUnexpectedEOF
	}
	return 0, io.EOF
}

// readFile reads file bytes into p and finds where they end.
func (j *Job) readFile(p []byte, r io.ReaderAt) (int, error) {
	p = p[:min(int64(len(p)), j.ask())]
	if len(p) == 0 {
		j.EOF = true
		return 0, nil
	}
	n, err := readAt(r, p, j.pos())
	j.File += int64(n)
	if n > 0 {
		j.Way |= ByCopy
	}
	if err == io.EOF || n == 0 && err == nil {
		j.EOF, err = j.Count == ToEOF || j.File < j.Count, nil
	}
	return n, err
}

// copyOut copies what is left of v into p.
func copyOut(p []byte, v *vec) (n int) {
	skip := v.skip
	for _, b := range v.bufs {
		n += copy(p[n:], b[skip:])
		skip = 0
	}
	return n
}
