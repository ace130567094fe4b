//go:build freebsd || linux

package shmsync_test

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rawsys-go/rawsys/shmsync"
)

func region(t testing.TB, size int) *shmsync.Region {
	t.Helper()
	r, err := shmsync.Create("test", size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// again maps the memory of a Region a second time.
func again(t testing.TB, r *shmsync.Region) *shmsync.Region {
	t.Helper()
	f, err := dup(r.File())
	if err != nil {
		t.Fatal(err)
	}
	s, err := shmsync.FromFile(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func place[T any](t testing.TB, r *shmsync.Region, offset int) *T {
	t.Helper()
	p, err := shmsync.At[T](r, offset)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Two mappings of one memory in one process: the locks meet, and the race detector
// sees that they do, for memory of Go too.
func TestTwoMappings(t *testing.T) {
	r := region(t, 4096)
	s := again(t, r)
	a, b := place[shmsync.Mutex](t, r, 64), place[shmsync.Mutex](t, s, 64)
	ra, rb := place[shmsync.RWMutex](t, r, 128), place[shmsync.RWMutex](t, s, 128)
	count, total := 0, 0
	var all sync.WaitGroup
	for u := range users {
		all.Go(func() {
			m, rw := a, ra
			if u%2 == 1 {
				m, rw = b, rb
			}
			for range rounds {
				m.Lock()
				count++
				m.Unlock()
				if u < 2 {
					rw.Lock()
					total++
					rw.Unlock()
				} else {
					rw.RLock()
					_ = total
					rw.RUnlock()
				}
			}
		})
	}
	all.Wait()
	if count != users*rounds || total != 2*rounds {
		t.Errorf("%d, %d", count, total)
	}
}

func TestRegionFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "region")
	r, err := shmsync.CreateFile(path, 10000, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := shmsync.CreateFile(path, 10000, 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("created twice: %v", err)
	}
	r.Bytes()[9999] = 7
	s, err := shmsync.Open(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Size() != 10000 || s.Bytes()[9999] != 7 {
		t.Errorf("%d bytes, the last is %d", s.Size(), s.Bytes()[9999])
	}
	for _, size := range []int{10001, -1} {
		if _, err := shmsync.Open(path, size); !errors.Is(err, shmsync.ErrSize) {
			t.Errorf("open with %d bytes: %v", size, err)
		}
	}
	if _, err := shmsync.Open(path+"x", 1); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := shmsync.Create("x", 0); !errors.Is(err, shmsync.ErrSize) {
		t.Error(err)
	}
	if err := errors.Join(r.Close(), r.Close(), s.Close()); err != nil {
		t.Error(err)
	}
}

func TestRegionKeepsItsSize(t *testing.T) {
	r := region(t, 8192)
	if err := r.File().Truncate(0); err == nil {
		t.Error("the file behind a Region can be cut")
	}
}

// Close leaves no descriptor and no mapping.
func TestRegionLeavesNothing(t *testing.T) {
	before := descriptors(t)
	for range 50 {
		r, err := shmsync.Create("leftover", 4096)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := shmsync.Open(os.DevNull, 4096); err == nil {
			t.Fatal("a Region of a device")
		}
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Skip("needs /dev/fd: ", err)
	}
	return len(names)
}

type header struct {
	Lock  shmsync.Mutex
	Ready shmsync.Cond
	N     [4]uint32
	Owner struct{ Robust shmsync.RobustMutex }
}

func TestAt(t *testing.T) {
	r := region(t, 4096)
	if h := place[header](t, r, 8); place[header](t, r, 8) != h {
		t.Error("two places for one offset")
	}
	if s, err := shmsync.SliceAt[uint64](r, 4096-16, 2); err != nil || len(s) != 2 {
		t.Errorf("%v, %v", s, err)
	}
	_, beyond := shmsync.SliceAt[uint64](r, 4096-16, 3)
	_, huge := shmsync.SliceAt[uint64](r, 8, math.MaxInt/8)
	_, before := shmsync.At[uint32](r, -4)
	_, empty := shmsync.At[struct{}](r, 0)
	for _, err := range []error{beyond, huge, before, empty} {
		if !errors.Is(err, shmsync.ErrSize) {
			t.Error(err)
		}
	}
	_, odd := shmsync.At[shmsync.Mutex](r, 2)
	_, half := shmsync.At[header](r, 4)
	_, ptr := shmsync.At[struct{ A struct{ P *int } }](r, 0)
	_, str := shmsync.At[[2]string](r, 0)
	_, slice := shmsync.At[struct{ B []byte }](r, 0)
	for want, err := range map[string]error{"multiple of 4": odd, "multiple of 8": half, "A.P holds pointers": ptr,
		"[] holds pointers": str, ".B holds pointers": slice} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
}
