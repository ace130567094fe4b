package extract

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// An installation has headers, but no system call table and no messages. What
// is told here comes from the facts of other releases, the nearest first.

// nearestFirst sorts the other releases by how far they are; of two that are as
// far, the newer one is first.
func (x *extractor) nearestFirst() {
	far := func(f *facts.File) int {
		return max(f.Release.Version-x.release.Version, x.release.Version-f.Release.Version)
	}
	slices.SortFunc(x.Others, func(a, b *facts.File) int {
		return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(b.Release.Version, a.Release.Version))
	})
}

// elsewhere reports whether another release has something. Then this one lacks
// it, and the request is right.
func (x *extractor) elsewhere(has func(*facts.File) bool) bool {
	return slices.ContainsFunc(x.Others, func(f *facts.File) bool { return f.Release.Version != x.release.Version && has(f) })
}

// typeElsewhere reports whether another release has a type.
func (x *extractor) typeElsewhere(w typeWant) bool {
	return x.elsewhere(func(f *facts.File) bool {
		kind, tag, tagged := strings.Cut(w.Text, ".")
		switch {
		case !tagged:
			return f.Typedef(w.Text) != nil
		case kind == "enum":
			return f.Enum(tag) != nil
		}
		return f.Struct(tag) != nil
	})
}

// constElsewhere reports whether another release has a constant that fits.
func (x *extractor) constElsewhere(w Want) bool {
	return x.elsewhere(func(f *facts.File) bool {
		return slices.ContainsFunc(f.Consts, func(c facts.Const) bool { return matches([]Want{w}, c.Name) })
	})
}

// headerElsewhere reports whether another release has something of a header.
func (x *extractor) headerElsewhere(h *Header) bool {
	return slices.ContainsFunc(slices.Concat(h.Typedefs, h.Aggregates), func(w Want) bool { return x.typeElsewhere(typeWant{Want: w}) }) ||
		slices.ContainsFunc(slices.Concat(h.Consts...), x.constElsewhere)
}

// numberPrefix is what sys/syscall.h puts in front of names.
const numberPrefix = "SYS_"

// numbers returns the macros of sys/syscall.h that number a call. A macro that
// stands for another one is a second name.
func (p *probe) numbers() []string {
	var names []string
	for name, m := range p.macros {
		if m.header == "sys/syscall.h" && strings.HasPrefix(name, numberPrefix) && name != "SYS_MAXSYSCALL" && !strings.HasPrefix(m.body, numberPrefix) {
			names = append(names, name)
		}
	}
	return names
}

// borrowTable makes a table of the calls that other releases know, and of the
// types that these need.
func (x *extractor) borrowTable() (*table, error) {
	t := &table{}
	for _, f := range x.Others {
		for _, c := range f.Syscalls {
			t.calls = append(t.calls, c)
			for _, typ := range argTypes(&c) {
				if name := typ.Base(); isTypeName(typ) && !slices.ContainsFunc(t.typed, func(w text.Word) bool { return w.Text == string(name) }) {
					t.typed = append(t.typed, text.Word{Text: string(name)})
				}
			}
		}
	}
	return t, nil
}

// argTypes returns the types in a call's signature.
func argTypes(c *facts.Syscall) []facts.Type {
	var types []facts.Type
	if c.Result != "" {
		types = append(types, c.Result)
	}
	for _, a := range c.Args {
		types = append(types, a.Type)
	}
	return types
}

// lookup returns what the nearest release that knows a call says of it: by its
// name, or by its number if that had another of the same meaning.
func (t *table) lookup(name string, number int) (facts.Syscall, bool) {
	fits := func(c facts.Syscall) bool {
		return c.Result != "" && (c.Name == name || c.Number == number && strings.Trim(c.Name, "_") == strings.Trim(name, "_"))
	}
	i := slices.IndexFunc(t.calls, fits)
	if i < 0 {
		i = slices.IndexFunc(t.calls, func(c facts.Syscall) bool { return c.Name == name })
	}
	if i < 0 {
		return facts.Syscall{Kind: "STD"}, false
	}
	return t.calls[i], t.calls[i].Result != ""
}

// syscalls returns the table's calls, in a base system with its own numbers.
// Calls that have none in sys/syscall.h, because only old programs make them,
// are known to be there when there are facts of the same version.
func (x *extractor) syscalls(p *probe) []facts.Syscall {
	if x.Tree.Source {
		return x.table.calls
	}
	var calls []facts.Syscall
	var unknown []string
	for _, macro := range p.numbers() {
		name := strings.TrimPrefix(macro, numberPrefix)
		n, ok := p.values[macro].Int64()
		if !ok {
			continue
		}
		c, known := x.table.lookup(name, int(n))
		if c.Number, c.Name = int(n), name; !known {
			unknown = append(unknown, name)
		}
		calls = append(calls, c)
	}
	for _, f := range x.Others {
		if f.Release.Version == x.release.Version {
			calls = addMissing(calls, f.Syscalls)
		}
	}
	if slices.Sort(unknown); len(unknown) > 0 {
		x.warn("no signature for the system calls %s: only a source tree has it (-src)", strings.Join(unknown, ", "))
	}
	return calls
}

// addMissing adds the calls of which neither name nor number is there.
func addMissing(calls, more []facts.Syscall) []facts.Syscall {
	for _, c := range more {
		if !slices.ContainsFunc(calls, func(have facts.Syscall) bool { return have.Number == c.Number || have.Name == c.Name }) {
			calls = append(calls, c)
		}
	}
	return calls
}

// borrowTypes adds the types that calls use and no header of a base system
// declares, as another release has them. A call whose types cannot be had loses
// its signature.
func (x *extractor) borrowTypes(f *facts.File) {
	for i := range f.Syscalls {
		c := &f.Syscalls[i]
		for _, typ := range argTypes(c) {
			name := string(typ.Base())
			if !isTypeName(typ) || f.Typedef(name) != nil || x.borrowType(f, name) {
				continue
			}
			x.warn("no signature for system call %s: no headers and facts have its type %s", c.Name, name)
			c.Result, c.Args, c.Variadic = "", nil, false
			break
		}
	}
}

// borrowType adds a type that needs no other one. It tells whether there is one.
func (x *extractor) borrowType(f *facts.File, name string) bool {
	for _, other := range x.Others {
		t := other.Typedef(name)
		if t == nil {
			continue
		}
		typ, _ := t.Type.Any()
		if tag, ok := typ.Tag(); ok && f.Struct(tag) == nil && f.Enum(tag) == nil {
			continue
		}
		out := facts.Typedef{Name: name, Header: t.Header, From: cmp.Or(t.From, other.Release.Name)}
		for _, p := range x.Ports {
			if typ, ok := t.Type.Get(p); ok {
				out.Type.Set(p, typ)
			}
		}
		if _, p := out.Type.Any(); p >= 0 {
			f.Typedefs = append(f.Typedefs, out)
			return true
		}
	}
	return false
}

// asked notes what the release was asked for, so that what it lacks can be told
// from what nobody looked for.
func (x *extractor) asked() []facts.Asked {
	var list []facts.Asked
	add := func(header string, patterns []string) {
		i := slices.IndexFunc(list, func(a facts.Asked) bool { return a.Header == header && slices.Equal(a.Patterns, patterns) })
		if len(patterns) > 0 && i < 0 {
			list = append(list, facts.Asked{Header: header, Patterns: patterns})
		}
	}
	for _, h := range x.Request.Headers {
		var types []string
		for _, w := range h.Typedefs {
			types = append(types, "typedef."+w.Text)
		}
		types = append(types, texts(h.Aggregates)...)
		slices.Sort(types)
		add(h.Name.Text, slices.Compact(types))
		for _, set := range h.Consts {
			add(h.Name.Text, texts(set))
		}
	}
	return list
}

func texts(wants []Want) []string {
	out := make([]string, len(wants))
	for i, w := range wants {
		out[i] = w.Text
	}
	return out
}

// optional reports whether a release need not have something: it is of a later
// one.
func (x *extractor) optional(w Want) bool {
	return def.Later(w.Since, x.release.Name) || def.Later(w.Some, x.release.Name)
}
