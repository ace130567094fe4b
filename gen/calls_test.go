package main

import (
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// TestEveryCall: every system call that a program of this release can make is bound
// by the manifest, or refused with a reason.
func TestEveryCall(t *testing.T) {
	f, err := facts.Parse(currentFacts, readFile(t, currentFacts))
	if err != nil {
		t.Fatal(err)
	}
	m, err := def.Parse(currentManifest, readFile(t, currentManifest))
	if err != nil {
		t.Fatal(err)
	}
	said := make(map[string]string)
	for _, c := range def.Items[*def.Call](m) {
		said[c.Name.Text] = "bound"
	}
	for _, r := range def.Items[*def.Refuse](m) {
		if said[r.Name.Text] != "" {
			t.Errorf("%s is bound and refused", r.Name.Text)
		}
		said[r.Name.Text] = "refused"
	}
	counts := make(map[string]int)
	for _, s := range f.Syscalls {
		if numbered(&s) {
			counts[said[s.Name]]++
			if said[s.Name] == "" {
				t.Errorf("%s is neither bound nor refused: add a call or refuse line", s.Name)
			}
			delete(said, s.Name)
		}
	}
	for name := range said {
		t.Errorf("%s is no system call of this release", name)
	}
	t.Log(counts)
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
