package rawsys_test

import (
	"io/fs"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// What a FreeBSD system said of a file is read on every system.
func TestFileStat(t *testing.T) {
	st := rawsys.FileStat{
		Mode:     zsys.S_IFDIR | 0o751,
		Flags:    zsys.UF_NODUMP,
		Bsdflags: zsys.SFBSD_NAMEDATTR,
		Atim:     zsys.Timespec{Sec: 1, Nsec: 10},
		Mtim:     zsys.Timespec{Sec: 2, Nsec: 20},
		Ctim:     zsys.Timespec{Sec: 3, Nsec: 30},
		Birthtim: zsys.Timespec{Sec: 4, Nsec: 40},
	}
	if got := st.FileMode(); got != fs.ModeDir|0o751 {
		t.Errorf("mode %v", got)
	}
	if got := st.FlagNames(); got != "nodump" || !st.IsNamedAttr() {
		t.Errorf("flags %q, named attribute %v", got, st.IsNamedAttr())
	}
	for i, tt := range []struct {
		name string
		time func() time.Time
		spec func() (sec, nsec int64)
	}{
		{"access", st.ATime, st.ATimespec},
		{"modification", st.MTime, st.MTimespec},
		{"change", st.CTime, st.CTimespec},
		{"birth", st.BirthTime, st.BirthTimespec},
	} {
		want := time.Unix(int64(i+1), int64(i+1)*10)
		if sec, nsec := tt.spec(); !tt.time().Equal(want) || sec != want.Unix() || nsec != int64(want.Nanosecond()) {
			t.Errorf("%s: %v, %d s and %d ns, want %v", tt.name, tt.time(), sec, nsec, want)
		}
	}
	if st.Birthtim = (zsys.Timespec{Sec: -1}); !st.BirthTime().IsZero() {
		t.Errorf("a file system without birth times: %v", st.BirthTime())
	}
}
