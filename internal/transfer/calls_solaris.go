package transfer

import (
	"golang.org/x/sys/unix"
)

// Host is the table of the system that this was compiled for.
var Host = Solaris

// passes is the set of SF_ flags that reach the kernel: none.
const passes = 0

// pair is a source and a destination on Solaris or illumos. It has not been run there.
type pair struct {
	joined
	served bool // the destination is of a kind that sendfile serves
}

func (p *pair) reset() {
	p.joined.reset()
	p.served = false
}

// Sendfile is sendfile(3EXT). The offset tells what moved; the result may be
// an error or a smaller number all the same. A destination that is neither a
// socket nor a regular file is not shown to it, for then the offset tells nothing.
func (p *pair) Sendfile(off, n int64, _ [][]byte, _ int) (int64, error) {
	if !p.served {
		var st unix.Stat_t
		if err := unix.Fstat(p.out, &st); err != nil {
			return 0, err
		}
		if kind := st.Mode & unix.S_IFMT; kind != unix.S_IFSOCK && kind != unix.S_IFREG {
			return 0, unix.EAFNOSUPPORT
		}
		p.served = true
	}
	end := off
	_, err := unix.Sendfile(p.out, p.in, &end, int(n))
	return end - off, err
}
