package model

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// bindConsts binds a header's constants. Enumerations choose first: what they
// take is not among the untyped ones.
func (b *builder) bindConsts(s *def.Section) {
	typed := make(map[string]bool)
	for _, it := range s.Items {
		if e, ok := it.(*def.Enum); ok {
			b.bindEnum(s, e, typed)
		}
	}
	for _, it := range s.Items {
		c, ok := it.(*def.Const)
		if !ok {
			continue
		}
		list := b.matching(s, c, typed)
		if len(list) == 0 {
			continue // an error, reported
		}
		b.out.Consts = append(b.out.Consts, &ConstGroup{Info: info("", s, &c.Info), Consts: b.consts(s, c, list)})
	}
}

func (b *builder) bindEnum(s *def.Section, it *def.Enum, typed map[string]bool) {
	b.take(it.Name.Text, it.Name)
	list := b.matching(s, &it.Const, typed)
	e := &Enum{Go: it.Name.Text, Base: it.Base.Text, Flags: it.Flags, Untyped: it.Untyped}
	e.ConstGroup = ConstGroup{Info: info("", s, &it.Info), Consts: b.consts(s, &it.Const, list)}
	for _, c := range e.Consts {
		typed[c.Name] = true
		wrong := func(class Class) bool { return c.Value.Has[class] && !fits(c.Value.Val[class], e.Base) }
		if i := slices.IndexFunc(b.out.Classes, wrong); i >= 0 {
			b.errorf(it.Base, "%s is %v, which %s cannot hold: choose another type", c.Name, c.Value.Val[b.out.Classes[i]], e.Base)
		}
	}
	if len(list) > 0 {
		b.out.Enums = append(b.out.Enums, e)
	}
}

// matching returns the facts of the constants that an item names.
func (b *builder) matching(s *def.Section, it *def.Const, typed map[string]bool) []facts.Const {
	var list []facts.Const
	for _, p := range it.Patterns {
		one := it.Patterns
		if !def.IsPattern(p) {
			one = []def.Word{p} // a name that is given is meant
		}
		switch tag, ok := strings.CutPrefix(p.Text, "enum."); {
		case ok:
			list = append(list, b.enumerators(p, tag)...)
		case !strings.HasPrefix(p.Text, "!"):
			list = append(list, b.constants(s, p, one, typed)...)
		}
	}
	slices.SortStableFunc(list, func(x, y facts.Const) int { return x.Value.On(0).Compare(y.Value.On(0)) })
	seen := make(map[string]bool) // two patterns may fit one name
	return slices.DeleteFunc(list, func(c facts.Const) bool {
		again := seen[c.Name]
		seen[c.Name] = true
		return again
	})
}

// constants returns the header's constants that fit a pattern, and that the
// others do not exclude.
func (b *builder) constants(s *def.Section, p def.Word, all []def.Word, typed map[string]bool) []facts.Const {
	var list []facts.Const
	found := false
	for i := range b.declared[s.Header.Text] {
		c := &b.declared[s.Header.Text][i]
		if !def.Match([]def.Word{p}, c.Name) {
			continue
		}
		found = true
		if def.Match(all, c.Name) && !typed[c.Name] {
			list = append(list, *c)
		}
	}
	if found {
		return list
	}
	if c := b.facts.Const(p.Text); c != nil {
		b.errorf(p, "constant %s is of %s: move it below that header", p.Text, c.Header)
	} else {
		b.errorf(p, "no constant of %s fits %s: remove it, or extract the facts again", s.Header.Text, p.Text)
	}
	return nil
}

// declare sorts constants by header. Errors have facts of their own.
func declare(f *facts.File) map[string][]facts.Const {
	all := make(map[string][]facts.Const)
	for i := range f.Consts {
		c := &f.Consts[i]
		all[c.Header] = append(all[c.Header], *c)
	}
	for _, e := range f.Errnos {
		n := facts.MakeInt(uint64(e.Number), false)
		all[errnoHeader] = append(all[errnoHeader], facts.Const{Name: e.Name, Header: errnoHeader, Value: facts.Everywhere(f.Ports, n)})
	}
	return all
}

// enumerators returns those of a C enumeration as constants.
func (b *builder) enumerators(at def.Word, tag string) []facts.Const {
	e := b.facts.Enum(tag)
	if e == nil {
		b.errorf(at, "the facts have no enum %s: remove it, or extract them again", tag)
		return nil
	}
	var list []facts.Const
	for _, v := range e.Values {
		list = append(list, facts.Const{Name: v.Name, Header: e.Header, Value: v.Value})
	}
	return list
}

// consts adds what the manifest says of each.
func (b *builder) consts(s *def.Section, it *def.Const, list []facts.Const) []Const {
	out := make([]Const, 0, len(list))
	for _, c := range list {
		b.take(c.Name, it.Name)
		value, err := b.value(s, c)
		if err != nil {
			b.errorf(it.Name, "constant %s %v", c.Name, err)
		}
		out = append(out, Const{Name: c.Name, Value: value, Octal: it.Octal})
	}
	find := func(at def.Word) *Const {
		i := slices.IndexFunc(out, func(c Const) bool { return c.Name == at.Text })
		if i < 0 {
			b.errorf(at, "%s is not among the constants bound here: remove the line, or bind it", at.Text)
			return &Const{}
		}
		return &out[i]
	}
	for _, n := range it.Notes {
		find(n.Name).Note = n.Text.Text
	}
	for _, r := range it.Since {
		for _, p := range r.Patterns {
			b.since(p, r.Release.Text, out)
		}
	}
	return out
}

// since notes the release of the constants that fit a pattern.
func (b *builder) since(p def.Word, release string, list []Const) {
	found := false
	for i := range list {
		if def.Match([]def.Word{p}, list[i].Name) {
			list[i].Since, found = release, true
		}
	}
	if !found {
		b.errorf(p, "%s fits none of the constants bound here: remove it, or bind one", p.Text)
	}
}

// value returns a constant's value in each class. A class may lack the constant,
// but not some of its ports alone, unless it is each port's own.
func (b *builder) value(s *def.Section, c facts.Const) (PerClass[facts.Int], error) {
	if s.Machine {
		return perMachine(b, c.Value.Has, func(p facts.Port) (facts.Int, error) { return c.Value.On(p), nil })
	}
	var out PerClass[facts.Int]
	for _, class := range b.out.Classes {
		var has, lacks []facts.Port
		for _, p := range class.Ports() {
			if !slices.Contains(b.out.Ports, p) {
				continue
			}
			v, ok := c.Value.Get(p)
			if !ok {
				lacks = append(lacks, p)
				continue
			}
			if len(has) > 0 && v != out.Val[class] {
				return out, fmt.Errorf("is %v on %v and %v on %v, which share their constants", out.Val[class], has[0], v, p)
			}
			has = append(has, p)
			out.Set(class, v)
		}
		if len(has) > 0 && len(lacks) > 0 {
			return out, fmt.Errorf("exists on %v but not on %v, which share their constants", has, lacks)
		}
	}
	return out, nil
}

// fits reports whether a Go integer type can hold a value.
func fits(v facts.Int, base string) bool {
	i, signed := v.Int64()
	u, unsigned := v.Uint64()
	switch base {
	case "int8":
		return signed && int64(int8(i)) == i
	case "int16":
		return signed && int64(int16(i)) == i
	case "int32":
		return signed && int64(int32(i)) == i
	case "int64":
		return signed
	case "uint8":
		return unsigned && u <= math.MaxUint8
	case "uint16":
		return unsigned && u <= math.MaxUint16
	case "uint32":
		return unsigned && u <= math.MaxUint32
	}
	return unsigned
}

// bindErrno binds the table of errors. Constants of the same header with an
// error's value are other names of it, but for the last one's.
func (b *builder) bindErrno(it *def.Errno) {
	if len(b.facts.Errnos) == 0 {
		b.errorf(it.Name, "the facts have no errors: extract them again")
	}
	for _, e := range b.facts.Errnos {
		out := Errno{Number: e.Number, Names: []string{e.Name}, Message: e.Message}
		for _, c := range b.facts.Consts {
			n, ok := c.Value.On(b.out.Ports[0]).Int64()
			if c.Header == errnoHeader && c.Name != e.Name && c.Name != eLast && ok && n == int64(e.Number) {
				out.Names = append(out.Names, c.Name)
			}
		}
		b.out.Errnos = append(b.out.Errnos, out)
	}
}

const (
	errnoHeader = "sys/errno.h"
	eLast       = "ELAST" // the greatest number, not an error
)

// bindNumbers binds the numbers of the system calls that a program of this
// release can make.
func (b *builder) bindNumbers(it *def.Numbers) {
	for i := range b.facts.Syscalls {
		s := &b.facts.Syscalls[i]
		if !current(s) || def.Match(it.Except, s.Name) {
			continue
		}
		name := it.Name.Text + strings.ToUpper(s.Name)
		b.take(name, it.Name)
		b.out.Numbers = append(b.out.Numbers, Number{Name: name, Number: s.Number, C: prototype(s)})
	}
	if len(b.out.Numbers) == 0 {
		b.errorf(it.Name, "the facts have no system calls: extract them with -src, or remove the line")
	}
	for _, p := range it.Except {
		if !slices.ContainsFunc(b.facts.Syscalls, func(s facts.Syscall) bool { return def.Match([]def.Word{p}, s.Name) }) {
			b.errorf(p, "no system call fits %s: remove it", p.Text)
		}
	}
}

// current reports whether a call is one of this release, rather than an old
// release's, a placeholder, or an entry without a name of its own.
func current(s *facts.Syscall) bool {
	for kind := range strings.SplitSeq(s.Kind, "|") {
		switch {
		case strings.HasPrefix(kind, "COMPAT"), kind == "OBSOL", kind == "RESERVED", kind == "UNIMPL", kind == "NODEF":
			return false
		}
	}
	return true
}

// prototype is a call as the facts have it.
func prototype(s *facts.Syscall) string {
	if s.Result == "" {
		return s.Name
	}
	var args []string
	for _, a := range s.Args {
		args = append(args, cDecl(a.Type, a.Name))
	}
	if s.Variadic {
		args = append(args, "...")
	}
	if len(args) == 0 {
		args = []string{"void"}
	}
	return fmt.Sprintf("%s(%s)", cDecl(s.Result, s.Name), strings.Join(args, ", "))
}

// cDecl declares a name as C does: an argument's type has no arrays.
func cDecl(t facts.Type, name string) string {
	stars := ""
	for elem, ok := t.Pointer(); ok; elem, ok = t.Pointer() {
		t, stars = elem, stars+"*"
	}
	return strings.Replace(string(t), ".", " ", 1) + " " + stars + name
}
