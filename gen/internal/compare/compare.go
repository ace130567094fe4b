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
}

// A Section is the changes of one sort of fact.
type Section struct {
	Title   string
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
		{"Types", c.typedefs()},
		{"Constants", c.constants()},
		{"Enumerations", c.enums()},
		{"Structs", c.structs()},
		{"Errors", c.errnos()},
		{"System calls", c.syscalls()},
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
// which may return an empty detail. What is gone breaks if goneBreaks.
func lists[T any](before, after []T, name func(T) string, describe func(T) string, changed func(a, b T) (string, bool)) []Change {
	var out []Change
	for _, a := range before {
		i := slices.IndexFunc(after, func(b T) bool { return name(b) == name(a) })
		if i < 0 {
			out = append(out, Change{Kind: Removed, Name: name(a), Detail: describe(a)})
		} else if detail, breaks := changed(a, after[i]); detail != "" {
			out = append(out, Change{Changed, name(a), detail, breaks})
		}
	}
	for _, b := range after {
		if !slices.ContainsFunc(before, func(a T) bool { return name(a) == name(b) }) {
			out = append(out, Change{Kind: Added, Name: name(b), Detail: describe(b)})
		}
	}
	return out
}

// differing describes a value that differs on some ports: once for all that
// agree on how.
func differing[T comparable](ports []facts.Port, a, b facts.PerPort[T]) string {
	var order []string
	on := map[string][]facts.Port{}
	for _, p := range ports {
		x, hasX := a.Get(p)
		y, hasY := b.Get(p)
		if x == y && hasX == hasY {
			continue
		}
		s := fmt.Sprintf("%s to %s", orNone(x, hasX), orNone(y, hasY))
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
	return strings.Join(order, ", ")
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

func (c *comparison) constants() []Change {
	return lists(c.old.Consts, c.new.Consts,
		func(k facts.Const) string { return k.Name },
		func(k facts.Const) string { return first(k.Value) },
		func(a, b facts.Const) (string, bool) {
			d := differing(c.ports, a.Value, b.Value)
			return d, d != ""
		})
}

func (c *comparison) enums() []Change {
	var out []Change
	whole := lists(c.old.Enums, c.new.Enums,
		func(e facts.Enum) string { return "enum " + e.Name },
		func(facts.Enum) string { return "" },
		func(a, b facts.Enum) (string, bool) {
			out = append(out, lists(a.Values, b.Values,
				func(v facts.EnumValue) string { return v.Name },
				func(v facts.EnumValue) string { return first(v.Value) },
				func(a, b facts.EnumValue) (string, bool) {
					d := differing(c.ports, a.Value, b.Value)
					return d, d != ""
				})...)
			return "", false
		})
	return append(whole, out...)
}

func (c *comparison) errnos() []Change {
	return lists(c.old.Errnos, c.new.Errnos,
		func(e facts.Errno) string { return e.Name },
		func(e facts.Errno) string { return fmt.Sprint(e.Number) },
		func(a, b facts.Errno) (string, bool) {
			switch {
			case a.Number != b.Number:
				return fmt.Sprintf("%d to %d", a.Number, b.Number), true
			case a.Message != b.Message:
				return fmt.Sprintf("message %q to %q", a.Message, b.Message), false
			}
			return "", false
		})
}

// typedefs break programs when their size changes; a sign does not. Which there
// are says nothing: facts have those that something else needs.
func (c *comparison) typedefs() []Change {
	all := lists(c.old.Typedefs, c.new.Typedefs,
		func(t facts.Typedef) string { return t.Name },
		func(t facts.Typedef) string { return first(t.Type) },
		func(a, b facts.Typedef) (string, bool) {
			breaks := slices.ContainsFunc(c.ports, func(p facts.Port) bool { return !c.sameRoom(a.Type.On(p), b.Type.On(p), p) })
			return differing(c.ports, a.Type, b.Type), breaks
		})
	return slices.DeleteFunc(all, func(c Change) bool { return c.Kind != Changed })
}

// sameRoom reports whether two types take the same bytes.
func (c *comparison) sameRoom(a, b facts.Type, p facts.Port) bool {
	if a == b {
		return true
	}
	x, err1 := c.old.LayoutOf(a, p)
	y, err2 := c.new.LayoutOf(b, p)
	return err1 == nil && err2 == nil && x.Size == y.Size
}
