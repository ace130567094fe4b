// Package compare says what changed between the facts of two releases, and
// which of it breaks programs that were built for the first.
package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// A Kind of change.
type Kind rune

// The kinds, as they are printed.
const (
	Added   Kind = '+'
	Removed Kind = '-'
	Changed Kind = '~'
)

// A Change is one difference.
type Change struct {
	Kind   Kind
	Name   string
	Detail string
	Breaks bool // programs built for the old release do not run right on the new one
	Values []Values
}

// Values are what something was and is on one port: none where it is missing.
type Values struct {
	What     string // value, type, size, offset, bits
	Port     facts.Port
	Old, New string
}

// A Section is the changes of one sort of fact.
type Section struct {
	Title   string
	Of      string // what each change is of
	Changes []Change
}

// A Report is all that changed from one release to another, on the ports that
// both have.
type Report struct {
	Old, New facts.Release
	Ports    []facts.Port
	Sections []Section
}

// Facts compares two releases.
func Facts(before, after *facts.File) *Report {
	c := &comparison{old: before, new: after}
	for _, p := range before.Ports {
		if slices.Contains(after.Ports, p) {
			c.ports = append(c.ports, p)
		}
	}
	return &Report{before.Release, after.Release, c.ports, []Section{
		{"Types", "typedef", c.typedefs()},
		{"Constants", "constant", c.constants()},
		{"Enumerations", "enum", c.enums()},
		{"Structs", "struct", c.structs()},
		{"Errors", "errno", c.errnos()},
		{"System calls", "syscall", c.syscalls()},
	}}
}

// Count returns how many changes there are, and how many of them break.
func (r *Report) Count() (changes, breaks int) {
	for _, s := range r.Sections {
		for _, c := range s.Changes {
			changes++
			if c.Breaks {
				breaks++
			}
		}
	}
	return changes, breaks
}

// String is the report for people to read.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s (%d) to %s %s (%d), on %v\n", r.Old.System, r.Old.Name, r.Old.Version, r.New.System, r.New.Name, r.New.Version, r.Ports)
	for _, s := range r.Sections {
		if len(s.Changes) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", s.Title)
		for _, c := range s.Changes {
			mark := ' '
			if c.Breaks {
				mark = '!'
			}
			fmt.Fprintf(&b, "%c %c %s\n", mark, c.Kind, strings.TrimSuffix(c.Name+": "+c.Detail, ": "))
		}
	}
	changes, breaks := r.Count()
	if breaks == 0 {
		fmt.Fprintf(&b, "\n%d changes, none of which breaks the ABI.\n", changes)
	} else {
		fmt.Fprintf(&b, "\n%d changes, of which %d break the ABI (marked !): programs built for %s may go wrong on %s.\n", changes, breaks, r.Old.Name, r.New.Name)
	}
	return b.String()
}

type comparison struct {
	old, new *facts.File
	ports    []facts.Port
}

// lists reports what is only in one of two lists and hands pairs to changed,
// which may return a change without a detail: there is none.
func lists[T any](before, after []T, name func(T) string, describe func(T) string, changed func(a, b T) Change) []Change {
	var out []Change
	for _, a := range before {
		i := slices.IndexFunc(after, func(b T) bool { return name(b) == name(a) })
		if i < 0 {
			out = append(out, Change{Kind: Removed, Name: name(a), Detail: describe(a)})
		} else if c := changed(a, after[i]); c.Detail != "" {
			c.Kind, c.Name = Changed, name(a)
			out = append(out, c)
		}
	}
	for _, b := range after {
		if !slices.ContainsFunc(before, func(a T) bool { return name(a) == name(b) }) {
			out = append(out, Change{Kind: Added, Name: name(b), Detail: describe(b)})
		}
	}
	return out
}

// differing adds to a change how a value differs on some ports, and describes
// it once for all that agree on how. It reports whether it differs.
func differing[T comparable](c *Change, what string, ports []facts.Port, a, b facts.PerPort[T]) bool {
	var order []string
	on := map[string][]facts.Port{}
	for _, p := range ports {
		x, hasX := a.Get(p)
		y, hasY := b.Get(p)
		if x == y && hasX == hasY {
			continue
		}
		v := Values{what, p, orNone(x, hasX), orNone(y, hasY)}
		c.Values = append(c.Values, v)
		s := v.Old + " to " + v.New
		if on[s] == nil {
			order = append(order, s)
		}
		on[s] = append(on[s], p)
	}
	for i, s := range order {
		if len(on[s]) < len(ports) {
			order[i] = s + " on " + strings.Trim(fmt.Sprint(on[s]), "[]")
		}
	}
	c.add(what, strings.Join(order, ", "))
	return len(order) > 0
}

// add appends to the detail, naming what it is about unless that is the value
// itself.
func (c *Change) add(what, detail string) {
	if detail == "" {
		return
	}
	if what != "value" {
		detail = what + " " + detail
	}
	if c.Detail != "" {
		c.Detail += "; "
	}
	c.Detail += detail
}

func orNone[T any](x T, has bool) string {
	if !has {
		return "none"
	}
	return fmt.Sprint(x)
}

func first[T comparable](v facts.PerPort[T]) string {
	x, p := v.Any()
	return orNone(x, p >= 0)
}
