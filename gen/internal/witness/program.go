package witness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// A program is what one port's facts claim, an assertion a line.
type program struct {
	facts   *facts.File
	port    facts.Port
	absent  []string // macros that should not be defined
	claims  []claim
	skipped []string
}

// A claim is an assertion in C, and the fact in words.
type claim struct{ c, fact string }

func newProgram(f *facts.File, port facts.Port) *program {
	p := &program{facts: f, port: port}
	for _, t := range f.Typedefs {
		p.typedef(t)
	}
	for _, c := range f.Consts {
		p.constant(c.Name, c.Value)
	}
	for _, e := range f.Enums {
		p.enum(e)
	}
	for _, s := range f.Structs {
		p.structure(s)
	}
	for _, e := range f.Errnos {
		p.equal(e.Name, fmt.Sprint(e.Number), "errno %s is %d", e.Name, e.Number)
	}
	for _, s := range f.Syscalls {
		p.syscall(s)
	}
	return p
}

// equal claims that an expression has a value.
func (p *program) equal(expr, value, fact string, args ...any) {
	p.claim(fmt.Sprintf("_Static_assert((%s) == %s, \"\");", expr, value), fact, args...)
}

func (p *program) claim(c, fact string, args ...any) {
	p.claims = append(p.claims, claim{c, fmt.Sprintf(fact, args...)})
}

func (p *program) typedef(t facts.Typedef) {
	typ, ok := t.Type.Get(p.port)
	if !ok {
		return
	}
	if t.From != "" {
		p.skipped = append(p.skipped, fmt.Sprintf("typedef %s, which is %s's", t.Name, t.From))
		return
	}
	if tag, ok := typ.Tag(); ok && !strings.Contains(tag, ".") && p.facts.Struct(tag) == nil {
		c := strings.Replace(string(typ), ".", " ", 1)
		p.equal(fmt.Sprintf("__builtin_types_compatible_p(%s, %s)", t.Name, c), "1", "typedef %s is %s", t.Name, c)
		return
	}
	p.scalar(t.Name, typ, fmt.Sprintf("typedef %s", t.Name))
}

// scalar claims a type's size, and for integers its sign.
func (p *program) scalar(c string, typ facts.Type, what string) {
	l, err := p.facts.LayoutOf(typ, p.port)
	if err != nil {
		p.skipped = append(p.skipped, what)
		return
	}
	p.equal("sizeof("+c+")", fmt.Sprint(l.Size), "%s has the size %d", what, l.Size)
	if s := string(typ); strings.HasPrefix(s, "int") || strings.HasPrefix(s, "uint") {
		signed := 0
		if s[0] == 'i' {
			signed = 1
		}
		p.equal(fmt.Sprintf("((%s)-1 < 0)", c), fmt.Sprint(signed), "%s is %s", what, s)
	}
}

// constant claims a value and its sign; or that the macro isn't defined.
func (p *program) constant(name string, value facts.PerPort[facts.Int]) {
	v, ok := value.Get(p.port)
	if !ok {
		p.absent = append(p.absent, name)
		p.claim(fmt.Sprintf("_Static_assert(!rawsys_has_%s, \"\");", name), "%s does not exist", name)
		return
	}
	p.integer(name, v)
}

func (p *program) integer(name string, v facts.Int) {
	if u, ok := v.Uint64(); ok {
		p.equal(name, fmt.Sprintf("%#xULL", u), "%s is %s", name, v)
		p.equal(fmt.Sprintf("((%s) < 0)", name), "0", "%s is not negative", name)
		return
	}
	i, _ := v.Int64()
	p.equal(name, fmt.Sprintf("(%dLL - 1)", i+1), "%s is %s", name, v)
	p.equal(fmt.Sprintf("((%s) < 0)", name), "1", "%s is negative", name)
}

func (p *program) enum(e facts.Enum) {
	typ, ok := e.Type.Get(p.port)
	if !ok {
		return
	}
	p.scalar("enum "+e.Name, typ, "enum "+e.Name)
	for _, v := range e.Values {
		if value, ok := v.Value.Get(p.port); ok {
			p.integer(v.Name, value)
		}
	}
}

// A place is how C reaches an aggregate: a type, and for one inside a member
// without a name, where in the type that is.
type place struct {
	typ  string
	base int64
}

// place follows the members that an aggregate without a tag is named after.
func (p *program) place(s *facts.Struct) (place, bool) {
	segments := strings.Split(s.Name, ".")
	outer := p.facts.Struct(segments[0])
	if outer == nil {
		return place{}, false
	}
	pl := place{typ: strings.Replace(string(outer.Type()), ".", " ", 1)}
	if outer.Typedef {
		pl.typ = outer.Name
	}
	for i, m := range segments[1:] {
		holder := p.facts.Struct(strings.Join(segments[:i+1], "."))
		if holder == nil || holder.Field(m) == nil || !holder.Field(m).Offset.Has(p.port) {
			return place{}, false
		}
		f := holder.Field(m)
		if strings.HasPrefix(m, "$") {
			pl.base += f.Offset.On(p.port)
			continue
		}
		pl = place{typ: fmt.Sprintf("__typeof__(%s)", element(member(pl.typ, m), f.Type.On(p.port)))}
	}
	return pl, true
}

func member(typ, name string) string { return fmt.Sprintf("((%s *)0)->%s", typ, name) }

// element strips the arrays and pointers of a type off an expression.
func element(expr string, t facts.Type) string {
	for {
		if elem, _, ok := t.Array(); ok {
			t, expr = elem, expr+"[0]"
		} else if elem, ok := t.Pointer(); ok {
			t, expr = elem, "(*"+expr+")"
		} else {
			return expr
		}
	}
}

func (p *program) structure(s *facts.Struct) {
	size, ok := s.Size.Get(p.port)
	if !ok {
		return
	}
	pl, ok := p.place(s)
	if !ok {
		p.skipped = append(p.skipped, string(s.Type()))
		return
	}
	if last := s.Name[strings.LastIndexByte(s.Name, '.')+1:]; !strings.HasPrefix(last, "$") {
		p.equal(fmt.Sprintf("sizeof(%s)", pl.typ), fmt.Sprint(size), "%s has the size %d", s.Type(), size)
		p.equal(fmt.Sprintf("_Alignof(%s)", pl.typ), fmt.Sprint(s.Align.On(p.port)), "%s has the alignment %d", s.Type(), s.Align.On(p.port))
	}
	for i := range s.Fields {
		p.field(s, &s.Fields[i], pl)
	}
}

func (p *program) field(s *facts.Struct, f *facts.Field, pl place) {
	offset, ok := f.Offset.Get(p.port)
	what := fmt.Sprintf("%s, field %s", s.Type(), f.Name)
	switch {
	case !ok, strings.HasPrefix(f.Name, "$"): // its own fields are claimed
		return
	case f.Bits.Has(p.port):
		p.skipped = append(p.skipped, what)
		return
	}
	offset += pl.base
	p.equal(fmt.Sprintf("__builtin_offsetof(%s, %s)", pl.typ, f.Name), fmt.Sprint(offset), "%s has the offset %d", what, offset)
	typ := f.Type.On(p.port)
	if _, n, ok := typ.Array(); ok && n < 0 {
		return
	}
	p.scalar(fmt.Sprintf("__typeof__(%s)", member(pl.typ, f.Name)), typ, what)
}

// syscall claims a number. sys/syscall.h need not have calls that only old
// programs make, or none.
func (p *program) syscall(s facts.Syscall) {
	macro := "SYS_" + s.Name
	flags := strings.Split(s.Kind, "|")
	current := slices.ContainsFunc(flags, func(f string) bool { return f == "STD" || f == "NOSTD" })
	if !current || slices.ContainsFunc(flags, func(f string) bool { return strings.HasPrefix(f, "COMPAT") }) {
		return
	}
	p.equal(macro, fmt.Sprint(s.Number), "system call %s has the number %d", s.Name, s.Number)
}
