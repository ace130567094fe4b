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
