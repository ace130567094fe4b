package extract

import (
	"fmt"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// align works out what debug information leaves out: how structs and fields
// are aligned. The compiler was asked about the types that can be named in C;
// of others, and of fields, the alignment follows from where things lie.
func align(f *facts.File, probes []*probe) error {
	done := map[*facts.Struct]bool{}
	for _, s := range f.Structs {
		if err := alignAll(f, s, probes, done); err != nil {
			return err
		}
	}
	return nil
}

// alignAll aligns a struct on every port, after those that it holds.
func alignAll(f *facts.File, s *facts.Struct, probes []*probe, done map[*facts.Struct]bool) error {
	if done[s] {
		return nil
	}
	done[s] = true
	for i := range s.Fields {
		for _, p := range probes {
			tag, _ := flat(s.Fields[i].Type.On(p.port)).Tag()
			if inner := f.Struct(tag); inner != nil {
				if err := alignAll(f, inner, probes, done); err != nil {
					return err
				}
			}
		}
	}
	for _, p := range probes {
		known := p.aligns[string(s.Type())]
		s.Packed = s.Packed || misaligned(f, s, p.port) || known > 0 && known < natural(f, s, p.port)
	}
	for _, p := range probes {
		if !s.Size.Has(p.port) {
			continue
		}
		a, err := alignStruct(f, s, p.port, p.aligns[string(s.Type())])
		if err != nil {
			return fmt.Errorf("%s on %s: %w", s.Type(), p.port, err)
		}
		s.Align.Set(p.port, a)
	}
	return nil
}

// flat returns the element type of arrays.
func flat(t facts.Type) facts.Type {
	for {
		elem, _, ok := t.Array()
		if !ok {
			return t
		}
		t = elem
	}
}

// misaligned reports whether a field lies where its type's alignment does not
// allow it to: the header asks for a packed layout.
func misaligned(f *facts.File, s *facts.Struct, port facts.Port) bool {
	for i := range s.Fields {
		offset, ok := s.Fields[i].Offset.Get(port)
		l, err := f.LayoutOf(s.Fields[i].Type.On(port), port)
		if ok && err == nil && (offset%l.Align != 0 || s.Size.On(port)%l.Align != 0) {
			return true
		}
	}
	return false
}

// alignStruct returns a struct's alignment, and gives fields theirs where it
// is more than the type's. known is what the compiler said, or 0.
func alignStruct(f *facts.File, s *facts.Struct, port facts.Port, known int64) (int64, error) {
	end, most := int64(0), int64(1) // the end in bits
	for i := range s.Fields {
		field := &s.Fields[i]
		offset, ok := field.Offset.Get(port)
		if !ok {
			continue
		}
		l, err := f.LayoutOf(field.Type.On(port), port)
		if err != nil {
			return 0, err
		}
		if s.Packed {
			l.Align = 1
		}
		if bits, ok := field.Bits.Get(port); ok {
			end, most = max(end, offset*8+bits.First+bits.Width), max(most, l.Align)
			continue
		}
		from := (end + 7) / 8
		if s.Union {
			from = 0
		}
		a := reach(from, l.Align, offset)
		if a == 0 {
			return 0, fmt.Errorf("no alignment puts field %s at offset %d behind %d", field.Name, offset, from)
		}
		if a > l.Align {
			field.Align.Set(port, a)
		}
		end, most = max(end, (offset+l.Size)*8), max(most, a)
	}
	a := reach((end+7)/8, max(most, known), s.Size.On(port))
	if a == 0 {
		return 0, fmt.Errorf("no alignment makes the size %d of fields that end at %d", s.Size.On(port), (end+7)/8)
	}
	return a, nil
}

// natural returns the alignment that a struct has from its fields' types.
func natural(f *facts.File, s *facts.Struct, port facts.Port) int64 {
	most := int64(1)
	for i := range s.Fields {
		if l, err := f.LayoutOf(s.Fields[i].Type.On(port), port); err == nil {
			most = max(most, l.Align)
		}
	}
	return most
}

// reach returns the least alignment, from one on, that leads from an offset to
// another, or 0.
func reach(from, align, to int64) int64 {
	for ; align <= 1<<16; align *= 2 {
		if (from+align-1)/align*align == to {
			return align
		}
	}
	return 0
}
