// Package cname says how C reaches what the facts are about.
package cname

import (
	"fmt"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// A Place is how C reaches an aggregate: a type, and for one inside a member
// without a name, where in the type that is.
type Place struct {
	Type string
	Base int64
}

// Of returns the place of an aggregate on a port. One without a tag is named
// after the members that lead to it.
func Of(f *facts.File, s *facts.Struct, port facts.Port) (Place, bool) {
	segments := strings.Split(s.Name, ".")
	first := 1
	if len(segments) > 1 && segments[1] == facts.TypedefSuffix {
		first = 2
	}
	outer := f.Struct(strings.Join(segments[:first], "."))
	if outer == nil {
		return Place{}, false
	}
	pl := Place{Type: strings.Replace(string(outer.Type()), ".", " ", 1)}
	if outer.Typedef {
		pl.Type = segments[0]
		if t := f.Typedef(segments[0]); t != nil && t.Type.On(port) != outer.Type() { // an array of it, or a pointer
			pl.Type = fmt.Sprintf("__typeof__(%s)", element(fmt.Sprintf("(*(%s *)0)", segments[0]), t.Type.On(port)))
		}
	}
	for i := first; i < len(segments); i++ {
		holder := f.Struct(strings.Join(segments[:i], "."))
		if holder == nil || holder.Field(segments[i]) == nil || !holder.Field(segments[i]).Offset.Has(port) {
			return Place{}, false
		}
		m := holder.Field(segments[i])
		if Unnamed(segments[i]) {
			pl.Base += m.Offset.On(port)
			continue
		}
		pl = Place{Type: fmt.Sprintf("__typeof__(%s)", element(Member(pl.Type, segments[i]), m.Type.On(port)))}
	}
	return pl, true
}

// Whole reports whether the place's type is the aggregate itself, not one that
// holds it in a member without a name.
func Whole(s *facts.Struct) bool { return !Unnamed(s.Name[strings.LastIndexByte(s.Name, '.')+1:]) }

// Unnamed reports whether a field has no name in C.
func Unnamed(field string) bool {
	return strings.HasPrefix(field, "$") || strings.HasPrefix(field, ":")
}

// Words says a name of the facts to people: what is called $1 there has no name
// in C, in a member's path ("kf_un.$1 of struct kinfo_file") no more than alone.
func Words(name string) string {
	path, of, found := strings.Cut(name, " of ")
	if Unnamed(path[strings.LastIndexByte(path, '.')+1:]) {
		path = "(a member without a name)"
	}
	if found {
		return path + " of " + of
	}
	return path
}

// Member returns the expression for a member.
func Member(typ, name string) string { return fmt.Sprintf("((%s *)0)->%s", typ, name) }

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

// Plain returns an expression for whether a member's type, or that of an array's
// elements, is the type of its value: an _Atomic is not.
func Plain(member string, t facts.Type) string {
	for {
		elem, _, ok := t.Array()
		if !ok {
			return fmt.Sprintf("__builtin_types_compatible_p(__typeof__(%[1]s), __typeof__((0, %[1]s)))", member)
		}
		t, member = elem, member+"[0]"
	}
}

// Undef returns preprocessor lines that free the names of aggregates and their
// members: a macro of the same name would stand for something else.
func Undef(f *facts.File) string {
	var b strings.Builder
	done := map[string]bool{}
	undef := func(name string) {
		if name != "" && !Unnamed(name) && !done[name] {
			done[name] = true
			b.WriteString("#undef " + name + "\n")
		}
	}
	for _, s := range f.Structs {
		tag, _, _ := strings.Cut(s.Name, ".")
		undef(tag)
		for _, field := range s.Fields {
			undef(field.Name)
		}
	}
	return b.String()
}
