//go:build !ios

package transfer

import (
	"golang.org/x/sys/unix"
)

// Host is the table of the system that this was compiled for.
var Host = Darwin

// passes is the set of SF_ flags that reach the kernel: none.
const passes = 0

// pair is a source and a destination on macOS. It has not been run there.
type pair struct{ joined }

// Sendfile is sendfile(2) through libSystem, without sf_hdtr. A length that is
// still what was asked, with an error, was not stored: had all left there
// would be none. EAGAIN and EINTR do store it.
func (p *pair) Sendfile(off, n int64, _ [][]byte, _ int) (int64, error) {
	sent, err := unix.Sendfile(p.out, p.in, &off, int(n))
	if err != nil && err != unix.EAGAIN && err != unix.EINTR && int64(sent) == n {
		sent = 0
	}
	return int64(sent), err
}
