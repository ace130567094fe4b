//go:build unix

package transfer_test

import (
	"bytes"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// direct is a file that is read in whole blocks only, as with O_DIRECT.
type direct struct {
	told
	data string
}

func (c *direct) ReadAt(p []byte, off int64) (int, error) {
	if len(p)%512 != 0 || off%512 != 0 {
		return 0, syscall.EINVAL
	}
	return copy(p, c.data[min(off, int64(len(c.data))):]), nil
}

// TestWholeBlocks: any range of a file opened with O_DIRECT.
func TestWholeBlocks(t *testing.T) {
	data := strings.Repeat("0123456789abcde", 20_000)
	for _, offset := range []int64{0, 1, 512, 4095, 4096, 200_000, 299_999, 300_000, 400_000} {
		for _, count := range []int64{transfer.ToEOF, 1, 512, 4096, 70_000} {
			var out bytes.Buffer
			kern := direct{told{Stream: transfer.Stream{W: &out}}, data}
			job := transfer.Job{Offset: offset, Count: count}
			var m transfer.Machine
			m.Start(&job, &kern, transfer.Plain, 0, 5000)
			state, _, err := m.Run()
			want := data[min(offset, int64(len(data))):]
			if count != transfer.ToEOF {
				want = want[:min(count, int64(len(want)))]
			}
			short := int64(len(want)) < count
			if out.String() != want || short != (err == io.ErrUnexpectedEOF) || !short && state != transfer.Done {
				t.Errorf("%d from %d: %d bytes, %v", count, offset, out.Len(), err)
			}
		}
	}
}
