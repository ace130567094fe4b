package rawsys

import (
	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

var system = transfer.Solaris

// passes is the set of SF_ flags that reach the kernel: none.
const passes = 0

// pair is a source and a destination on Solaris or illumos. It has not been run there.
type pair struct{ joined }

// Sendfile is sendfile(3EXT). The offset tells what moved; the result may be
// an error or a smaller number all the same.
func (p *pair) Sendfile(off, n int64, _ [][]byte, _ int) (int64, error) {
	end := off
	_, err := unix.Sendfile(p.out, p.in, &end, int(n))
	return end - off, err
}
