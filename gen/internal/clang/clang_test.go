package clang

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "myclang")
	if err := os.WriteFile(own, []byte("#!/bin/sh\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("CLANG", "")
	if cc, err := Find(""); err == nil || !strings.Contains(err.Error(), "no C compiler clang-19 or clang: install clang") {
		t.Errorf("Find on an empty path: %s, %v", cc, err)
	}
	if cc, err := Find("nosuch"); err == nil || !strings.Contains(err.Error(), "no C compiler nosuch") {
		t.Errorf("Find(nosuch): %s, %v", cc, err)
	}
	t.Setenv("CLANG", "myclang")
	if cc, err := Find(""); err != nil || string(cc) != own {
		t.Errorf("Find with $CLANG: %s, %v", cc, err)
	}
}

func TestDiagnostics(t *testing.T) {
	got := diagnostics(`In file included from <stdin>:1:
/a b/x.h:3:9: error: unknown type name 'foo'
/a b/x.h:3:9: note: declared here
consts:7:1: fatal error: too many: errors
consts:8: error: no column
consts:8:1: warning: not one
2 errors generated.
`)
	want := []Diagnostic{
		{"/a b/x.h", 3, "unknown type name 'foo'", "declared here"},
		{"consts", 7, "too many: errors", ""},
		{"consts", 8, "no column", ""},
	}
	if !slices.Equal(got, want) {
		t.Errorf("diagnostics: %+v\nwant %+v", got, want)
	}
	e := &Error{Diags: append(got, got[1])}
	if lines := e.Lines("consts"); !slices.Equal(lines, []int{6, 7}) {
		t.Errorf("Lines: %v", lines)
	}
}

func TestRun(t *testing.T) {
	cc, err := Find("")
	if err != nil {
		t.Skip(err)
	}
	for _, p := range facts.AllPorts() {
		out, err := cc.Run(t.Context(), Job{Port: p, Release: "15.0", Source: "#ifdef __FreeBSD__\n__FreeBSD__ __SIZEOF_POINTER__\n#endif\n", Args: []string{"-E", "-P"}})
		want := "15 8"
		if p.PointerSize() == 4 {
			want = "15 4"
		}
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", p, got, err, want)
		}
	}
	_, err = cc.Run(t.Context(), Job{Source: "#include <stdio.h>\n", Args: []string{"-E"}})
	var ce *Error
	if !errors.As(err, &ce) || !strings.Contains(err.Error(), "'stdio.h' file not found (compiling for x86_64-unknown-freebsd)") {
		t.Errorf("a header of the host was found: %v", err)
	}
	if _, err := cc.Run(t.Context(), Job{Args: []string{"--no-such-flag"}}); err == nil || errors.As(err, &ce) {
		t.Errorf("an unknown flag: %v", err)
	}
	if _, err := Compiler("/nonexistent/clang").Run(t.Context(), Job{}); err == nil {
		t.Error("a compiler that isn't there ran")
	}
}
