package emit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/rawsys-go/rawsys/gen/internal/cname"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// typ is a type of the model's spelling.
func typ(s string) *jen.Statement {
	if elem, ok := strings.CutPrefix(s, "*"); ok {
		return jen.Op("*").Add(typ(elem))
	}
	if bound, ok := strings.CutPrefix(s, "["); ok {
		n, elem, _ := strings.Cut(bound, "]")
		return jen.Index(jen.Id(n)).Add(typ(elem))
	}
	if s == "unsafe.Pointer" {
		return jen.Qual("unsafe", "Pointer")
	}
	return jen.Id(s)
}

func (e *emitter) types() {
	for _, family := range e.families() {
		e.familyTypes(family)
	}
}

func (e *emitter) familyTypes(family string) {
	e.setFiles(inFamily("types", family), model.Set.Constraint, func(f *file, p part) {
		for _, t := range e.m.Typedefs {
			if t.Family == family && takes(p, &t.Type, equal) {
				where := fmt.Sprintf("C: %s, %s.", t.C, t.Header)
				f.add(about(t.Doc, t.Info, where), jen.Type().Id(t.Go).Op("=").Add(typ(t.Type.Val[p.classes[0]])))
			}
		}
		for _, s := range e.m.Structs {
			if s.Family == family && takes(p, &s.Layout, sameGo) {
				e.structType(f, s, p.classes)
			}
		}
	})
}

// sameGo reports whether two layouts are the same Go: offsets may differ with
// the size of a word.
func sameGo(a, b *model.Layout) bool {
	if len(a.Fields) != len(b.Fields) || len(a.Views) != len(b.Views) {
		return false
	}
	for i := range a.Fields {
		if x, y := a.Fields[i], b.Fields[i]; x.Go != y.Go || x.Type != y.Type || x.C != y.C {
			return false
		}
	}
	for i := range a.Views {
		if a.Views[i] != b.Views[i] {
			return false
		}
	}
	return true
}

func (e *emitter) structType(f *file, s *model.Struct, classes []model.Class) {
	layout := s.Layout.Val[classes[0]]
	fields := make([]jen.Code, len(layout.Fields))
	for i, fd := range layout.Fields {
		comment := fieldComment(fd, perClass(classes, func(c model.Class) string {
			return strconv.FormatInt(s.Layout.Val[c].Fields[i].Offset, 10)
		}))
		fields[i] = jen.Id(fd.Go).Add(typ(fd.Type)).Comment("// " + comment)
	}
	f.add(about(s.Doc, s.Info, e.structFacts(s, classes)), jen.Type().Id(s.Go).Struct(fields...))
	for _, v := range layout.Views {
		f.view(s, v)
	}
}

// structFacts says what C says of a struct: on all ports, or on the one that has
// it for itself.
func (e *emitter) structFacts(s *model.Struct, classes []model.Class) string {
	if !s.Machine {
		classes = e.m.Classes
	}
	size := perClass(classes, func(c model.Class) string {
		l := s.Layout.Val[c]
		if l.GoAlign < l.Align {
			return fmt.Sprintf("%d bytes aligned to %d, in Go to %d", l.Size, l.Align, l.GoAlign)
		}
		return fmt.Sprintf("%d bytes aligned to %d", l.Size, l.Align)
	})
	return fmt.Sprintf("C: %s, %s, %s.", cname.Words(s.C), s.Header, size)
}

func fieldComment(f model.Field, offset string) string {
	switch {
	case f.C == "" && f.Go == "_":
		return "padding that C has here, at " + offset
	case f.C == "":
		return "all members, at 0"
	}
	return fmt.Sprintf("%s, %s, at %s", cname.Words(f.C), f.CType, offset)
}

// view adds a method that points into the storage of a union.
func (f *file) view(s *model.Struct, v model.View) {
	doc := []string{fmt.Sprintf("%s returns the view %s, which shares its memory with s.", v.Method, cname.Words(v.C))}
	place := jen.Qual("unsafe", "Pointer").Call(jen.Op("&").Id("s").Dot(v.Field))
	if v.Offset != 0 {
		place = jen.Qual("unsafe", "Add").Call(place, jen.Lit(int(v.Offset)))
	}
	f.add(about(doc, model.Info{Since: v.Since}),
		jen.Func().Params(jen.Id("s").Op("*").Id(s.Go)).Id(v.Method).Params().Add(typ("*"+v.Type)).
			Block(jen.Return(jen.Parens(typ("*"+v.Type)).Call(place))))
}

// proofs writes assertions that compile only when Go lays the types out as the
// facts say.
func (e *emitter) proofs() {
	all := make([][]*numbered, len(e.m.Structs))
	for i, s := range e.m.Structs {
		all[i] = structClaims(s)
	}
	e.setFiles("proof", model.Set.Constraint, func(f *file, p part) {
		for _, list := range all {
			var claims []jen.Code
			for _, c := range list {
				if takes(p, &c.number, equal) {
					claims = append(claims, claim(c.number.Val[p.classes[0]], c.of, c.what))
				}
			}
			if claims == nil {
				continue
			}
			if !f.used {
				f.Comment("// Sizes and offsets as arrays that can be assigned only when both are as long:")
				f.Comment("// a change to a type that the facts do not bear out does not compile.")
			}
			f.add(nil, jen.Var().Defs(claims...))
		}
	})
}

// numbered is a number of a struct: what of it, and how much on each port.
type numbered struct {
	of     string // function of package unsafe
	what   jen.Code
	number model.PerClass[int64]
}

// structClaims lists a struct's size and its fields' offsets.
func structClaims(s *model.Struct) []*numbered {
	size := &numbered{of: "Sizeof", what: jen.Id(s.Go).Values()}
	out := []*numbered{size}
	fields := make(map[string]*numbered)
	for _, c := range model.AllClasses() {
		if !s.Layout.Has[c] {
			continue
		}
		l := s.Layout.Val[c]
		size.number.Set(c, l.Size)
		for _, f := range l.Fields {
			if f.Go == "_" {
				continue
			}
			if fields[f.Go] == nil {
				fields[f.Go] = &numbered{of: "Offsetof", what: jen.Id(s.Go).Values().Dot(f.Go)}
				out = append(out, fields[f.Go])
			}
			fields[f.Go].number.Set(c, f.Offset)
		}
	}
	return out
}

// claim is _ [n]byte = [unsafe.OF(WHAT)]byte{}.
func claim(n int64, of string, what jen.Code) jen.Code {
	return jen.Id("_").Index(jen.Lit(int(n))).Byte().Op("=").Index(jen.Qual("unsafe", of).Call(what)).Byte().Values()
}
