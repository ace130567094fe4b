package main

import (
	"cmp"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// TestSince holds the releases that the manifest names against the facts of an
// older one: what that has cannot be younger, and what it lacks must say since
// when there is.
func TestSince(t *testing.T) {
	manifest, err := def.Parse(currentManifest, readFile(t, currentManifest))
	if err != nil {
		t.Fatal(err)
	}
	current, err := facts.Parse(currentFacts, readFile(t, currentFacts))
	if err != nil {
		t.Fatal(err)
	}
	old, err := facts.Parse("freebsd12.facts", readFile(t, "../defs/freebsd12.facts"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Build(manifest, current)
	if err != nil {
		t.Fatal(err)
	}
	s := &sinceCheck{T: t, old: old}
	for _, g := range m.Consts {
		s.consts(g)
	}
	for _, e := range m.Enums {
		s.consts(&e.ConstGroup)
	}
	for _, x := range m.Structs {
		tag, _ := x.Tag.Tag()
		s.want(x.C, x.Since, old.Struct(tag) != nil)
	}
	for _, c := range m.Calls {
		call := old.Syscall(c.Name)
		s.want(c.Name, c.Since, call != nil && !strings.Contains(call.Kind, "OBSOL"))
	}
	t.Logf("%d names were compared, %d of them are younger than %s", s.all, s.young, old.Release.Name)
}

type sinceCheck struct {
	*testing.T
	old        *facts.File
	all, young int
}

func (s *sinceCheck) consts(g *model.ConstGroup) {
	for _, c := range g.Consts {
		there := s.old.Const(c.Name) != nil
		for _, e := range s.old.Errnos {
			there = there || e.Name == c.Name
		}
		s.want(c.Name, cmp.Or(c.Since, g.Since), there)
	}
}

func (s *sinceCheck) want(name, since string, there bool) {
	s.Helper()
	s.all++
	if !there {
		s.young++
	}
	switch younger := def.Later(since, s.old.Release.Name); {
	case there && younger:
		s.Errorf("%s is in %s's facts, but the manifest says since %s", name, s.old.Release.Name, since)
	case !there && since == "":
		s.Errorf("%s is not in %s's facts: say since when there is", name, s.old.Release.Name)
	case !there && !younger:
		s.Errorf("%s is not in %s's facts, but the manifest says since %s", name, s.old.Release.Name, since)
	}
}
