package model

import (
	"fmt"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// scalars are the Go types of the facts' scalars. A char is a byte: its sign
// differs between ports, and what it holds is text. A bool is a byte too: Go's
// must never hold anything but 0 and 1.
var scalars = map[facts.Type]string{
	"int8": "int8", "int16": "int16", "int32": "int32", "int64": "int64",
	"uint8": "uint8", "uint16": "uint16", "uint32": "uint32", "uint64": "uint64",
	"float32": "float32", "float64": "float64", "bool": "uint8", "char": "byte",
	"int128": "[2]uint64", "uint128": "[2]uint64", // the lower half first: FreeBSD's ports are little-endian
}

const unsafePointer = "unsafe.Pointer"

// goType returns the Go type for a type of the facts, which C spells spelled
// without array bounds.
func (b *builder) goType(t facts.Type, spelled string, p facts.Port) (string, error) {
	if elem, n, ok := t.Array(); ok {
		if n < 0 {
			return "", fmt.Errorf("is a flexible array, which Go has not: leave it out with hide")
		}
		g, err := b.goType(elem, spelled, p)
		return fmt.Sprintf("[%d]%s", n, g), err
	}
	if g, ok := b.ctypes[spelled]; ok {
		return g, nil
	}
	if elem, ok := t.Pointer(); ok {
		return b.pointer(elem, p), nil
	}
	if g, ok := scalars[t]; ok {
		return g, nil
	}
	if g, ok := b.goName[t]; ok {
		return g, nil
	}
	return b.unbound(t, p)
}

// unbound returns a Go type for an aggregate that the manifest does not name:
// the integer of an enum, and storage for a union that only its holder uses.
func (b *builder) unbound(t facts.Type, p facts.Port) (string, error) {
	tag, ok := t.Tag()
	if !ok {
		return "", fmt.Errorf("has type %s, which Go has not: leave it out", t)
	}
	if e := b.facts.Enum(tag); e != nil && t == facts.Type("enum."+tag) {
		return b.goType(e.Type.On(p), "", p)
	}
	s := b.facts.Struct(tag)
	if s == nil || s.Type() != t {
		return "", fmt.Errorf("has type %s, of which there are no facts: extract them again", t)
	}
	if !s.Union {
		return "", fmt.Errorf("has type %s, which is not bound: add %s GONAME, or a view of it", t, strings.Replace(string(t), ".", " ", 1))
	}
	return b.storage(s, p)
}

// storage returns an array that takes the room of a union. Its elements are as
// wide as the alignment is anywhere: where a port aligns 64-bit integers to 4
// bytes, Go does too.
func (b *builder) storage(s *facts.Struct, p facts.Port) (string, error) {
	size, ok := s.Size.Get(p)
	if !ok {
		return "", fmt.Errorf("does not exist on %s: leave it out", p)
	}
	align := int64(1)
	for _, q := range b.out.Ports {
		align = max(align, s.Align.On(q))
	}
	for align > 8 || size%align != 0 { // Go aligns to 8 at most
		align /= 2
	}
	return fmt.Sprintf("[%d]uint%d", size/align, 8*align), nil
}

// pointer returns the Go type of a pointer to elem. What has no Go type is
// behind an unsafe.Pointer.
func (b *builder) pointer(elem facts.Type, p facts.Port) string {
	switch elem {
	case "void", "char":
		return "*byte"
	case "func":
		return "uintptr"
	}
	if g, ok := b.ctypes[string(elem)]; ok {
		return "*" + g
	}
	res, err := b.facts.Resolve(elem, p)
	if err != nil {
		return unsafePointer
	}
	if g, ok := scalars[res]; ok {
		return "*" + g
	}
	if g, ok := b.goName[res]; ok {
		return "*" + g
	}
	if inner, ok := res.Pointer(); ok {
		return "*" + b.pointer(inner, p)
	}
	return unsafePointer
}

// bindTypedef binds a C integer type.
func (b *builder) bindTypedef(s *def.Section, it *def.Typedef) {
	b.take(it.Go.Text, it.Go)
	td := b.facts.Typedef(it.Name.Text)
	if td == nil {
		b.errorf(it.Name, "the facts have no typedef %s: remove the line, or extract them again", it.Name.Text)
		return
	}
	types, err := perClass(b, func(p facts.Port) (string, error) {
		t, ok := td.Type.Get(p)
		if !ok {
			return "", fmt.Errorf("does not exist on %s: leave it out", p)
		}
		return b.goType(t, td.Name, p)
	}, unequal)
	if err != nil {
		b.errorf(it.Name, "typedef %s %v", it.Name.Text, err)
		return
	}
	b.out.Typedefs = append(b.out.Typedefs, &Typedef{Info: info(td.Name, s, &it.Info), Go: it.Go.Text, Type: types})
}
