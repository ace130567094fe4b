package rawsys

import (
	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

var system = transfer.Linux

// passes is the set of SF_ flags that reach the kernel: none.
const passes = 0

// pair is a source and a destination on Linux.
type pair struct{ vectored }

// Write can hold a segment open for what follows without a socket option.
func (p *pair) Write(bufs [][]byte, more bool) (int, error) {
	if more {
		return p.write(bufs, unix.MSG_MORE)
	}
	return p.write(bufs, 0)
}

// Sendfile is sendfile(2), whose count is only right without an error.
func (p *pair) Sendfile(off, n int64, _, _ [][]byte, _ int) (int64, error) {
	sent, err := unix.Sendfile(p.out, p.in, &off, int(n))
	return int64(sent), err
}

// Hold is TCP_CORK. Clearing it also sends what MSG_MORE left waiting.
func (p *pair) Hold(on bool) { p.cork(unix.TCP_CORK, on) }
