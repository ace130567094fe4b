package transfer

import (
	"golang.org/x/sys/unix"
)

// Host is the table of the system that this was compiled for.
var Host = DragonFly

// passes is the set of SF_ flags that reach the kernel: it knows none.
const passes = 0

// pair is a source and a destination on DragonFly. It has not been run there.
type pair struct{ joined }

// Sendfile is sendfile(2), with sbytes as the kernel left it.
func (p *pair) Sendfile(off, n int64, _ [][]byte, _ int) (int64, error) {
	sent, err := unix.Sendfile(p.out, p.in, &off, int(n))
	return int64(sent), err
}
