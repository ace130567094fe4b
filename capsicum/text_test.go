package capsicum

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

func checkText(t *testing.T, s Rights) {
	t.Helper()
	text := s.String()
	back, err := ParseRights(text)
	if err != nil || back != s {
		t.Fatalf("%#x is %q, and that reads as %v, %v", s.Raw().Rights, text, back, err)
	}
}

func TestString(t *testing.T) {
	seek := set(t, zsys.CAP_SEEK)
	cut, err := seek.Clear(zsys.CAP_SEEK_TELL)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		s    Rights
		want string
	}{
		{Rights{}, "CAP_NONE"},
		{AllRights(), "CAP_ALL"},
		{set(t, zsys.CAP_READ, zsys.CAP_FSTAT), "CAP_READ|CAP_FSTAT"},
		{set(t, zsys.CAP_FSTAT, zsys.CAP_READ), "CAP_READ|CAP_FSTAT"},
		{set(t, zsys.CAP_SEND, zsys.CAP_RECV), "CAP_READ|CAP_WRITE"},
		{set(t, zsys.CAP_PREAD), "CAP_READ|CAP_SEEK"},
		{set(t, zsys.CAP_MMAP_RX), "CAP_READ|CAP_MMAP_X"},
		{set(t, zsys.CAP_LOOKUP, zsys.CAP_MKDIRAT), "CAP_MKDIRAT"},
		{set(t, zsys.CAP_READ, zsys.CAP_POLL_EVENT), "CAP_READ|CAP_EVENT"},
		{set(t, zsys.CAP_KQUEUE), "CAP_KQUEUE_EVENT|CAP_KQUEUE_CHANGE"},
		{cut, "0x200000000000008"},
		{cut.Merge(set(t, zsys.CAP_EVENT)), "0x200000000000008|CAP_EVENT"},
	} {
		if got := tt.s.String(); got != tt.want {
			t.Errorf("%#x: %q, want %q", tt.s.Raw().Rights, got, tt.want)
		}
		checkText(t, tt.s)
	}
}

func TestTextOfEveryName(t *testing.T) {
	for _, n := range names {
		s := set(t, n.right)
		if got, err := ParseRights(n.text); err != nil || got != s {
			t.Errorf("%s: %v, %v", n.text, got, err)
		}
		checkText(t, s)
		checkText(t, AllRights().Remove(s))
	}
}

func TestParse(t *testing.T) {
	want := set(t, zsys.CAP_READ, zsys.CAP_EVENT)
	for _, text := range []string{
		"CAP_READ|CAP_EVENT", " CAP_EVENT | CAP_READ ", "CAP_RECV|CAP_POLL_EVENT|CAP_READ",
		"0x200000000000001|0x400000000000020", "CAP_NONE|CAP_READ|CAP_EVENT",
	} {
		if got, err := ParseRights(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "|", "CAP_READ|", "CAP_READ CAP_EVENT", "cap_read", "READ", "CAP_READ,CAP_EVENT", "CAP_READ\x00",
		"0x", "0x1", "0x0", "1", "200000000000001", "0x600000000000001", "0x4200000000000001", "-0x1",
		"0x20000000000000001", "CAP_FCNTL_GETFL", "CAP_UNUSED0_57", strings.Repeat("A", 1<<16),
	} {
		got, err := ParseRights(text)
		if !errors.Is(err, syscall.EINVAL) || got != (Rights{}) {
			t.Errorf("%.40q: %v, %v", text, got, err)
		} else if len(err.Error()) > 200 {
			t.Errorf("%.40q: an error of %d bytes", text, len(err.Error()))
		}
	}
}

// The forms for encodings and flags.
func TestMarshal(t *testing.T) {
	want := set(t, zsys.CAP_READ, zsys.CAP_EVENT)
	for _, r := range []Rights{{}, AllRights(), want} {
		text, err := r.MarshalText()
		if err != nil || string(text) != r.String() {
			t.Errorf("%q, %v, want %q", text, err, r.String())
		}
		back := want
		if err := back.UnmarshalText(text); err != nil || back != r {
			t.Errorf("%q reads as %v, %v", text, back, err)
		}
	}
	r := want
	if err := r.UnmarshalText([]byte("CAP_RAED")); !errors.Is(err, syscall.EINVAL) || r != (Rights{}) {
		t.Errorf("a wrong name: %v, %v", r, err)
	}
}

// A newer kernel's rights have no name here, and pass through all the same.
func TestUnknownRightsPassThrough(t *testing.T) {
	s, err := RightsOf(zsys.CapRights{Rights: [2]uint64{zsys.CAP_READ | 1<<50, 1 << 58}})
	if err != nil || s.Valid() {
		t.Fatal(s, err)
	}
	if got, want := s.String(), "CAP_READ|0x204000000000000"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	checkText(t, s)
}

// Every right that the header names is in the table.
func TestTableIsComplete(t *testing.T) {
	have := map[string]bool{"CAP_ALL0": true, "CAP_ALL1": true, "CAP_IOCTLS_ALL": true}
	for _, n := range names {
		have[n.text] = true
	}
	found := 0
	for name := range zsysConstants(t, "CAP_") {
		switch {
		case have[name]:
			found++
		case strings.HasPrefix(name, "CAP_UNUSED"), strings.HasPrefix(name, "CAP_FCNTL_"),
			strings.HasPrefix(name, "CAP_RIGHTS_VERSION"):
		default:
			t.Errorf("%s is missing", name)
		}
	}
	if found < len(names) {
		t.Errorf("%d constants found for %d names", found, len(names))
	}
}

func zsysConstants(t *testing.T, prefix string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../zsys/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := map[string]bool{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, prefix) {
				found[spec.Names[0].Name] = true
			}
			return true
		})
	}
	return found
}

func FuzzParseRights(f *testing.F) {
	for _, n := range names {
		f.Add(n.text)
	}
	f.Add("CAP_READ|CAP_FSTAT| CAP_EVENT")
	f.Add("0x200000000000008|CAP_ALL|CAP_NONE")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseRights(text)
		if err != nil {
			if s != (Rights{}) {
				t.Errorf("%q: an error and %v", text, s)
			}
			return
		}
		checkText(t, s)
	})
}

func BenchmarkMergeContains(b *testing.B) {
	s, _ := NewRights(zsys.CAP_READ, zsys.CAP_EVENT)
	r, _ := NewRights(zsys.CAP_WRITE)
	b.ReportAllocs()
	for b.Loop() {
		if !s.Merge(r).Contains(s) {
			b.Fatal("lost a right")
		}
	}
}

func BenchmarkAppendText(b *testing.B) {
	s, _ := NewRights(zsys.CAP_PREAD, zsys.CAP_FSTAT, zsys.CAP_EVENT)
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = s.AppendText(buf[:0])
	}
}
