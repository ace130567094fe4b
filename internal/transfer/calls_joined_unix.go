//go:build unix && !linux && !freebsd

package transfer

import (
	"golang.org/x/sys/unix"
)

// joined is a source and a destination that is written one slice at a time:
// several are joined in a buffer, where a vector of them cannot be had without
// libc or an allocation. It holds back nothing.
type joined struct {
	files
	scratch []byte
}

func (j *joined) reset() { j.files = files{} }

// Write is write.
func (j *joined) Write(bufs [][]byte, _ bool) (int, error) {
	n, err := unix.Write(j.out, Join(&j.scratch, bufs))
	return max(n, 0), err
}

// Hold does nothing: the option is missing, or sends nothing when it is cleared.
func (*joined) Hold(bool) bool { return false }

// corked: where there is such an option, Prompt does not touch it.
func corked(int) bool { return false }

// lenient: a pread of nothing may succeed where one of something would not.
const lenient = true
