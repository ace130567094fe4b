package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// bindStruct binds a struct or union with a tag.
func (b *builder) bindStruct(s *def.Section, it *def.Struct) {
	kind := "struct"
	if it.Union {
		kind = "union"
	}
	f := b.facts.Struct(it.Name.Text)
	if f == nil || f.Type() != structType(it) {
		b.errorf(it.Name, "the facts have no %s %s: remove it, or extract them again", kind, it.Name.Text)
		return
	}
	c := kind + " " + it.Name.Text
	if tag, path, held := it.Holder(); held {
		holder := b.facts.Struct(tag)
		if holder == nil || !b.binds(tag) {
			b.errorf(it.Name, "%s lies in %s, which is not bound: bind that too", it.Name.Text, tag)
			return
		}
		c = fmt.Sprintf("%s of %s", path, strings.Replace(string(holder.Type()), ".", " ", 1))
	}
	b.addStruct(&Struct{Info: info(c, s, &it.Info), Go: it.Go.Text, Machine: s.Machine}, f, &it.Shape, it.Go)
}

// binds reports whether the manifest binds the aggregate with a tag.
func (b *builder) binds(tag string) bool {
	return slices.ContainsFunc(def.Items[*def.Struct](b.def), func(s *def.Struct) bool { return s.Name.Text == tag })
}

// addStruct lays out s on every port and adds it.
func (b *builder) addStruct(s *Struct, f *facts.Struct, shape *def.Shape, at def.Word) {
	if !s.Machine || !b.shareName(s.Go, f) {
		b.take(s.Go, at)
	}
	if f.Packed {
		b.errorf(at, "%s is packed, which Go has not: leave it out, and read it byte by byte", s.C)
		return
	}
	b.checkShape(f, shape)
	l := &layouter{b: b, s: f, shape: shape, own: s.Machine}
	var layouts PerClass[*Layout]
	var err error
	if s.Machine {
		layouts, err = perMachine(b, f.Size.Has, l.layout)
	} else {
		layouts, err = perClass(b, l.layout, diffLayouts)
	}
	if err != nil {
		b.errorf(at, "%s %v", s.C, err)
		return
	}
	s.Tag, s.Layout = f.Type(), layouts
	b.fieldNames(s, at)
	b.out.Structs = append(b.out.Structs, s)
}

// shareName reports whether other ports have the name already: their structs
// have another tag.
func (b *builder) shareName(goName string, f *facts.Struct) bool {
	shared := false
	for _, s := range b.out.Structs {
		if s.Go != goName {
			continue
		}
		shared = s.Machine
		for _, p := range b.out.Ports {
			if _, ok := s.Layout.On(p); ok && f.Size.Has(p) {
				return false
			}
		}
	}
	return shared
}

// checkShape refuses overrides of fields that are not there.
func (b *builder) checkShape(f *facts.Struct, shape *def.Shape) {
	for _, fd := range shape.Fields {
		if f.Field(fd.Name.Text) == nil {
			b.errorf(fd.Name, "%s has no field %s: remove the line, or name one of %s", f.Type(), fd.Name.Text, fieldList(f))
		}
	}
	for _, h := range shape.Hide {
		one := []def.Word{{Text: strings.TrimPrefix(h.Text, "!")}}
		if !slices.ContainsFunc(f.Fields, func(fd facts.Field) bool { return def.Match(one, fd.Name) }) {
			b.errorf(h, "%s has no field like %s: remove the word, or name one of %s", f.Type(), h.Text, fieldList(f))
		}
	}
}

func fieldList(f *facts.Struct) string {
	var names []string
	for i := range f.Fields {
		if fd := &f.Fields[i]; !unnamedBits(fd) {
			names = append(names, fd.Name)
		}
	}
	return strings.Join(names, ", ")
}

// fieldNames claims the names of fields, which must be unlike.
func (b *builder) fieldNames(s *Struct, at def.Word) {
	seen := make(map[string]def.Word)
	b.fields[s.Go] = seen
	for _, c := range AllClasses() {
		if !s.Layout.Has[c] {
			continue
		}
		own := make(map[string]string)
		for _, f := range s.Layout.Val[c].Fields {
			if f.Go == "_" {
				continue
			}
			if other, ok := own[f.Go]; ok {
				b.errorf(at, "%s: fields %s and %s are both %s in Go: name one with field %s NAME", s.C, other, f.C, f.Go, f.C)
				return
			}
			own[f.Go], seen[f.Go] = f.C, at
		}
	}
}

// field returns the Go field, and what Go aligns it to.
func (l *layouter) field(f *facts.Field, p facts.Port) (Field, int64, error) {
	if f.Bits.Has(p) && l.override(f.Name).Go.Text == "" {
		return Field{}, 0, fmt.Errorf("is a bit-field, which Go has not: name what holds it and those behind it with field %s NAME, or leave the struct out", f.Name)
	}
	t := f.Type.On(p)
	out := Field{C: f.Name, CType: spell(f, t), Offset: f.Offset.On(p)}
	if first, _ := f.Type.Any(); l.own && first.Base() != t.Base() {
		own := *f // the facts have the spelling of the first port: so this is in their words
		own.C = strings.Replace(string(t.Base()), ".", " ", 1)
		out.CType = spell(&own, t)
	}
	lay, err := l.b.facts.LayoutOf(t, p)
	if err != nil {
		return out, 0, err
	}
	out.Size = lay.Size
	if out.Type, err = l.b.goType(t, f.C, p); err != nil {
		return out, 0, err
	}
	if out.Go, err = l.name(f.Name); err != nil {
		return out, 0, err
	}
	if o := l.override(f.Name); o.Type.Text != "" {
		if err := l.b.checkOverride(o.Type.Text, lay.Size, p); err != nil {
			return out, 0, err
		}
		out.Type = o.Type.Text
	}
	return out, l.b.goAlign(t, p), nil
}

// checkOverride wants a Go type of the manifest's choice to be as wide as the C
// type.
func (b *builder) checkOverride(goType string, size int64, p facts.Port) error {
	base := goType
	for _, e := range def.Items[*def.Enum](b.def) {
		if e.Name.Text == goType {
			base = e.Base.Text
		}
	}
	if have, ok := goSize(base, p); !ok || have != size {
		return fmt.Errorf("has %d bytes on %v: %s is no type for it", size, p, goType)
	}
	return nil
}

// goSize returns the size of one of Go's integer types.
func goSize(name string, p facts.Port) (size int64, ok bool) {
	switch name {
	case "int8", "uint8", "byte":
		return 1, true
	case "int16", "uint16":
		return 2, true
	case "int32", "uint32":
		return 4, true
	case "int64", "uint64":
		return 8, true
	case "int", "uint", "uintptr":
		return p.PointerSize(), true
	}
	return 0, false
}

// override returns what the manifest says of a field.
func (l *layouter) override(name string) def.Field {
	for _, f := range l.shape.Fields {
		if f.Name.Text == name {
			return f
		}
	}
	return def.Field{}
}

// name returns a field's Go name.
func (l *layouter) name(c string) (string, error) {
	if o := l.override(c); o.Go.Text != "" {
		return o.Go.Text, nil
	}
	if def.Match(l.shape.Hide, c) {
		return "_", nil
	}
	bare := c
	for _, prefix := range l.shape.Strip {
		if rest, ok := strings.CutPrefix(c, prefix.Text); ok && rest != "" {
			bare = rest
			break
		}
	}
	g := def.CamelCase(bare)
	if g == "" || g[0] < 'A' || g[0] > 'Z' {
		return "", fmt.Errorf("has no Go name: give it one with field %s NAME, or hide it", c)
	}
	return g, nil
}

// goAlign returns what Go aligns a type to: as C does, but at most to a word.
func (b *builder) goAlign(t facts.Type, p facts.Port) int64 {
	t = t.Element()
	tag, _ := t.Tag()
	s := b.facts.Struct(tag)
	if s == nil || s.Type() != t {
		lay, _ := b.facts.LayoutOf(t, p) // the caller has asked before
		return min(lay.Align, p.PointerSize())
	}
	if s.Union {
		return min(s.Align.On(p), p.PointerSize())
	}
	align := int64(1)
	for _, f := range s.Fields {
		if f.Type.Has(p) {
			align = max(align, b.goAlign(f.Type.On(p), p))
		}
	}
	return align
}

// spell returns a field's type as C writes it.
func spell(f *facts.Field, t facts.Type) string {
	bounds := ""
	for {
		elem, n, ok := t.Array()
		if !ok {
			return f.C + bounds
		}
		bounds += fmt.Sprintf("[%d]", n)
		t = elem
	}
}

// diffLayouts names the first thing in which two layouts differ.
func diffLayouts(a, c *Layout) string {
	if a.Size != c.Size {
		return fmt.Sprintf("sizes %d and %d", a.Size, c.Size)
	}
	for i := range min(len(a.Fields), len(c.Fields)) {
		x, y := a.Fields[i], c.Fields[i]
		if x != y {
			return fmt.Sprintf("field %s is %s at %d and %s %s at %d", cmp.Or(x.C, "pad"), x.Type, x.Offset, y.C, y.Type, y.Offset)
		}
	}
	if len(a.Fields) != len(c.Fields) {
		return fmt.Sprintf("%d and %d fields", len(a.Fields), len(c.Fields))
	}
	return ""
}

func alignUp(n, align int64) int64 { return (n + align - 1) / align * align }
