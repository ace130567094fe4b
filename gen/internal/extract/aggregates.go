package extract

import (
	"cmp"
	"debug/dwarf"
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// aggregate records a struct or union and what it holds by value.
func (t *types) aggregate(e *dwarf.Entry, kids []*dwarf.Entry, place string) (facts.Type, error) {
	tag := attr[string](e, dwarf.AttrName)
	name := cmp.Or(tag, place)
	if tag == "" && t.tags[place] { // a typedef's name and a tag are two things
		name = place + "." + facts.TypedefSuffix
	}
	word := kind(e) + facts.Type(name)
	if have := t.structs[name]; have != nil {
		if have.at != e.Offset && (have.union != (e.Tag == dwarf.TagUnionType) || have.size != attr[int64](e, dwarf.AttrByteSize)) {
			return "", fmt.Errorf("two different types would be called %s", name)
		}
		return word, nil
	}
	if attr[bool](e, dwarf.AttrDeclaration) {
		return "", fmt.Errorf("the headers declare %s without saying what is in it", word)
	}
	a := &aggregate{at: e.Offset, header: t.declared(e), union: e.Tag == dwarf.TagUnionType, size: attr[int64](e, dwarf.AttrByteSize)}
	a.typedef = tag == "" && !strings.Contains(place, ".")
	a.align = attr[int64](e, attrAlignment)
	t.structs[name] = a
	unnamed := 0
	for _, k := range kids {
		if k.Tag != dwarf.TagMember {
			continue
		}
		m, err := t.member(k, name, &unnamed)
		if err != nil {
			delete(t.structs, name)
			return "", fmt.Errorf("%s.%s: %w", name, m.name, err)
		}
		a.members = append(a.members, m)
	}
	t.order = append(t.order, name)
	return word, nil
}

func (t *types) member(e *dwarf.Entry, place string, unnamed *int) (m member, err error) {
	m.name = attr[string](e, dwarf.AttrName)
	if m.name == "" {
		*unnamed++
		m.name = fmt.Sprintf("$%d", *unnamed)
	}
	off := attr[dwarf.Offset](e, dwarf.AttrType)
	if m.typ, err = t.word(off, place+"."+m.name); err != nil {
		return m, err
	}
	if m.c, err = t.spelling(off); err != nil {
		return m, err
	}
	m.offset = attr[int64](e, dwarf.AttrDataMemberLoc)
	if m.align, err = t.asked(e, off); err != nil {
		return m, err
	}
	if width, ok := e.Val(dwarf.AttrBitSize).(int64); ok {
		err = t.bits(&m, attr[int64](e, dwarf.AttrDataBitOffset), width, off)
	}
	return m, err
}

// bits places a bit-field in its storage unit; a packed one that lies across two
// counts from its first byte.
func (t *types) bits(m *member, first, width int64, off dwarf.Offset) error {
	size, err := t.size(off)
	if err != nil {
		return err
	}
	m.offset = first / (8 * size) * size
	m.bits = facts.Bits{First: first - 8*m.offset, Width: width}
	if m.bits.First+width > 8*size {
		m.offset = first / 8
		m.bits.First = first % 8
	}
	return nil
}

// attrAlignment is what a header asks for with an attribute.
const attrAlignment = dwarf.AttrAlignment

// asked returns the alignment that a header asks for a member, itself or by the
// name of its type, and 0 if it does not.
func (t *types) asked(member *dwarf.Entry, off dwarf.Offset) (int64, error) {
	if a := attr[int64](member, attrAlignment); a > 0 {
		return a, nil
	}
	for {
		e, _, err := t.entry(off)
		if err != nil {
			return 0, err
		}
		switch to, ok := e.Val(dwarf.AttrType).(dwarf.Offset); e.Tag {
		case dwarf.TagTypedef, dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagArrayType:
			if a := attr[int64](e, attrAlignment); a > 0 || !ok {
				return a, nil
			}
			off = to
		default:
			return 0, nil
		}
	}
}

// untagged reports whether what was asked for as a struct has no tag: another one
// holds it by value, by the name of its typedef.
func (t *types) untagged(text string) bool {
	_, name, _ := strings.Cut(text, ".")
	a := t.structs[name]
	return a != nil && a.typedef
}

// holds reports whether a type that was wanted has an aggregate in it.
func (t *types) holds(w typeWant, name string) bool {
	_, tag, _ := strings.Cut(w.Text, ".")
	if td, ok := t.typedefs[w.Text]; ok {
		tag, _ = td.typ.Base().Tag()
	}
	return t.reaches(tag, name)
}

func (t *types) reaches(from, name string) bool {
	a := t.structs[from]
	return from == name || a != nil && slices.ContainsFunc(a.members, func(m member) bool {
		tag, ok := m.typ.Element().Tag()
		return ok && t.reaches(tag, name)
	})
}

// size returns the size of a scalar type.
func (t *types) size(off dwarf.Offset) (int64, error) {
	for {
		e, _, err := t.entry(off)
		if err != nil {
			return 0, err
		}
		if size := attr[int64](e, dwarf.AttrByteSize); size > 0 {
			return size, nil
		}
		to, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
		if !ok {
			return 0, fmt.Errorf("no size in the debug information")
		}
		off = to
	}
}

// enum records an enumeration that has a tag; without one it is its integer.
func (t *types) enum(e *dwarf.Entry, kids []*dwarf.Entry, to dwarf.Offset) (facts.Type, error) {
	typ, err := t.word(to, "")
	tag := attr[string](e, dwarf.AttrName)
	if err != nil || tag == "" {
		return typ, err
	}
	if t.enums[tag] != nil {
		return "enum." + facts.Type(tag), nil
	}
	en := &enum{header: t.declared(e), typ: typ, values: map[string]facts.Int{}}
	for _, k := range kids {
		if k.Tag != dwarf.TagEnumerator {
			continue
		}
		name := attr[string](k, dwarf.AttrName)
		en.names = append(en.names, name)
		en.values[name] = facts.MakeInt(uint64(attr[int64](k, dwarf.AttrConstValue)), typ[0] == 'i')
	}
	t.enums[tag] = en
	return "enum." + facts.Type(tag), nil
}
