package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
	"github.com/rawsys-go/rawsys/gen/internal/since"
)

// TestCoverage writes docs/coverage.md: every system call with its stubs, or the
// reason why it has none, and the counts that go with it.
func TestCoverage(t *testing.T) {
	f, err := facts.Parse(currentFacts, readFile(t, currentFacts))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := def.Parse(currentManifest, readFile(t, currentManifest))
	if err != nil {
		t.Fatal(err)
	}
	root := ".."
	others, err := source{root: &root}.others("defs/freebsd15.facts")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := since.Complete(manifest, f, others); err != nil {
		t.Fatal(err)
	}
	m, err := model.Build(manifest, f)
	if err != nil {
		t.Fatal(err)
	}
	page := coverage(manifest, m, f, others, executed(t))
	const file = "../docs/coverage.md"
	if *update {
		if err := os.WriteFile(file, page, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(readFile(t, file), page) {
		t.Error("docs/coverage.md is not what the definitions say: go test ./gen -run TestCoverage -update")
	}
}

// executed returns on which kernels a test ran each call: lines of a call and
// kernels.
func executed(t *testing.T) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for line := range strings.Lines(string(readFile(t, "../zsys/testdata/executed.txt"))) {
		if name, kernels, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name != "#" {
			out[name] = kernels
		}
	}
	return out
}

func coverage(manifest *def.Manifest, m *model.Model, f *facts.File, others []*facts.File, ran map[string]string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# What is bound\n\nThe families of package zsys, and every system call that a program of FreeBSD %s can make. A test writes this page.\n\n", m.Release)
	b.WriteString(families(m, append(slices.Clone(others), f)))
	b.WriteString("## System calls\n\n")
	fmt.Fprintf(&b, "- %d stubs for %d calls; %d calls are refused.\n", len(m.Calls), len(calls(m)), len(def.Items[*def.Refuse](manifest)))
	b.WriteString(arguments(manifest, m, f))
	fields, consts := 0, 0
	for _, s := range m.Structs {
		l, _ := s.Layout.First()
		fields += len(l.Fields)
	}
	for _, g := range m.Consts {
		consts += len(g.Consts)
	}
	for _, e := range m.Enums {
		consts += len(e.Consts)
	}
	fmt.Fprintf(&b, "- %d structs with %d fields, %d constants.\n\n", len(m.Structs), fields, consts)
	b.WriteString("| call | number | stub | since | capability mode | a test ran it on |\n| --- | --- | --- | --- | --- | --- |\n")
	for i := range f.Syscalls {
		s := &f.Syscalls[i]
		if !numbered(s) {
			continue
		}
		var stubs []string
		first := ""
		for _, c := range m.Calls {
			if c.Name == s.Name {
				stubs, first = append(stubs, c.Go), c.Since
			}
		}
		stub := strings.Join(stubs, ", ")
		for _, r := range def.Items[*def.Refuse](manifest) {
			if r.Name.Text == s.Name {
				stub = "none: " + r.Reason.Text
			}
		}
		allowed := "no"
		if slices.Contains(strings.Split(s.Kind, "|"), "CAPENABLED") {
			allowed = "yes"
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %s |\n", strings.ReplaceAll(s.Name, "_", "\\_"), s.Number, stub, first, allowed, ran[s.Name])
	}
	return b.Bytes()
}

// families is the table of what each family binds, and how much of it each release has.
func families(m *model.Model, releases []*facts.File) string {
	slices.SortFunc(releases, func(a, b *facts.File) int { return cmp.Compare(a.Release.Version, b.Release.Version) })
	rows, all := map[string]*bound{}, newBound(releases)
	for _, name := range m.Families {
		rows[name] = newBound(releases)
	}
	add := func(family string, kind int, has func(*facts.File) bool) {
		rows[family].add(kind, has)
		all.add(kind, has)
	}
	for _, s := range m.Structs {
		tag, _ := s.Tag.Tag()
		add(s.Family, structs, func(f *facts.File) bool { return f.Struct(tag) != nil })
	}
	groups := slices.Clone(m.Consts)
	for _, e := range m.Enums {
		groups = append(groups, &e.ConstGroup)
	}
	for _, g := range groups {
		for _, c := range g.Consts {
			add(g.Family, constants, func(f *facts.File) bool { return hasValue(f, c.Name) })
		}
	}
	for _, c := range m.Calls {
		add(c.Family, stubs, func(f *facts.File) bool {
			call := f.Syscall(c.Name)
			return call != nil && !strings.Contains(call.Kind, "OBSOL")
		})
	}
	var b strings.Builder
	b.WriteString("| family | structs | constants | stubs |")
	for _, f := range releases {
		fmt.Fprintf(&b, " in %s |", f.Release.Name)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---: |", 3+len(releases)) + "\n")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintf(&b, "| %s %s\n", name, rows[name])
	}
	fmt.Fprintf(&b, "| all %s\n\nThe last columns say how many of a family's names the facts of a release have. Types of integers, errnos and numbers of calls are not counted.\n\n", all)
	return b.String()
}

// hasValue reports whether a release has a constant, as a macro, an enumerator or an errno.
func hasValue(f *facts.File, name string) bool {
	return f.Const(name) != nil || slices.ContainsFunc(f.Errnos, func(e facts.Errno) bool { return e.Name == name }) ||
		slices.ContainsFunc(f.Enums, func(e facts.Enum) bool {
			return slices.ContainsFunc(e.Values, func(v facts.EnumValue) bool { return v.Name == name })
		})
}

// kinds of what is bound.
const (
	structs = iota
	constants
	stubs
	kinds
)

// bound counts the names of a family, by kind and by release.
type bound struct {
	kinds    [kinds]int
	releases []*facts.File
	has      []int
}

func newBound(releases []*facts.File) *bound {
	return &bound{releases: releases, has: make([]int, len(releases))}
}

func (n *bound) add(kind int, has func(*facts.File) bool) {
	n.kinds[kind]++
	for i, f := range n.releases {
		if has(f) {
			n.has[i]++
		}
	}
}

// String is the rest of a row.
func (n *bound) String() string {
	s := fmt.Sprintf("| %d | %d | %d |", n.kinds[structs], n.kinds[constants], n.kinds[stubs])
	for _, has := range n.has {
		s += fmt.Sprintf(" %d |", has)
	}
	return s
}

func calls(m *model.Model) map[string]bool {
	out := make(map[string]bool)
	for _, c := range m.Calls {
		out[c.Name] = true
	}
	return out
}

// arguments counts what the annotations have made of arguments.
func arguments(manifest *def.Manifest, m *model.Model, f *facts.File) string {
	marked, corrected := 0, 0
	for _, s := range f.Syscalls {
		for _, a := range s.Args {
			if numbered(&s) && a.Mark != "" {
				marked++
			}
		}
	}
	for _, c := range def.Items[*def.Call](manifest) {
		corrected += len(c.Marks)
	}
	forms := make(map[model.Form]int)
	unsafe := 0
	for _, c := range m.Calls {
		for _, p := range c.Params {
			forms[p.Form]++
			if p.Type == "unsafe.Pointer" {
				unsafe++
			}
		}
	}
	return fmt.Sprintf("- %d arguments are annotated in syscalls.master; %d annotations are corrected in defs/freebsd.def, each with its reason.\n", marked, corrected) +
		fmt.Sprintf("- In Go %d arguments are strings, %d slices, %d pointers; %d of the pointers are an unsafe.Pointer, where C says void and means several things.\n",
			forms[model.String]+forms[model.StringPtr]+forms[model.Text], forms[model.Slice], forms[model.Pointer]+forms[model.One], unsafe)
}
