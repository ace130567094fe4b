package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// structs compares structs, and the fields of those that both releases have.
func (c *comparison) structs() []Change {
	name := func(s *facts.Struct) string { return string(s.Type()) }
	before, after := slices.DeleteFunc(slices.Clone(c.old.Structs), unnamed), slices.DeleteFunc(slices.Clone(c.new.Structs), unnamed)
	out := lists(before, after, name,
		func(s *facts.Struct) string { return "size " + first(s.Size) },
		func(a, b *facts.Struct) (ch Change) {
			ch.Breaks = differing(&ch, "size", c.ports, a.Size, b.Size)
			return ch
		})
	for _, a := range before {
		if b := c.new.Struct(a.Name); b != nil && b.Union == a.Union {
			out = append(out, c.fields(c.promote(c.old, a), c.promote(c.new, b))...)
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// unnamed reports whether a struct or union is a member without a name. What it
// holds is compared as members of its holder, as C programs use them: its number
// among those without a name says nothing.
func unnamed(s *facts.Struct) bool {
	return strings.HasPrefix(s.Name[strings.LastIndexByte(s.Name, '.')+1:], "$")
}

// promote returns a struct with the members of its members without a name.
func (c *comparison) promote(file *facts.File, s *facts.Struct) *facts.Struct {
	flat := *s
	flat.Fields = nil
	for _, f := range s.Fields {
		in := file.Struct(s.Name + "." + f.Name)
		if !strings.HasPrefix(f.Name, "$") || in == nil || !unnamed(in) {
			flat.Fields = append(flat.Fields, f)
			continue
		}
		for _, m := range c.promote(file, in).Fields {
			var at facts.PerPort[int64]
			for _, p := range c.ports {
				outer, ok := f.Offset.Get(p)
				if inner, has := m.Offset.Get(p); ok && has {
					at.Set(p, outer+inner)
				}
			}
			m.Offset = at
			flat.Fields = append(flat.Fields, m)
		}
	}
	return &flat
}

// fields compares the fields of a struct.
func (c *comparison) fields(a, b *facts.Struct) []Change {
	var out []Change
	for i := range a.Fields {
		f := &a.Fields[i]
		g := b.Field(f.Name)
		if g == nil {
			detail, breaks := c.gone(a, b, f)
			out = append(out, Change{Kind: Removed, Name: member(a, f), Detail: detail, Breaks: breaks})
		} else if ch := c.field(f, g); ch.Detail != "" {
			ch.Name = member(a, f)
			out = append(out, ch)
		}
	}
	for i := range b.Fields {
		if g := &b.Fields[i]; a.Field(g.Name) == nil {
			detail := fmt.Sprintf("%s at offset %s", g.C, first(g.Offset))
			if was := c.was(a, b, g); was != "" {
				detail += ", where " + was + " was"
			}
			out = append(out, Change{Kind: Added, Name: member(b, g), Detail: detail})
		}
	}
	return out
}

func member(s *facts.Struct, f *facts.Field) string { return string(s.Type()) + "." + f.Name }

// field compares a field that both have.
func (c *comparison) field(f, g *facts.Field) Change {
	ch := Change{Kind: Changed}
	moved := differing(&ch, "offset", c.ports, f.Offset, g.Offset)
	differing(&ch, "type", c.ports, f.Type, g.Type)
	recut := differing(&ch, "bits", c.ports, f.Bits, g.Bits)
	ch.Breaks = recut || !spare(f.Name) && (moved || !c.sameRooms(f.Type, g.Type))
	return ch
}

// gone describes a field that the new release does not have. It breaks nothing
// when it was a spare, or goes by another name now.
func (c *comparison) gone(a, b *facts.Struct, f *facts.Field) (string, bool) {
	if now := c.at(b, f, c.new); now != "" && a.Field(now) == nil {
		return "called " + now + " now", false
	}
	return first(f.Type) + " at offset " + first(f.Offset), !spare(f.Name)
}

// at returns the field of b that takes the very bytes of f on every port.
func (c *comparison) at(b *facts.Struct, f *facts.Field, file *facts.File) string {
	for _, g := range b.Fields {
		same := func(p facts.Port) bool {
			x, hasX := f.Offset.Get(p)
			y, hasY := g.Offset.Get(p)
			return hasX == hasY && x == y && (!hasX || c.sameRoom(f.Type.On(p), g.Type.On(p), p))
		}
		if !slices.ContainsFunc(c.ports, func(p facts.Port) bool { return !same(p) }) {
			return g.Name
		}
	}
	return ""
}

// was returns the field of the old release that lay where g is now.
func (c *comparison) was(a, b *facts.Struct, g *facts.Field) string {
	if a.Union {
		return ""
	}
	offset, p := g.Offset.Any()
	for _, f := range a.Fields {
		start, ok := f.Offset.Get(p)
		l, err := c.old.LayoutOf(f.Type.On(p), p)
		if ok && err == nil && start <= offset && offset < start+l.Size {
			return f.Name
		}
	}
	return ""
}

// spare reports whether a field's name says that nobody uses it.
func spare(name string) bool {
	return strings.Contains(name, "spare") || strings.Contains(name, "pad") || strings.Contains(name, "filler")
}
