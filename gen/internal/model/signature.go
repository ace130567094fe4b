package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// signature is a call's arguments in Go, and where each of C's comes from.
type signature struct {
	params []Param
	from   []Slot // by C's argument: which Param, and what of it
}

// signature makes Go's arguments of C's. The annotations say which pointers are
// strings and slices; what counts a slice's elements is no argument in Go.
func (b *builder) signature(it *def.Call, f *facts.Syscall) (*signature, error) {
	s := &signature{from: make([]Slot, len(f.Args))}
	counts := make(map[string]int) // by the name of what counts: the Param
	uses := make([]usage, len(f.Args))
	for i, a := range f.Args {
		var err error
		if uses[i], err = usageOf(it, a); err == nil {
			err = uses[i].contradiction(f, a)
		}
		if err != nil {
			return nil, err
		}
	}
	for i, a := range f.Args {
		p, err := b.param(it, a)
		if err == nil && uses[i].mark != "" {
			err = b.shape(it, &p, uses[i], a)
		}
		if err != nil {
			return nil, err
		}
		if u := uses[i]; p.counted() && p.Array == 0 && !u.deref {
			if _, twice := counts[u.count]; twice {
				return nil, fmt.Errorf("argument %s: %s counts two slices: correct one with mark", a.Name, u.count)
			}
			counts[u.count] = len(s.params)
		}
		s.from[i] = Slot{Param: len(s.params)}
		s.params = append(s.params, p)
	}
	s.bounds(f, uses)
	return s, b.dropCounts(s, f, counts)
}

// counted reports whether the kernel is told how much there is behind p.
func (p *Param) counted() bool { return p.Form == Slice || p.Form == Text || p.Form == One }

// shape gives a pointer the Go type that its annotation says.
func (b *builder) shape(it *def.Call, p *Param, u usage, a facts.Arg) error {
	elem, _ := a.Type.Pointer()
	chosen := slices.ContainsFunc(it.Args, func(o def.Arg) bool { return o.Name.Text == a.Name })
	p.Nil = u.opt
	switch {
	case p.Type == "uintptr" && chosen:
		p.Nil = false
		return nil
	case chosen && p.Type == unsafePointer:
		return nil
	case u.text && u.opt:
		p.Form, p.Type = StringPtr, "*string"
	case u.text:
		p.Form, p.Type = String, "string"
	case !u.array && elem == "void" && !chosen:
		p.Type = unsafePointer
	case !u.array:
		return b.bound(p, a)
	case strings.HasPrefix(p.Type, "*["):
		p.Nil = u.opt
	case u.fixed() && !chosen:
		p.Type = fmt.Sprintf("*[%s]%s", u.count, strings.TrimPrefix(p.Type, "*"))
	case u.fixed():
		return nil
	case chosen && p.Type == "string":
		p.Form = Text
	case chosen && strings.HasPrefix(p.Type, "*") && u.bytes && !u.deref:
		p.Form, p.Elem = One, strings.TrimPrefix(p.Type, "*")
	default:
		return b.slice(p, u, a)
	}
	return nil
}

// fixed reports whether the count is a number.
func (u usage) fixed() bool { _, err := strconv.Atoi(u.count); return err == nil }

func (b *builder) slice(p *Param, u usage, a facts.Arg) error {
	if err := b.bound(p, a); err != nil {
		return err
	}
	p.Elem = strings.TrimPrefix(strings.TrimPrefix(p.Type, "[]"), "*")
	if strings.HasPrefix(p.Type, "**") {
		p.Elem = p.Type[1:]
	}
	p.Form, p.Type, p.Nil = Slice, "[]"+p.Elem, false
	p.Bytes = u.bytes && p.Elem != "byte"
	return nil
}

// bound wants a Go type behind a pointer.
func (b *builder) bound(p *Param, a facts.Arg) error {
	if p.Type == unsafePointer {
		return fmt.Errorf("argument %s points at %s, which is not bound: bind it, or choose its type with arg", a.Name, a.Type.Base())
	}
	return nil
}

// bounds notes which pointer limits a slice whose length it tells.
func (s *signature) bounds(f *facts.Syscall, uses []usage) {
	for i := range f.Args {
		if p := &s.params[s.from[i].Param]; p.Form == Slice && uses[i].deref {
			j := slices.IndexFunc(f.Args, func(a facts.Arg) bool { return a.Name == uses[i].count })
			p.Room = s.params[s.from[j].Param].Name
			p.RoomType = strings.TrimPrefix(s.params[s.from[j].Param].Type, "*")
		}
	}
}

// dropCounts takes out the arguments that only count.
func (b *builder) dropCounts(s *signature, f *facts.Syscall, counts map[string]int) error {
	for name, param := range counts {
		i := slices.IndexFunc(f.Args, func(a facts.Arg) bool { return a.Name == name })
		s.from[i] = Slot{Param: param, Part: Len}
		limit, err := b.limit(f.Args[i])
		if err != nil {
			return err
		}
		s.params[param].Limit = limit
	}
	var keep []Param
	at := make([]int, len(s.params))
	for i, p := range s.params {
		at[i] = len(keep)
		if _, drop := counts[f.Args[i].Name]; !drop {
			keep = append(keep, p)
		}
	}
	for i := range s.from {
		s.from[i].Param = at[s.from[i].Param]
	}
	s.params = keep
	return nil
}

// limit returns the type of a count that a length may not fit, or nothing for
// one as wide as a pointer.
func (b *builder) limit(a facts.Arg) (string, error) {
	t, err := b.facts.Resolve(a.Type, b.out.Ports[0])
	if err != nil {
		return "", fmt.Errorf("argument %s: %w", a.Name, err)
	}
	if t == "int32" || t == "uint32" {
		return string(t), nil
	}
	return "", nil
}
