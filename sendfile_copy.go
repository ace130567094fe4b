//go:build unix && !linux && !freebsd && !dragonfly && !solaris && (!darwin || ios)

package rawsys

import (
	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// NetBSD, OpenBSD and AIX have no sendfile, and on iOS it has killed processes
// by SIGSYS: they read and write.
var system = transfer.Plain

// passes is the set of SF_ flags that reach the kernel: none.
const passes = 0

// pair is a source and a destination on any Unix system.
type pair struct{ joined }

// Sendfile is never called: transfer.Plain has no such call.
func (*pair) Sendfile(int64, int64, [][]byte, int) (int64, error) {
	return 0, unix.ENOSYS
}
