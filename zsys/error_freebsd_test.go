package zsys

import (
	"syscall"
	"testing"
)

// TestErrorOf: nil is success, everything else the errno itself, and neither
// allocates, whichever errno it is.
func TestErrorOf(t *testing.T) {
	var sink error
	for errno := syscall.Errno(0); errno <= ELAST; errno++ {
		if allocs := testing.AllocsPerRun(10, func() { sink = errorOf(errno) }); allocs != 0 {
			t.Errorf("errno %d: %v allocations", int(errno), allocs)
		}
		if errno == 0 && sink != nil || errno != 0 && sink != errno {
			t.Errorf("errno %d: %#v", int(errno), sink)
		}
	}
}
