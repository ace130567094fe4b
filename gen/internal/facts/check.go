package facts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// check looks at what a line alone cannot show: that names mean something,
// and that every layout is one a C compiler could have made.
func (p *parser) check() error {
	for _, t := range p.file.Typedefs {
		for _, port := range p.file.Ports {
			if typ, ok := t.Type.Get(port); ok && !fixed(typ) {
				return p.at["type "+t.Name].Errorf("type %s stands for %s: write a type of known size", t.Name, typ)
			}
		}
	}
	for _, e := range p.file.Enums {
		for _, port := range p.file.Ports {
			if typ, ok := e.Type.Get(port); ok && !strings.Contains(string(typ), "int") {
				return p.at["tag "+e.Name].Errorf("enum %s is held by %s: write an integer type, such as uint32", e.Name, typ)
			}
		}
	}
	for _, s := range p.file.Structs {
		if err := p.checkStruct(s); err != nil {
			return err
		}
	}
	for i := range p.file.Syscalls {
		if err := p.checkSyscall(&p.file.Syscalls[i]); err != nil {
			return err
		}
	}
	return nil
}

// fixed reports whether a type is made of words whose meaning is fixed.
func fixed(t Type) bool {
	base := t.Base()
	_, scalar := scalarSize(base)
	_, tag := base.Tag()
	return scalar || tag || base != t && (base == "void" || base == "func")
}

func (p *parser) checkSyscall(s *Syscall) error {
	types := make([]Type, 0, len(s.Args)+1)
	for _, a := range s.Args {
		types = append(types, a.Type)
	}
	if s.Result != "" && s.Result != "void" {
		types = append(types, s.Result)
	}
	for _, t := range types {
		base := t.Base()
		switch {
		case base == "int" || base == "long" || base == "char" || p.file.Typedef(string(base)) != nil:
		case t != "void" && fixed(t):
		default:
			return p.at["system call "+s.Name].Errorf("system call %s has the type %s, which no typedef fact explains: extract %s too", s.Name, t, base)
		}
	}
	return nil
}

func (p *parser) checkStruct(s *Struct) error {
	at := p.at["tag "+s.Name]
	for _, port := range p.file.Ports {
		if s.Size.Has(port) != s.Align.Has(port) {
			return at.Errorf("%s needs a size and an align line, both for the same ports", s.Type())
		}
	}
	if _, port := s.Size.Any(); port < 0 {
		return at.Errorf("%s needs a size and an align line", s.Type())
	}
	for _, port := range p.file.Ports {
		if err := p.checkLayout(s, port); err != nil {
			return err
		}
	}
	return nil
}

// A walk goes through the fields of a struct on one port.
type walk struct {
	file *File
	s    *Struct
	port Port
	last string // the field before
	end  int64  // bits used up to here

	free  *Field // one that may lie anywhere, or nil
	wrong string // what is wrong with an offset, be it that one's
	off   int64  // by how much
}

func (p *parser) checkLayout(s *Struct, port Port) error {
	order := s.InOrder(port)
	w := &walk{file: p.file, s: s, port: port}
	if err := p.checkFields(w, order); w.wrong != "" {
		return cmp.Or(p.misplaced(s, port, order), err)
	} else if err != nil {
		return err
	}
	for i := range s.Fields {
		if f := &s.Fields[i]; f.Type.Has(port) && !f.Offset.Has(port) {
			return p.at["field "+s.Name+"."+f.Name].Errorf("%s, field %s on %s: an offset, a type and a struct to be in go together", s.Type(), f.Name, port)
		}
	}
	if !s.Size.Has(port) {
		return nil
	}
	size, align := s.Size.On(port), s.Align.On(port)
	if want := alignUp((w.end+7)/8, align); size != want {
		return w.sizeError(p.at["tag "+s.Name], size, want)
	}
	return nil
}

// misplaced returns what is wrong with the one field whose offset, were it what its
// place asks for, would put all fields right: a wrong one may stand behind others
// now, and the first that seems wrong is one of these. Where one fits into several
// places, or several fields do, as into padding, the order in which the facts have
// them decides, and then what is nearest. It is nil if there is none.
func (p *parser) misplaced(s *Struct, port Port, order []*Field) error {
	var best *walk
	var written []*Field // as far as the port has them
	for i := range s.Fields {
		if f := &s.Fields[i]; slices.Contains(order, f) {
			written = append(written, f)
		}
	}
	for i, f := range order {
		others := slices.Delete(slices.Clone(order), i, i+1)
		for place := range order {
			w := &walk{file: p.file, s: s, port: port, free: f}
			fields := slices.Insert(slices.Clone(others), place, f)
			if p.checkFields(w, fields) != nil || w.wrong == "" {
				continue
			}
			if !slices.Equal(fields, written) {
				w.off += s.Size.On(port) // behind all that agree
			}
			if alignUp((w.end+7)/8, s.Align.On(port)) == s.Size.On(port) && (best == nil || w.off < best.off) {
				best = w
			}
		}
	}
	if best == nil {
		return nil
	}
	return p.at["field "+s.Name+"."+best.free.Name].Errorf("%s, field %s on %s: %s", s.Type(), best.free.Name, port, best.wrong)
}

// checkFields walks through fields in the order in which they are given.
func (p *parser) checkFields(w *walk, fields []*Field) error {
	for i, f := range fields {
		at := p.at["field "+w.s.Name+"."+f.Name]
		if !f.Type.Has(w.port) || !w.s.Size.Has(w.port) {
			return at.Errorf("%s, field %s on %s: an offset, a type and a struct to be in go together", w.s.Type(), f.Name, w.port)
		}
		if msg := w.field(f, i == len(fields)-1); msg != "" {
			return at.Errorf("%s, field %s on %s: %s", w.s.Type(), f.Name, w.port, msg)
		}
	}
	return nil
}

func (w *walk) sizeError(at text.Pos, size, want int64) error {
	return at.Errorf("%s on %s: size %d, but its fields end at %d, which the alignment of %d makes %d: correct one of them",
		w.s.Type(), w.port, size, (w.end+7)/8, w.s.Align.On(w.port), want)
}

// field moves the walk behind f. It returns what is wrong, if anything is.
func (w *walk) field(f *Field, last bool) string {
	if !fixed(f.Type.On(w.port)) {
		return fmt.Sprintf("type %s has no size: write a type of known size", f.Type.On(w.port))
	}
	l, err := w.file.LayoutOf(f.Type.On(w.port), w.port)
	if err != nil {
		return err.Error() + ": extract that too"
	}
	if _, n, ok := f.Type.On(w.port).Array(); ok && n < 0 && (!last || w.s.Union) {
		return "only the last field of a struct can be an array without a length"
	}
	if w.s.Packed {
		l.Align = 1
	}
	if align, ok := f.Align.Get(w.port); ok {
		if align <= l.Align {
			return fmt.Sprintf("align %d is not more than the type's %d: remove it", align, l.Align)
		}
		l.Align = align
	}
	if bits, ok := f.Bits.Get(w.port); ok {
		return w.bitField(f, bits, l)
	}
	if align := w.s.Align.On(w.port); l.Align > align {
		return fmt.Sprintf("it is aligned to %d, its struct only to %d: correct one of them", l.Align, align)
	}
	return w.place(f, l)
}

// place checks that a field lies where C puts it: behind the one before, at
// the next multiple of its alignment.
func (w *walk) place(f *Field, l Layout) string {
	offset, end := f.Offset.On(w.port), (w.end+7)/8
	want := alignUp(end, l.Align)
	if w.s.Union {
		want = 0
	}
	if offset != want {
		kind := "gap"
		if offset < want {
			kind = "overlap"
		}
		msg := fmt.Sprintf("offset %d, expected %d", offset, want)
		if w.last != "" && !w.s.Union {
			msg += fmt.Sprintf(" since %s ends at %d", w.last, end)
		}
		w.off = max(offset-want, want-offset)
		w.wrong = fmt.Sprintf("%s (%s): correct one of them, or write align N if the header asks for it", msg, kind)
		if f != w.free {
			return w.wrong
		}
		offset = want
	}
	return w.advance(f, (offset+l.Size)*8)
}

func (w *walk) bitField(f *Field, bits Bits, l Layout) string {
	start := f.Offset.On(w.port)*8 + bits.First
	switch {
	case bits.Width > l.Size*8 || bits.First >= 8 && bits.First+bits.Width > l.Size*8:
		return fmt.Sprintf("bits %s do not fit %s: one that lies across units counts from its first byte", bits, f.Type.On(w.port))
	case !w.s.Union && start < w.end:
		return fmt.Sprintf("bit %d, expected %d or more since %s ends there (overlap): correct one of them", start, w.end, w.last)
	}
	return w.advance(f, start+bits.Width)
}

func (w *walk) advance(f *Field, end int64) string {
	if size := w.s.Size.On(w.port); end > size*8 {
		return fmt.Sprintf("it ends at %d, behind the size of %d: correct one of them", (end+7)/8, size)
	}
	w.end, w.last = max(w.end, end), f.Name
	return ""
}
