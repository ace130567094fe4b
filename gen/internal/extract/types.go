package extract

import (
	"cmp"
	"debug/dwarf"
	"errors"
	"fmt"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// attrVector is DW_AT_GNU_vector.
const attrVector dwarf.Attr = 0x2107

// types is what the debug information of one port says.
type types struct {
	data     *dwarf.Data
	name     func(path string) string // of a header
	files    []*dwarf.LineFile
	structs  map[string]*aggregate
	order    []string // of structs, those that hold others behind them
	enums    map[string]*enum
	typedefs map[string]typedef
	tags     map[string]bool      // of structs, unions and enumerations
	macros   map[string]facts.Int // enumerators of enumerations without a tag
	declares map[string]string    // which header each of these is in
	refused  map[string]error     // wanted types that the facts cannot express, by typeWant.Text
}

type aggregate struct {
	at      dwarf.Offset
	header  string
	align   int64 // that the header asks for, or 0
	union   bool
	typedef bool
	size    int64
	members []member
}

type member struct {
	name   string
	offset int64
	typ    facts.Type
	align  int64 // as asked returns it
	bits   facts.Bits
	c      string
}

type enum struct {
	header string
	typ    facts.Type
	names  []string
	values map[string]facts.Int
}

type typedef struct {
	header string
	typ    facts.Type
}

// readTypes reads the types of the program's variables.
// without are those that were found to have no words.
func readTypes(data *dwarf.Data, p *probe, want []typeWant, without map[string]error) (*types, error) {
	t := &types{
		data: data, name: func(path string) string { return p.x.Tree.Name(p.port, path) },
		structs: map[string]*aggregate{}, enums: map[string]*enum{}, typedefs: map[string]typedef{},
		tags: map[string]bool{}, macros: map[string]facts.Int{}, declares: map[string]string{}, refused: map[string]error{},
	}
	vars, err := t.variables()
	if err != nil {
		return nil, err
	}
	for i, w := range want {
		off, ok := vars[fmt.Sprintf("rawsys_type%d", i)]
		if !ok {
			return nil, fmt.Errorf("%s: no debug information about %s", p.port, w.c)
		}
		if without[w.Text] != nil {
			continue
		}
		if err := t.want(off, w); err != nil {
			t.refused[w.Text] = fmt.Errorf("%s: %s: %w", p.port, w.c, err)
		}
	}
	return t, nil
}

// variables returns the types of the program's variables by name.
func (t *types) variables() (map[string]dwarf.Offset, error) {
	r := t.data.Reader()
	unit, err := r.Next()
	if err != nil || unit == nil {
		return nil, fmt.Errorf("no compile unit in the debug information: %w", err)
	}
	lines, err := t.data.LineReader(unit)
	if err != nil {
		return nil, err
	}
	if lines != nil {
		t.files = lines.Files()
	}
	vars := map[string]dwarf.Offset{}
	for {
		e, err := r.Next()
		if err != nil || e == nil || e.Tag == 0 {
			return vars, err
		}
		name := attr[string](e, dwarf.AttrName)
		switch e.Tag {
		case dwarf.TagVariable:
			if typ, ok := e.Val(dwarf.AttrType).(dwarf.Offset); ok {
				vars[name] = typ
			}
		case dwarf.TagStructType, dwarf.TagUnionType, dwarf.TagEnumerationType:
			t.tags[name] = name != ""
			if e.Tag == dwarf.TagEnumerationType && name == "" {
				if err := t.constants(e.Offset); err != nil {
					return nil, err
				}
			}
		}
		r.SkipChildren()
	}
}

// constants notes the enumerators of an enumeration without a tag: they are
// constants like macros.
func (t *types) constants(off dwarf.Offset) error {
	e, kids, err := t.entry(off)
	if err != nil {
		return err
	}
	to := attr[dwarf.Offset](e, dwarf.AttrType)
	typ, err := t.word(to, "")
	if err != nil {
		return nil // a wide one; it is refused where it is asked for
	}
	for _, k := range kids {
		name := attr[string](k, dwarf.AttrName)
		t.macros[name] = facts.MakeInt(uint64(attr[int64](k, dwarf.AttrConstValue)), typ[0] == 'i')
		t.declares[name] = t.declared(e)
	}
	return nil
}

// want reads one type that was asked for.
func (t *types) want(off dwarf.Offset, w typeWant) error {
	e, kids, err := t.entry(off)
	if err != nil {
		return err
	}
	if !w.isTypedef() {
		return t.wantTag(off, w)
	}
	if e.Tag != dwarf.TagPointerType || len(kids) > 0 {
		return fmt.Errorf("a pointer was expected in the debug information, not %s", e.Tag)
	}
	to, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
	if !ok {
		return fmt.Errorf("it stands for void")
	}
	if e, _, err = t.entry(to); err != nil {
		return err
	}
	td := typedef{header: w.header}
	if td.header == "" {
		td.header = t.declared(e)
	}
	if w.table {
		td.typ, err = t.pointee(to, w.Text)
	} else {
		td.typ, err = t.word(to, w.Text)
	}
	t.typedefs[w.Text] = td
	return err
}

// wantTag reads an aggregate or enumeration with a tag.
func (t *types) wantTag(off dwarf.Offset, w typeWant) error {
	word, err := t.word(off, "")
	if err != nil {
		return err
	}
	kind, tag, _ := strings.Cut(w.Text, ".")
	switch {
	case string(word) != w.Text:
		return fmt.Errorf("it is %s in the headers, where %s is a macro: name that", strings.Replace(string(word), ".", " ", 1), tag)
	case w.header == "":
	case kind == "enum":
		t.enums[tag].header = w.header
	default:
		t.structs[tag].header = w.header
	}
	return nil
}

// entry reads an entry and its children, but not theirs.
func (t *types) entry(off dwarf.Offset) (*dwarf.Entry, []*dwarf.Entry, error) {
	r := t.data.Reader()
	r.Seek(off)
	e, err := r.Next()
	if err != nil || e == nil {
		return nil, nil, fmt.Errorf("no entry at %#x: %w", off, err)
	}
	var kids []*dwarf.Entry
	for e.Children {
		kid, err := r.Next()
		if err != nil {
			return nil, nil, err
		}
		if kid == nil || kid.Tag == 0 {
			break
		}
		kids = append(kids, kid)
		r.SkipChildren()
	}
	return e, kids, nil
}

// attr returns an attribute's value, or zero when it is missing.
func attr[T any](e *dwarf.Entry, a dwarf.Attr) T {
	v, _ := e.Val(a).(T)
	return v
}

// declared returns the header that declares an entry.
func (t *types) declared(e *dwarf.Entry) string {
	i := attr[int64](e, dwarf.AttrDeclFile)
	if i < 0 || int(i) >= len(t.files) || t.files[i] == nil {
		return ""
	}
	return t.name(t.files[i].Name)
}

// word returns a type in the facts' words. What it needs by value is recorded;
// place names an aggregate that has no tag.
func (t *types) word(off dwarf.Offset, place string) (facts.Type, error) {
	e, kids, err := t.entry(off)
	if err != nil {
		return "", err
	}
	to, hasType := e.Val(dwarf.AttrType).(dwarf.Offset)
	switch e.Tag {
	case dwarf.TagBaseType:
		return scalar(e)
	case dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagAtomicType:
		return t.word(to, place)
	case dwarf.TagTypedef:
		if !hasType {
			return "", fmt.Errorf("it stands for void")
		}
		return t.word(to, t.place(e, place))
	case dwarf.TagPointerType:
		if !hasType {
			return "*void", nil
		}
		elem, err := t.pointee(to, place)
		return "*" + elem, err
	case dwarf.TagArrayType:
		if attr[bool](e, attrVector) {
			return "", errors.New("the facts have no word for a vector register's type")
		}
		elem, err := t.word(to, place)
		return bounds(kids) + elem, err
	case dwarf.TagStructType, dwarf.TagUnionType:
		return t.aggregate(e, kids, place)
	case dwarf.TagEnumerationType:
		return t.enum(e, kids, to)
	}
	return "", fmt.Errorf("the facts have no word for the type %s %s", e.Tag, attr[string](e, dwarf.AttrName))
}

// pointee is word for what is behind a pointer: tags are not followed.
func (t *types) pointee(off dwarf.Offset, place string) (facts.Type, error) {
	e, kids, err := t.entry(off)
	if err != nil {
		return "", err
	}
	to, hasType := e.Val(dwarf.AttrType).(dwarf.Offset)
	tag := attr[string](e, dwarf.AttrName)
	switch e.Tag {
	case dwarf.TagSubroutineType:
		return "func", nil
	case dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagAtomicType:
		if !hasType {
			return "void", nil
		}
		return t.pointee(to, place)
	case dwarf.TagTypedef:
		if !hasType {
			return "void", nil
		}
		return t.pointee(to, t.place(e, place))
	case dwarf.TagArrayType:
		elem, err := t.pointee(to, place)
		return bounds(kids) + elem, err
	case dwarf.TagStructType, dwarf.TagUnionType:
		if tag != "" {
			return kind(e) + facts.Type(tag), nil
		}
	case dwarf.TagBaseType:
		if typ, err := scalar(e); err == nil {
			return typ, nil
		}
		return "void", nil // long double and its kind: what is pointed at takes no room here
	}
	return t.word(off, place)
}

// place returns what to call an aggregate without a tag behind a typedef: by the
// typedef's name if that is what it stands for. Of an array or a pointer it is
// the name of all, and the place of what has that type stays.
func (t *types) place(typedef *dwarf.Entry, place string) string {
	for e := typedef; ; {
		to, ok := e.Val(dwarf.AttrType).(dwarf.Offset)
		if !ok {
			return place
		}
		var err error
		if e, _, err = t.entry(to); err != nil {
			return place // the caller comes upon it, too
		}
		switch e.Tag {
		case dwarf.TagArrayType, dwarf.TagPointerType:
			return cmp.Or(place, attr[string](typedef, dwarf.AttrName))
		case dwarf.TagTypedef, dwarf.TagConstType, dwarf.TagVolatileType, dwarf.TagRestrictType, dwarf.TagAtomicType:
		default:
			return attr[string](typedef, dwarf.AttrName)
		}
	}
}

func scalar(e *dwarf.Entry) (facts.Type, error) {
	size, name := attr[int64](e, dwarf.AttrByteSize), attr[string](e, dwarf.AttrName)
	const boolean, float, signed, signedChar, unsigned, unsignedChar = 2, 4, 5, 6, 7, 8 // DW_ATE_*
	switch enc := attr[int64](e, dwarf.AttrEncoding); {
	case strings.Contains(name, "_BitInt"):
	case name == "char":
		return "char", nil
	case enc == boolean && size == 1:
		return "bool", nil
	case enc == float && (size == 4 || size == 8):
		return facts.Type(fmt.Sprintf("float%d", size*8)), nil
	case (enc == signed || enc == signedChar) && size <= 16:
		return facts.Type(fmt.Sprintf("int%d", size*8)), nil
	case (enc == unsigned || enc == unsignedChar) && size <= 16:
		return facts.Type(fmt.Sprintf("uint%d", size*8)), nil
	}
	return "", fmt.Errorf("the facts have no word for the type %s of %d bytes", name, size)
}

// bounds returns an array's dimensions.
func bounds(kids []*dwarf.Entry) facts.Type {
	var b strings.Builder
	for _, k := range kids {
		if k.Tag != dwarf.TagSubrangeType {
			continue
		}
		if n, ok := k.Val(dwarf.AttrCount).(int64); ok {
			fmt.Fprintf(&b, "[%d]", n)
		} else if n, ok := k.Val(dwarf.AttrUpperBound).(int64); ok {
			fmt.Fprintf(&b, "[%d]", n+1)
		} else {
			b.WriteString("[]")
		}
	}
	return facts.Type(b.String())
}

func kind(e *dwarf.Entry) facts.Type {
	if e.Tag == dwarf.TagUnionType {
		return "union."
	}
	return "struct."
}
