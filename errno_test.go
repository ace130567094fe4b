package rawsys_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys"
)

func TestErrnoTable(t *testing.T) {
	seen := make(map[string]bool)
	for e := rawsys.Errno(1); e <= rawsys.ELAST; e++ {
		name, msg := rawsys.ErrnoName(e), rawsys.ErrnoMessage(e)
		if !strings.HasPrefix(name, "E") || msg == "" || seen[name] {
			t.Errorf("%d is %q, %q", uintptr(e), name, msg)
		}
		seen[name] = true
		if back, ok := rawsys.ErrnoByName(name); back != e || !ok {
			t.Errorf("ErrnoByName(%q) = %d, %t; want %d", name, uintptr(back), ok, uintptr(e))
		}
	}
	if len(seen) != 97 {
		t.Errorf("%d errors, want FreeBSD 15.0's 97", len(seen))
	}
}

func TestErrnoKnown(t *testing.T) {
	for _, tt := range []struct {
		e         rawsys.Errno
		num       uintptr
		name, msg string
	}{
		{rawsys.EPERM, 1, "EPERM", "Operation not permitted"},
		{rawsys.EAGAIN, 35, "EAGAIN", "Resource temporarily unavailable"},
		{rawsys.EWOULDBLOCK, 35, "EAGAIN", "Resource temporarily unavailable"},
		{rawsys.ENOTCAPABLE, 93, "ENOTCAPABLE", "Capabilities insufficient"},
		{rawsys.ECAPMODE, 94, "ECAPMODE", "Not permitted in capability mode"},
		{rawsys.ELAST, 97, "EINTEGRITY", "Integrity check failed"},
		{0, 0, "", ""},
		{98, 98, "", ""},
		{1 << 31, 1 << 31, "", ""},
		{^rawsys.Errno(0), ^uintptr(0), "", ""},
	} {
		name, msg := rawsys.ErrnoName(tt.e), rawsys.ErrnoMessage(tt.e)
		if uintptr(tt.e) != tt.num || name != tt.name || msg != tt.msg {
			t.Errorf("%d is %q, %q; want %d, %q, %q", uintptr(tt.e), name, msg, tt.num, tt.name, tt.msg)
		}
	}
}

func TestErrnoByName(t *testing.T) {
	for name, want := range map[string]rawsys.Errno{
		"ENOENT": rawsys.ENOENT, "EWOULDBLOCK": rawsys.EAGAIN, "EOPNOTSUPP": rawsys.EOPNOTSUPP, "ENOTSUP": rawsys.EOPNOTSUPP,
		"": 0, "E": 0, "enoent": 0, "ENOENTX": 0, "ELAST": 0,
	} {
		if e, ok := rawsys.ErrnoByName(name); e != want || ok != (want != 0) {
			t.Errorf("ErrnoByName(%q) = %d, %t; want %d", name, uintptr(e), ok, uintptr(want))
		}
	}
}

// TestErrnoIs: values reach the sentinels on every host, wrapped or not.
func TestErrnoIs(t *testing.T) {
	sentinels := map[error][]rawsys.Errno{
		fs.ErrNotExist:        {rawsys.ENOENT},
		fs.ErrExist:           {rawsys.EEXIST, rawsys.ENOTEMPTY},
		fs.ErrPermission:      {rawsys.EPERM, rawsys.EACCES},
		errors.ErrUnsupported: {rawsys.ENOSYS, rawsys.EOPNOTSUPP},
	}
	for sentinel, want := range sentinels {
		var got []rawsys.Errno
		for e := rawsys.Errno(1); e <= rawsys.ELAST; e++ {
			if errors.Is(fmt.Errorf("wrapped: %w", e), sentinel) {
				got = append(got, e)
			}
		}
		for _, e := range want {
			if !errors.Is(e, sentinel) {
				t.Errorf("errors.Is(%s, %v) is false", rawsys.ErrnoName(e), sentinel)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%v is said of %v, want %v", sentinel, got, want)
		}
	}
	if errors.Is(rawsys.EPERM, rawsys.EACCES) || !errors.Is(rawsys.EPERM, rawsys.EPERM) {
		t.Error("errors.Is between errnos is not equality")
	}
}

func TestErrnoError(t *testing.T) {
	if got := strings.ToLower(rawsys.ENOENT.Error()); got != "no such file or directory" {
		t.Errorf("ENOENT.Error() = %q", got)
	}
	if got := rawsys.Errno(12345).Error(); got != "errno 12345" {
		t.Errorf("Errno(12345).Error() = %q", got)
	}
}

func TestErrnoAllocs(t *testing.T) {
	name := string([]byte("EINTEGRITY"))
	sink := 0
	allocs := testing.AllocsPerRun(100, func() {
		for e := rawsys.Errno(0); e <= rawsys.ELAST+1; e++ {
			sink += len(rawsys.ErrnoName(e)) + len(rawsys.ErrnoMessage(e))
		}
		e, _ := rawsys.ErrnoByName(name)
		sink += int(e)
		if errors.Is(rawsys.ENOENT, fs.ErrNotExist) {
			sink++
		}
	})
	if allocs != 0 || sink == 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func BenchmarkErrnoByName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := rawsys.ErrnoByName("ENOTCAPABLE"); !ok {
			b.Fatal("ENOTCAPABLE is unknown")
		}
	}
}

func BenchmarkErrnoMessage(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if rawsys.ErrnoMessage(rawsys.ENOTCAPABLE) == "" {
			b.Fatal("ENOTCAPABLE has no message")
		}
	}
}

func ExampleErrnoByName() {
	e, _ := rawsys.ErrnoByName("ENOENT")
	fmt.Println(uintptr(e), rawsys.ErrnoName(e), rawsys.ErrnoMessage(e))
	// Output: 2 ENOENT No such file or directory
}

func ExampleErrnoName() {
	fmt.Println(rawsys.ErrnoName(93), rawsys.ErrnoName(9999) == "")
	// Output: ENOTCAPABLE true
}

func ExampleErrnoMessage() {
	fmt.Println(rawsys.ErrnoMessage(rawsys.ENOTCAPABLE))
	// Output: Capabilities insufficient
}
