package gotool_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/gotool"
	"github.com/rawsys-go/rawsys/internal/needs"
)

func TestTargets(t *testing.T) {
	needs.Go(t)
	targets, err := gotool.Targets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []gotool.Target{{"freebsd", "riscv64"}, {"freebsd", "386"}, {"windows", "amd64"}, {"js", "wasm"}} {
		if n := len(slices.DeleteFunc(slices.Clone(targets), func(t gotool.Target) bool { return t != want })); n != 1 {
			t.Errorf("%v is in the list %d times", want, n)
		}
	}
}

func TestSelect(t *testing.T) {
	all := []gotool.Target{{"freebsd", "386"}, {"freebsd", "arm"}, {"linux", "arm"}, {"plan9", "arm"}}
	for _, c := range []struct{ patterns, want string }{
		{"", "freebsd/386 freebsd/arm linux/arm plan9/arm"},
		{"freebsd", "freebsd/386 freebsd/arm"},
		{"linux/arm freebsd/386", "freebsd/386 linux/arm"},
		{"[fl]*/arm", "freebsd/arm linux/arm"},
		{"hurd", `target "hurd"`},
		{"freebsd/sparc64", `target "freebsd/sparc64"`},
		{"linux [", `target "["`},
	} {
		got, err := gotool.Select(all, strings.Fields(c.patterns))
		var text []string
		for _, target := range got {
			text = append(text, target.String())
		}
		if err != nil {
			text = []string{err.Error()}
		}
		if !strings.HasPrefix(strings.Join(text, " "), c.want) || err == nil && len(c.want) != len(strings.Join(text, " ")) {
			t.Errorf("Select(%q) = %q, want %q", c.patterns, text, c.want)
		}
	}
}

func TestRun(t *testing.T) {
	needs.Go(t)
	target := gotool.Target{OS: "freebsd", Arch: "arm"}
	out, err := target.Run(t.Context(), t.TempDir(), "env", "GOOS", "GOARCH", "CGO_ENABLED")
	if err != nil || strings.Join(strings.Fields(out), " ") != "freebsd arm 0" {
		t.Errorf("go env for %v: %q, %v", target, out, err)
	}
	_, err = target.Run(t.Context(), t.TempDir(), "list", "no/such/package")
	if err == nil || !strings.Contains(err.Error(), "go list: exit status 1") || !strings.Contains(err.Error(), "no/such/package") {
		t.Errorf("a package that is not there gave %v, want the command and what it printed", err)
	}
}
