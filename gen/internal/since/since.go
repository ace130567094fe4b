// Package since works out from the facts of several releases since when what a
// manifest binds exists, and holds what the manifest says of that against them.
package since

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// Counts say what the facts could tell.
type Counts struct {
	Names   int // that are bound
	Younger int // of them, those that an older release lacks
	Derived int // of them, those of which the manifest says nothing
}

// Complete writes into the manifest since when things exist, where it does not
// say it and the facts of older releases tell: current is what is bound. A
// release that was never asked for something tells nothing. Where the manifest
// contradicts the facts, it returns an error for each place.
func Complete(m *def.Manifest, current *facts.File, others []*facts.File) (Counts, error) {
	c := &completer{releases: []*facts.File{current}}
	for _, f := range others {
		if f.Release.System == current.Release.System && f.Release.Version < current.Release.Version {
			c.releases = append(c.releases, f)
		}
	}
	slices.SortFunc(c.releases, func(a, b *facts.File) int { return cmp.Compare(a.Release.Version, b.Release.Version) })
	c.values = make(map[*facts.File]map[string]bool)
	for _, f := range c.releases {
		c.values[f] = values(f)
	}
	for _, s := range m.Sections {
		for _, it := range s.Items {
			c.item(s, it)
		}
	}
	return c.Counts, errors.Join(c.errs...)
}

type completer struct {
	Counts
	releases []*facts.File                   // the oldest first, the current one last
	values   map[*facts.File]map[string]bool // the names of their macros and errors: thousands are looked for
	errs     []error
}

// values returns the names of a release's macros and errors.
func values(f *facts.File) map[string]bool {
	out := make(map[string]bool, len(f.Consts)+len(f.Errnos))
	for i := range f.Consts {
		out[f.Consts[i].Name] = true
	}
	for i := range f.Errnos {
		out[f.Errnos[i].Name] = true
	}
	return out
}

func (c *completer) item(s *def.Section, it def.Item) {
	switch it := it.(type) {
	case *def.Typedef:
		c.whole(it.About(), func(f *facts.File) (bool, bool) {
			t := f.Typedef(it.Name.Text)
			return t != nil && t.From == "", asked(f, s.Header.Text, "typedef."+it.Name.Text)
		})
	case *def.Struct:
		c.whole(it.About(), func(f *facts.File) (bool, bool) {
			if tag, path, held := it.Holder(); held {
				return member(f, tag, path)
			}
			kind := "struct."
			if it.Union {
				kind = "union."
			}
			return f.Struct(it.Name.Text) != nil, asked(f, s.Header.Text, kind+it.Name.Text)
		})
	case *def.View:
		c.whole(it.About(), func(f *facts.File) (bool, bool) { return member(f, it.Name.Text, it.Path.Text) })
	case *def.Call:
		c.whole(it.About(), func(f *facts.File) (bool, bool) {
			call := f.Syscall(it.Name.Text)
			return call != nil && !strings.Contains(call.Kind, "OBSOL"), true
		})
	case *def.Const:
		c.consts(s, it, slices.DeleteFunc(bound(s, it, c.current()), typed(s, c.current())))
	case *def.Enum:
		c.consts(s, &it.Const, bound(s, &it.Const, c.current()))
	}
}

// member reports whether a release's struct has the member at a path, and
// whether there is such a struct, in which it could be.
func member(f *facts.File, tag, path string) (has, tells bool) {
	s := f.Struct(tag)
	if tells = s != nil; !tells {
		return false, false
	}
	for name := range strings.SplitSeq(path, ".") {
		field := find(f, s, name)
		if field == nil {
			return false, true
		}
		typ, _ := field.Type.Any()
		inner, _ := typ.Base().Tag()
		s = f.Struct(inner)
	}
	return true, true
}

// find returns a field of a struct, or of a member without a name.
func find(f *facts.File, s *facts.Struct, name string) *facts.Field {
	if s == nil {
		return nil
	}
	if field := s.Field(name); field != nil {
		return field
	}
	for i := range s.Fields {
		typ, _ := s.Fields[i].Type.Any()
		tag, _ := typ.Tag()
		if inner := f.Struct(tag); strings.HasPrefix(s.Fields[i].Name, "$") && inner != nil {
			if field := find(f, inner, name); field != nil {
				return field
			}
		}
	}
	return nil
}

// asked reports whether a release was asked for a name of a header.
func asked(f *facts.File, header, name string) bool {
	return slices.ContainsFunc(f.Asked, func(a facts.Asked) bool { return a.Header == header && a.Covers(name) })
}

// A look asks one release for a thing: whether it has it, and whether it would
// tell if it lacked it.
type look func(f *facts.File) (has, tells bool)

// whole completes an item that exists since one release.
func (c *completer) whole(info *def.Info, l look) {
	c.Names++
	if info.Since.Text != "" {
		c.check(info.Name.Text, info.Since, l)
	} else if r := c.derive(l); r != "" {
		info.Since = text.Word{Text: r, Pos: info.Name.Pos}
	}
}

// consts completes a set of constants, each for itself.
func (c *completer) consts(s *def.Section, it *def.Const, names []string) {
	derived := map[string][]text.Word{}
	for _, name := range names {
		c.Names++
		since := it.Info.Since
		for _, r := range it.Since {
			if def.Match(r.Patterns, name) {
				since = r.Release
			}
		}
		l := c.constant(s, it, name)
		if since.Text != "" {
			c.check(name, since, l)
		} else if r := c.derive(l); r != "" {
			derived[r] = append(derived[r], text.Word{Text: name, Pos: it.Info.Name.Pos})
		}
	}
	for _, r := range slices.Sorted(maps.Keys(derived)) {
		list := derived[r]
		release := text.Word{Text: r, Pos: it.Info.Name.Pos}
		if len(list) == len(names) {
			it.Info.Since = release
		} else {
			it.Since = append(it.Since, def.Release{Release: release, Patterns: list})
		}
	}
}

// current returns the facts that are bound.
func (c *completer) current() *facts.File { return c.releases[len(c.releases)-1] }

// typed tells which constants of a header belong to an enum: const items leave
// them out.
func typed(s *def.Section, f *facts.File) func(string) bool {
	names := map[string]bool{}
	for _, it := range s.Items {
		if e, ok := it.(*def.Enum); ok {
			for _, name := range bound(s, &e.Const, f) {
				names[name] = true
			}
		}
	}
	return func(name string) bool { return names[name] }
}

// bound returns the constants that fit a set's patterns.
func bound(s *def.Section, it *def.Const, f *facts.File) []string {
	var names []string
	for _, k := range f.Consts {
		if k.Header == s.Header.Text && def.Match(it.Patterns, k.Name) {
			names = append(names, k.Name)
		}
	}
	for _, p := range it.Patterns {
		tag, ok := strings.CutPrefix(p.Text, "enum.")
		if e := f.Enum(tag); ok && e != nil {
			for _, v := range e.Values {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// constant looks for a macro, an error's name or an enumerator.
func (c *completer) constant(s *def.Section, it *def.Const, name string) look {
	return func(f *facts.File) (bool, bool) {
		if c.values[f][name] {
			return true, true
		}
		tells := asked(f, s.Header.Text, name)
		for _, p := range it.Patterns {
			tag, ok := strings.CutPrefix(p.Text, "enum.")
			if !ok {
				continue
			}
			e := f.Enum(tag)
			if e != nil && slices.ContainsFunc(e.Values, func(v facts.EnumValue) bool { return v.Name == name }) {
				return true, true
			}
			tells = tells || e != nil || asked(f, s.Header.Text, p.Text)
		}
		return false, tells
	}
}

// derive returns the first release that has a thing: exactly where the release
// before is known to lack it, as >12.1 where others lie between, and empty where
// none is known to lack it.
func (c *completer) derive(l look) string {
	for i := len(c.releases) - 2; i >= 0; i-- {
		has, tells := l(c.releases[i])
		if has || !tells {
			continue
		}
		c.Younger++
		c.Derived++
		before, next := c.releases[i].Release.Name, c.releases[i+1].Release.Name
		if follows(before, next) {
			return next
		}
		number, _, _ := strings.Cut(before, "-")
		return ">" + number
	}
	return ""
}

// follows reports whether a release starts the branch behind that of another:
// 15.0 behind 14.3. What the one has and the other lacks came with it, even if
// a later release of the old branch has it too.
func follows(before, next string) bool {
	a, _, _ := strings.Cut(before, ".")
	n, _ := strconv.Atoi(a) // the parser has checked it
	return next == strconv.Itoa(n+1)+".0"
}

// check holds what the manifest says against each release that tells.
func (c *completer) check(name string, since text.Word, l look) {
	younger := false
	for _, f := range c.releases {
		has, tells := l(f)
		later := def.Later(since.Text, f.Release.Name)
		switch {
		case has && later:
			c.errs = append(c.errs, since.Errorf("%s exists since %s, says the manifest, but %s has it: correct the release, or remove it if the facts tell", name, since.Text, f.Release.Name))
			return
		case !has && tells && !later:
			c.errs = append(c.errs, since.Errorf("%s exists since %s, says the manifest, but %s lacks it: correct the release, or remove it if the facts tell", name, since.Text, f.Release.Name))
			return
		}
		younger = younger || !has && tells
	}
	if younger {
		c.Younger++
	}
}
