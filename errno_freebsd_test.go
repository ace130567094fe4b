package rawsys_test

import (
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys"
)

// TestErrnoSyscall compares the messages with package syscall's, which are an older
// release's in lower case.
func TestErrnoSyscall(t *testing.T) {
	known := 0
	for e := rawsys.Errno(1); e <= rawsys.ELAST; e++ {
		theirs := e.Error()
		if strings.HasPrefix(theirs, "errno ") {
			continue // younger than package syscall's table
		}
		known++
		if ours := rawsys.ErrnoMessage(e); !strings.EqualFold(ours, theirs) {
			t.Errorf("%s is %q, in package syscall %q", rawsys.ErrnoName(e), ours, theirs)
		}
	}
	if known < 90 {
		t.Errorf("package syscall knows %d errors only", known)
	}
}
