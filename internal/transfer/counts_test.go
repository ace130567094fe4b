//go:build unix

package transfer_test

import (
	"bytes"
	"strings"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// counting is a destination whose sendfile answers as it is told to; all else is a Stream's.
type counting struct {
	transfer.Stream
	n   int64
	err error
}

func (c *counting) Sendfile(int64, int64, [][]byte, int) (int64, error) { return c.n, c.err }

// TestImpossibleCounts: a count below zero or above what was asked is memory
// that nobody wrote to, whatever the table says of the error.
func TestImpossibleCounts(t *testing.T) {
	for _, n := range []int64{-1, 11, 1 << 40} {
		for _, err := range []error{syscall.ECONNABORTED, syscall.EAGAIN} {
			var out bytes.Buffer
			var m transfer.Machine
			kern := &counting{transfer.Stream{W: &out, R: strings.NewReader("0123456789")}, n, err}
			job := transfer.Job{Headers: [][]byte{[]byte("head")}, Count: 6}
			m.Start(&job, kern, transfer.FreeBSD, 0, -1)
			if _, _, e := m.Run(); e != err || job.Sent() != 0 {
				t.Errorf("%d with %v: %v, %+v", n, err, e, job.Progress)
			}
		}
	}
}
