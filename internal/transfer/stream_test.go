package transfer_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

var errBroken = errors.New("broken")

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

type readerAtFunc func(p []byte, off int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// message is a job and the file that it is about.
func message() (*transfer.Job, io.ReaderAt) {
	return &transfer.Job{Headers: [][]byte{[]byte("head")}, Trailers: [][]byte{[]byte("tail")}, Count: 10}, strings.NewReader("0123456789")
}

// TestErrorWithLastWrite: an error is the caller's also if it comes with the
// last bytes, and nothing is left to send then.
func TestErrorWithLastWrite(t *testing.T) {
	job, file := message()
	var m transfer.Machine
	calls := 0
	w := writerFunc(func(p []byte) (int, error) { calls++; return len(p), errBroken })
	m.Start(job, &transfer.Stream{W: w, R: file}, transfer.Plain, 0, 0)
	if state, op, err := m.Run(); state != transfer.Failed || op != "write" || err != errBroken || job.Sent() != 18 {
		t.Errorf("%v, %q, %v, %+v", state, op, err, job.Progress)
	}
	if state, _, err := m.Run(); state != transfer.Done || err != nil || calls != 1 {
		t.Errorf("once more: %v, %v, %d writes", state, err, calls)
	}
}

// TestBadSources: what a source says that cannot be is not believed, by Read as
// little as by a Machine: not a count out of range, nor that nothing is a byte.
func TestBadSources(t *testing.T) {
	for _, c := range []struct {
		what string
		n    int
		err  error
		end  error // what the transfer ends with; nil: an error of its own
	}{
		{"nothing without an error", 0, nil, io.ErrUnexpectedEOF},
		{"less than nothing", -1, nil, nil},
		{"less than nothing, and the end", -1, io.EOF, nil},
		{"more than there is room for", 1000, nil, nil},
		{"an error", 0, errBroken, errBroken},
	} {
		source := readerAtFunc(func([]byte, int64) (int, error) { return c.n, c.err })
		job, _ := message()
		want := "" // the header stays with a file that cannot be read, but not with one that got shorter
		if c.end == io.ErrUnexpectedEOF {
			want = "head"
		}
		got, err := io.ReadAll(reader{job, source})
		if string(got) != want || err == nil || c.end != nil && err != c.end || job.Sent() != int64(len(want)) {
			t.Errorf("Read, %s: %q, %v, %+v", c.what, got, err, job.Progress)
		}
		job, _ = message()
		var m transfer.Machine
		var w strings.Builder
		m.Start(job, &transfer.Stream{W: &w, R: source}, transfer.Plain, 0, 0)
		if _, _, err := m.Run(); err == nil || c.end != nil && err != c.end || job.Sent() != int64(w.Len()) || w.Len() > 4 {
			t.Errorf("Machine, %s: %q, %v, %+v", c.what, w.String(), err, job.Progress)
		}
	}
}

// reader is a job and its file as an io.Reader.
type reader struct {
	job  *transfer.Job
	file io.ReaderAt
}

func (r reader) Read(p []byte) (int, error) { return r.job.Read(p, r.file) }

// TestErrorWithBytes: bytes that come with an error leave, then the error is told,
// and what goes on begins after them. No trailer vouches for them before.
func TestErrorWithBytes(t *testing.T) {
	for _, last := range []int{4, 10} { // in the middle, and with the last byte
		job, _ := message()
		told := false
		source := readerAtFunc(func(p []byte, off int64) (int, error) {
			n := copy(p, "0123456789"[off:])
			if !told && int(off)+n >= last {
				told = true
				return last - int(off), errBroken
			}
			return n, nil
		})
		var m transfer.Machine
		var w strings.Builder
		m.Start(job, &transfer.Stream{W: &w, R: source}, transfer.Plain, 0, 0)
		if _, _, err := m.Run(); err != errBroken || job.File != int64(last) || w.String() != "head0123456789"[:4+last] {
			t.Errorf("%v, %+v, %q", err, job.Progress, w.String())
		}
		m.Stop()
		m.Start(job, &transfer.Stream{W: &w, R: source}, transfer.Plain, 0, 0)
		if state, _, err := m.Run(); state != transfer.Done || w.String() != "head0123456789tail" {
			t.Errorf("once more: %v, %v, %q", state, err, w.String())
		}
	}
}
