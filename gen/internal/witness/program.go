package witness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/cname"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// A program is what one port's facts claim, an assertion a line.
type program struct {
	facts   *facts.File
	port    facts.Port
	absent  []string // macros that should not be defined
	claims  []claim
	values  int // how many of them need macros; the others are about structs
	skipped []string
}

// A claim is an assertion in C, and the fact in words.
type claim struct {
	c, fact string
	macro   string // that is claimed to be no integer
}

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
	for _, e := range f.Errnos {
		p.equal(e.Name, fmt.Sprint(e.Number), "errno %s is %d", e.Name, e.Number)
	}
	for _, s := range f.Syscalls {
		p.syscall(s)
	}
	p.values = len(p.claims)
	for _, s := range f.Structs {
		p.structure(s)
	}
	return p
}

// equal claims that an expression has a value.
func (p *program) equal(expr, value, fact string, args ...any) {
	p.claim(fmt.Sprintf("_Static_assert((%s) == %s, \"\");", expr, value), fact, args...)
}

func (p *program) claim(c, fact string, args ...any) {
	p.claims = append(p.claims, claim{c: c, fact: fmt.Sprintf(fact, args...)})
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
	p.scalar(t.Name, t.Name, typ, fmt.Sprintf("typedef %s", t.Name))
}

// scalar claims a type's size, and for integers the sign of their values' type:
// that of an _Atomic is another one.
func (p *program) scalar(c, value string, typ facts.Type, what string) {
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
		p.equal(fmt.Sprintf("((%s)-1 < 0)", value), fmt.Sprint(signed), "%s is %s", what, s)
	}
}

// constant claims a value and its sign; or that the macro isn't defined, or not
// as an integer.
func (p *program) constant(name string, value facts.PerPort[facts.Int]) {
	v, ok := value.Get(p.port)
	if !ok {
		p.absent = append(p.absent, name)
		p.claim(fmt.Sprintf("_Static_assert(!rawsys_has_%s, \"\");", name), "%s does not exist", name)
		p.claims[len(p.claims)-1].macro = name
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
	p.scalar("enum "+e.Name, "enum "+e.Name, typ, "enum "+e.Name)
	for _, v := range e.Values {
		if value, ok := v.Value.Get(p.port); ok {
			p.integer(v.Name, value)
		}
	}
}

func (p *program) structure(s *facts.Struct) {
	size, ok := s.Size.Get(p.port)
	if !ok {
		return
	}
	pl, ok := cname.Of(p.facts, s, p.port)
	if !ok {
		p.skipped = append(p.skipped, string(s.Type()))
		return
	}
	if cname.Whole(s) {
		p.equal(fmt.Sprintf("sizeof(%s)", pl.Type), fmt.Sprint(size), "%s has the size %d", s.Type(), size)
		p.equal(fmt.Sprintf("_Alignof(%s)", pl.Type), fmt.Sprint(s.Align.On(p.port)), "%s has the alignment %d", s.Type(), s.Align.On(p.port))
	}
	for i := range s.Fields {
		p.field(s, &s.Fields[i], pl)
	}
}

func (p *program) field(s *facts.Struct, f *facts.Field, pl cname.Place) {
	offset, ok := f.Offset.Get(p.port)
	what := fmt.Sprintf("%s, field %s", s.Type(), f.Name)
	switch {
	case !ok, cname.Unnamed(f.Name): // its own fields are claimed
		return
	case f.Bits.Has(p.port):
		p.skipped = append(p.skipped, what)
		return
	}
	offset += pl.Base
	p.equal(fmt.Sprintf("__builtin_offsetof(%s, %s)", pl.Type, f.Name), fmt.Sprint(offset), "%s has the offset %d", what, offset)
	typ := f.Type.On(p.port)
	if _, n, ok := typ.Array(); ok && n < 0 {
		return
	}
	m := cname.Member(pl.Type, f.Name)
	p.scalar(fmt.Sprintf("__typeof__(%s)", m), fmt.Sprintf("__typeof__((0, %s))", m), typ, what)
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
