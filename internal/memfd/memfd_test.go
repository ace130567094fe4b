//go:build !plan9

package memfd

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/recording"
	"github.com/rawsys-go/rawsys/zsys"
)

func TestFlags(t *testing.T) {
	const grow, large, seal = zsys.SHM_GROW_ON_WRITE, zsys.SHM_LARGEPAGE, zsys.SHM_ALLOW_SEALING
	const negative16GB = 34<<zsys.MFD_HUGE_SHIFT - 1<<32 // as 32 bits take it
	for _, tt := range []struct {
		flags    int
		oflag    int32
		shmflags int32
		size     uint64
		ok       bool
	}{
		{0, zsys.O_RDWR, grow, 0, true},
		{zsys.MFD_CLOEXEC, zsys.O_RDWR | zsys.O_CLOEXEC, grow, 0, true},
		{zsys.MFD_ALLOW_SEALING, zsys.O_RDWR, grow | seal, 0, true},
		{zsys.MFD_HUGETLB, zsys.O_RDWR, large, 1, true},
		{zsys.MFD_HUGETLB | zsys.MFD_HUGE_2MB, zsys.O_RDWR, large, 2 << 20, true},
		{zsys.MFD_HUGETLB | zsys.MFD_HUGE_64KB | zsys.MFD_ALLOW_SEALING, zsys.O_RDWR, large | seal, 64 << 10, true},
		{zsys.MFD_HUGETLB | zsys.MFD_HUGE_2GB, zsys.O_RDWR, large, 2 << 30, true},
		{zsys.MFD_HUGETLB | negative16GB, zsys.O_RDWR, large, 16 << 30, true},
		{zsys.MFD_HUGE_2MB, 0, 0, 0, false},
		{8, 0, 0, 0, false},
		{1 << 25, 0, 0, 0, false},
		{-1, 0, 0, 0, false},
	} {
		p, err := New("x", tt.flags)
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%#x: %+v, %v", tt.flags, p, err)
		}
		if tt.ok && p != (Plan{"memfd:x", tt.oflag, tt.shmflags, tt.size}) {
			t.Errorf("%#x: %+v", tt.flags, p)
		}
	}
	if bits := 32; bits < strconv.IntSize {
		wide := 1 << bits
		if p, err := New("x", wide|zsys.MFD_CLOEXEC); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%#x: %+v, %v", wide, p, err)
		}
	}
}

func TestName(t *testing.T) {
	const most = zsys.NAME_MAX - len(prefix)
	for _, tt := range []struct {
		name string
		ok   bool
	}{
		{"", true},
		{"a/b", true},
		{strings.Repeat("n", most), true},
		{strings.Repeat("n", most+1), false},
		{"a\x00b", false},
	} {
		p, err := New(tt.name, 0)
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%.20q: %v", tt.name, err)
		}
		if tt.ok && p.Name != prefix+tt.name {
			t.Errorf("%.20q: %q", tt.name, p.Name)
		}
	}
}

func TestPageIndex(t *testing.T) {
	amd64 := []uint64{4 << 10, 2 << 20, 1 << 30}
	for _, tt := range []struct {
		flags int
		want  int
		ok    bool
	}{
		{zsys.MFD_HUGE_2MB, 1, true},
		{zsys.MFD_HUGE_1GB, 2, true},
		{zsys.MFD_HUGE_64KB, 0, false},
		{0, 0, false},
	} {
		p, err := New("x", zsys.MFD_HUGETLB|tt.flags)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.PageIndex(amd64)
		if got != tt.want || (err == nil) != tt.ok || err != nil && !errors.Is(err, syscall.EOPNOTSUPP) {
			t.Errorf("%#x: %d, %v", tt.flags, got, err)
		}
	}
}

// Every plan is a call that the kernel was seen to take, with the effect that
// the flags promise.
func TestKernelAgrees(t *testing.T) {
	type call struct {
		Name           string
		Oflag          int32
		Shmflags       int32
		Errno          int
		FdFlags        int    `json:"fd_flags"`
		Seals          uint32 `json:"seals"`
		AddShrinkErrno int    `json:"add_seal_4_errno"`
		WriteErrno     int    `json:"write_errno"`
	}
	for _, arch := range []string{"amd64", "386", "arm64", "arm"} {
		calls, err := recording.Read[call]("../../testdata/recordings/calls-"+arch+".jsonl.gz", "shm_open2")
		if err != nil {
			t.Fatal(err)
		}
		for flags := range 8 {
			p, err := New("x", flags)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, c := range calls {
				if c.Oflag != p.Flags || c.Shmflags != p.ShmFlags || c.Name != p.Name {
					continue
				}
				found = true
				sealing, cloexec := flags&zsys.MFD_ALLOW_SEALING != 0, flags&zsys.MFD_CLOEXEC != 0
				huge := flags&zsys.MFD_HUGETLB != 0
				if huge && c.Errno != 0 { // a machine without large pages
					continue
				}
				if c.Errno != 0 || (c.FdFlags == 1) != cloexec || (c.Seals == 0) != sealing ||
					(c.AddShrinkErrno == 0) != sealing || (c.WriteErrno == 0) == huge {
					t.Errorf("%s, flags %d: %+v", arch, flags, c)
				}
			}
			if !found {
				t.Errorf("%s, flags %d: %+v is not among the recordings", arch, flags, p)
			}
		}
	}
}

func TestPageSizes(t *testing.T) {
	for _, tt := range []struct {
		long int
		raw  string
		want []uint64
	}{
		{8, "\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 16), []uint64{4096, 2 << 20}},
		{4, "\x00\x10\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00", []uint64{4096, 4 << 20}},
		{8, "\x00\x10", nil},
		{4, "", nil},
	} {
		if got := PageSizes([]byte(tt.raw), tt.long); !slices.Equal(got, tt.want) {
			t.Errorf("%q by %d: %d, want %d", tt.raw, tt.long, got, tt.want)
		}
	}
}
