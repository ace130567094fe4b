//go:build unix && !linux && !freebsd && !dragonfly && !solaris && (!darwin || ios)

package transfer

import (
	"golang.org/x/sys/unix"
)

// NetBSD, OpenBSD and AIX have no sendfile, and on iOS it has killed processes
// by SIGSYS: they read and write.
// Host is the table of the system that this was compiled for.
var Host = Plain

// passes is the set of SF_ flags that reach the kernel: none.
const passes = 0

// pair is a source and a destination on any Unix system.
type pair struct{ joined }

// Sendfile is never called: Plain has no such call.
func (*pair) Sendfile(int64, int64, [][]byte, int) (int64, error) {
	return 0, unix.ENOSYS
}
