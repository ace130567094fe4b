package extract

import (
	"debug/dwarf"
	"strings"
)

// spelling returns a type as C writes it, without array bounds on the outside.
func (t *types) spelling(off dwarf.Offset) (string, error) {
	e, _, err := t.entry(off)
	if err != nil {
		return "", err
	}
	if to, ok := e.Val(dwarf.AttrType).(dwarf.Offset); ok && e.Tag == dwarf.TagArrayType {
		return t.spelling(to)
	}
	return t.declare(off, "")
}

// declare returns the declaration of something of a type; without a name it is
// the type's own.
func (t *types) declare(off dwarf.Offset, name string) (string, error) {
	e, kids, err := t.entry(off)
	if err != nil {
		return "", err
	}
	to, hasType := e.Val(dwarf.AttrType).(dwarf.Offset)
	inner := func(name string) (string, error) {
		if !hasType {
			return join("void", name), nil
		}
		return t.declare(to, name)
	}
	switch e.Tag {
	case dwarf.TagConstType:
		return t.qualified("const", inner, to, hasType, name)
	case dwarf.TagVolatileType:
		return t.qualified("volatile", inner, to, hasType, name)
	case dwarf.TagRestrictType:
		return inner(name)
	case dwarf.TagAtomicType:
		s, err := inner("")
		return join("_Atomic("+s+")", name), err
	case dwarf.TagPointerType:
		if t.needsParentheses(to, hasType) {
			return inner("(*" + name + ")")
		}
		return inner("*" + name)
	case dwarf.TagArrayType:
		return inner(name + string(bounds(kids)))
	case dwarf.TagSubroutineType:
		params, err := t.parameters(kids)
		if err != nil {
			return "", err
		}
		return inner(name + "(" + params + ")")
	}
	return join(named(e), name), nil
}

// named returns how C writes a type that has a name of its own, or should.
func named(e *dwarf.Entry) string {
	word := map[dwarf.Tag]string{dwarf.TagStructType: "struct ", dwarf.TagUnionType: "union ", dwarf.TagEnumerationType: "enum "}[e.Tag]
	tag := attr[string](e, dwarf.AttrName)
	if tag == "" {
		tag = "{...}"
	}
	return word + tag
}

// qualified writes const in front of a type, or behind the * of a pointer.
func (t *types) qualified(word string, inner func(string) (string, error), to dwarf.Offset, hasType bool, name string) (string, error) {
	if hasType {
		e, _, err := t.entry(to)
		if err != nil {
			return "", err
		}
		if e.Tag == dwarf.TagPointerType {
			return inner(join(word, name))
		}
	}
	s, err := inner(name)
	return word + " " + s, err
}

func (t *types) needsParentheses(to dwarf.Offset, hasType bool) bool {
	if !hasType {
		return false
	}
	e, _, err := t.entry(to)
	return err == nil && (e.Tag == dwarf.TagArrayType || e.Tag == dwarf.TagSubroutineType)
}

func (t *types) parameters(kids []*dwarf.Entry) (string, error) {
	var list []string
	for _, k := range kids {
		switch k.Tag {
		case dwarf.TagFormalParameter:
			s, err := t.declare(attr[dwarf.Offset](k, dwarf.AttrType), "")
			if err != nil {
				return "", err
			}
			list = append(list, s)
		case dwarf.TagUnspecifiedParameters:
			list = append(list, "...")
		}
	}
	if list == nil {
		return "void", nil
	}
	return strings.Join(list, ", "), nil
}

func join(typ, name string) string {
	if name == "" {
		return typ
	}
	return typ + " " + name
}
