package model

import (
	"fmt"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// layouter lays out one struct in Go.
type layouter struct {
	b     *builder
	s     *facts.Struct
	shape *def.Shape
	own   bool // each port has its own
}

// layout returns the struct's Go fields on a port. Where Go would place a field
// too early, because it aligns 64-bit fields to 4 bytes on 32-bit ports and C
// does not, a pad is put in front of it.
func (l *layouter) layout(p facts.Port) (*Layout, error) {
	size, ok := l.s.Size.Get(p)
	if !ok {
		return nil, fmt.Errorf("does not exist on %s: leave the struct out, or the port", p)
	}
	out := &Layout{Size: size, Align: l.s.Align.On(p), GoAlign: l.b.goAlign(l.s.Type(), p)}
	if l.s.Union {
		return out, l.union(out, p) // one field, which all members share
	}
	end := int64(0)
	for _, f := range l.s.InOrder(p) { // which can be another one on each port
		if unnamedBits(f) || l.roomless(f, p) || l.shared(out, f, p) {
			continue
		}
		field, fieldAlign, err := l.field(f, p)
		if err != nil {
			return nil, fmt.Errorf("field %s %v", f.Name, err)
		}
		if err := out.pad(alignUp(end, fieldAlign), end, field.Offset); err != nil {
			return nil, fmt.Errorf("field %s on %v: %v", f.Name, p, err)
		}
		out.Fields = append(out.Fields, field)
		end = field.Offset + field.Size
	}
	if err := out.checkTail(end); err != nil {
		return nil, err
	}
	if err := out.pad(alignUp(end, out.GoAlign), end, size); err != nil {
		return nil, fmt.Errorf("on %v: %v", p, err)
	}
	return out, nil
}

// checkTail refuses fields without room at the very end: Go would make room for
// them, so that a pointer to one does not point behind the struct.
func (out *Layout) checkTail(end int64) error {
	last := len(out.Fields)
	for last > 0 && out.Fields[last-1].Size == 0 {
		last--
	}
	if last == len(out.Fields) || end != out.Size || end == 0 {
		return nil
	}
	var names []string
	for _, f := range out.Fields[last:] {
		names = append(names, f.C)
	}
	return fmt.Errorf("ends in %[1]s, which takes no room, but would in Go: leave it out with hide %[1]s", strings.Join(names, " "))
}

// pad makes up for the room between where Go is and where C is.
func (out *Layout) pad(natural, end, want int64) error {
	switch {
	case natural > want:
		return fmt.Errorf("at %d in C, but Go cannot place it before %d", want, natural)
	case natural < want:
		out.Fields = append(out.Fields, Field{Go: "_", Type: fmt.Sprintf("[%d]byte", want-end), Offset: end, Size: want - end})
	}
	return nil
}

// union makes a union that stands alone one field of storage.
func (l *layouter) union(out *Layout, p facts.Port) error {
	t, err := l.b.storage(l.s, p)
	if err != nil {
		return err
	}
	out.Fields = []Field{{Go: "Storage", Type: t, Size: out.Size}}
	return nil
}

// Storage reports whether s is a union that stands alone: one field, seen
// through views.
func (s *Struct) Storage() bool { return strings.HasPrefix(string(s.Tag), "union.") }

// unnamedBits reports whether a field is bits without a name. A pad makes up for
// their room.
func unnamedBits(f *facts.Field) bool { return strings.HasPrefix(f.Name, ":") }

// roomless reports whether a field that the manifest leaves out takes no room:
// an array without a length, or of none, or an empty struct.
func (l *layouter) roomless(f *facts.Field, p facts.Port) bool {
	if !def.Match(l.shape.Hide, f.Name) || f.Bits.Has(p) {
		return false
	}
	lay, err := l.b.facts.LayoutOf(f.Type.On(p), p)
	return err == nil && lay.Size == 0
}

// shared reports whether a bit-field lies in the storage of the field before it,
// which the manifest has named.
func (l *layouter) shared(out *Layout, f *facts.Field, p facts.Port) bool {
	if !f.Bits.Has(p) || len(out.Fields) == 0 {
		return false
	}
	before := l.s.Field(out.Fields[len(out.Fields)-1].C)
	return before != nil && before.Bits.Has(p) && before.Offset.On(p) == f.Offset.On(p)
}
