package extract

import (
	"cmp"
	"debug/dwarf"
	"fmt"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// aggregate records a struct or union and what it holds by value.
func (t *types) aggregate(e *dwarf.Entry, kids []*dwarf.Entry, place string) (facts.Type, error) {
	tag := attr[string](e, dwarf.AttrName)
	name := cmp.Or(tag, place)
	word := kind(e) + facts.Type(name)
	if have := t.structs[name]; have != nil {
		if have.union != (e.Tag == dwarf.TagUnionType) || have.size != attr[int64](e, dwarf.AttrByteSize) {
			return "", fmt.Errorf("two different types would be called %s", name)
		}
		return word, nil
	}
	if attr[bool](e, dwarf.AttrDeclaration) {
		return "", fmt.Errorf("the headers declare %s without saying what is in it", word)
	}
	a := &aggregate{header: t.declared(e), union: e.Tag == dwarf.TagUnionType, size: attr[int64](e, dwarf.AttrByteSize)}
	a.typedef = tag == "" && !strings.Contains(place, ".")
	t.structs[name] = a
	unnamed := 0
	for _, k := range kids {
		if k.Tag != dwarf.TagMember {
			continue
		}
		m, err := t.member(k, name, &unnamed)
		if err != nil {
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
	if width, ok := e.Val(dwarf.AttrBitSize).(int64); ok {
		first := attr[int64](e, dwarf.AttrDataBitOffset)
		size, err := t.size(off)
		if err != nil {
			return m, err
		}
		m.offset = first / (8 * size) * size
		m.bits = facts.Bits{First: first - 8*m.offset, Width: width}
		if m.bits.First+width > 8*size { // a packed one lies across units
			m.offset = first / 8
			m.bits.First = first % 8
		}
	}
	return m, nil
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
