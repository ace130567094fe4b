package rawsys_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// A structure that was captured on FreeBSD says the same on every system.
func TestFileStatAnywhere(t *testing.T) {
	st := rawsys.FileStat{Mode: zsys.S_IFDIR | 0o755, Bsdflags: zsys.SFBSD_NAMEDATTR}
	st.Mtim = zsys.Timespec{Sec: 1700000000, Nsec: 5}
	st.Birthtim = zsys.Timespec{Sec: -1}
	if got := st.FileMode().String(); got != "drwxr-xr-x" {
		t.Error(got)
	}
	if sec, nsec := st.MTimespec(); sec != 1700000000 || nsec != 5 || !st.MTime().Equal(time.Unix(1700000000, 5)) {
		t.Error(sec, nsec, st.MTime())
	}
	if !st.IsNamedAttr() || (&rawsys.FileStat{}).IsNamedAttr() {
		t.Error("IsNamedAttr")
	}
	if !st.BirthTime().IsZero() {
		t.Errorf("a file system without creation times: %v", st.BirthTime())
	}
}

func ExampleFileStat_FlagNames() {
	st := rawsys.FileStat{Flags: zsys.SF_IMMUTABLE | zsys.UF_NODUMP}
	fmt.Println(st.FlagNames())
	// Output: schg,nodump
}
