//go:build unix

package kernelmodel

import (
	"bytes"
	"math"
	"testing"
)

// TestBytes: a choice is below n, whatever the bytes, and takes as many of
// them as n needs.
func TestBytes(t *testing.T) {
	for _, test := range []struct{ n, bytes int }{
		{1, 0}, {2, 1}, {256, 1}, {257, 2}, {1 << 16, 2}, {1<<16 + 1, 3}, {math.MaxInt32, 4},
	} {
		for _, fill := range []byte{0, 1, 0x7f, 0xff} {
			b := Bytes{Left: bytes.Repeat([]byte{fill}, 16)}
			c := b.Choose(test.n)
			if took := 16 - len(b.Left); c < 0 || c >= test.n || took != test.bytes {
				t.Errorf("Choose(%d) of bytes %#x is %d and took %d bytes, want %d", test.n, fill, c, took, test.bytes)
			}
		}
	}
}
