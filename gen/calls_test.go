package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// TestEveryCall binds every system call that the facts hold by one line more in the
// manifest, and proves what comes out for every port. Those that no stub can make
// are refused for the reasons here.
func TestEveryCall(t *testing.T) {
	src := string(readFile(t, currentManifest))
	f, err := facts.Parse(currentFacts, readFile(t, currentFacts))
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{
		"takes a varying number of arguments": "syscall __syscall",
		"does not return":                     "_exit",
	}
	refused := make(map[string][]string)
	lines := ""
	for _, s := range f.Syscalls {
		if strings.Contains(src, "\ncall "+s.Name+" ") || !numbered(&s) {
			continue
		}
		line := "call " + s.Name + " Call" + def.CamelCase(s.Name) + "\n"
		m, err := def.Parse("manifest", []byte(src+line))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := model.Build(m, f); err == nil {
			lines += line
		} else if reason := why(err, reasons); reason == "" {
			t.Errorf("%s: %v", s.Name, err)
		} else {
			refused[reason] = append(refused[reason], s.Name)
		}
	}
	for reason, want := range reasons {
		if got := strings.Join(refused[reason], " "); got != want {
			t.Errorf("refused because it %s: %s, want %s", reason, got, want)
		}
	}
	m, err := def.Parse("manifest", []byte(src+lines))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := produce(m, f); err != nil {
		t.Error(err)
	}
	t.Logf("%d calls were bound, refused: %v", strings.Count(lines, "\n"), slices.Sorted(maps.Values(reasons)))
}

// why returns the reason that an error gives, or nothing.
func why(err error, reasons map[string]string) string {
	for reason := range reasons {
		if strings.Contains(err.Error(), reason) {
			return reason
		}
	}
	return ""
}

// numbered reports whether a call has a number of its own in this release.
func numbered(s *facts.Syscall) bool {
	for _, old := range []string{"COMPAT", "OBSOL", "RESERVED", "UNIMPL", "NODEF"} {
		if strings.Contains(s.Kind, old) {
			return false
		}
	}
	return true
}
