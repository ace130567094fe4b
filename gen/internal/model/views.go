package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// memberOf is a member that a view shows.
type memberOf struct {
	field  *facts.Field
	top    *facts.Field // the struct's field that holds it
	offset int64        // from the start of top
}

// member follows the view's path. Like C, it looks through members that have no
// name.
func (b *builder) member(v *def.View, p facts.Port) (memberOf, error) {
	s := b.facts.Struct(v.Name.Text)
	if s == nil {
		return memberOf{}, fmt.Errorf("the facts have no struct %s: remove the view, or extract them again", v.Name.Text)
	}
	var m memberOf
	for name := range strings.SplitSeq(v.Path.Text, ".") {
		if s == nil {
			return m, fmt.Errorf("%s is no struct or union: shorten the path", m.field.Name)
		}
		trail := b.find(s, name, p)
		if trail == nil {
			return m, fmt.Errorf("%s has no member %s on %s: name one of %s", s.Type(), name, p, fieldList(s))
		}
		for _, f := range trail {
			if m.top == nil {
				m.top = f
			} else {
				m.offset += f.Offset.On(p)
			}
			m.field = f
		}
		tag, _ := m.field.Type.On(p).Tag()
		s = b.facts.Struct(tag)
	}
	return m, nil
}

// find returns the fields that lead from s to the one named: itself, behind
// those without a name that hold it.
func (b *builder) find(s *facts.Struct, name string, p facts.Port) []*facts.Field {
	if f := s.Field(name); f != nil && f.Offset.Has(p) {
		return []*facts.Field{f}
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		if !strings.HasPrefix(f.Name, "$") {
			continue
		}
		tag, _ := f.Type.On(p).Tag()
		if inner := b.facts.Struct(tag); inner != nil {
			if trail := b.find(inner, name, p); trail != nil {
				return append([]*facts.Field{f}, trail...)
			}
		}
	}
	return nil
}

// bindView binds the type that a view shows, if it is a struct.
func (b *builder) bindView(s *def.Section, v *def.View) {
	m, err := b.member(v, b.out.Ports[0])
	if err != nil {
		b.errorf(v.Path, "%v", err)
		return
	}
	t := m.field.Type.On(b.out.Ports[0]).Element()
	tag, _ := t.Tag()
	f := b.facts.Struct(tag)
	switch {
	case v.Go.Text == "" && b.goName[t] != "": // a struct that has a name of its own
	case f == nil && v.Go.Text != "":
		b.errorf(v.Go, "%s is no struct: its view has no type of its own, remove the name", v.Path.Text)
	case f != nil && v.Go.Text == "":
		b.errorf(v.Path, "%s is a %s: its view needs a Go name, write it behind %s", v.Path.Text, f.Type(), v.Method.Text)
	case f != nil:
		c := fmt.Sprintf("%s of struct %s", v.Path.Text, v.Name.Text)
		b.addStruct(&Struct{Info: info(c, s, &v.Info), Go: v.Go.Text}, f, &v.Shape, v.Go)
	}
}

// attachView gives the struct the method. All structs are known by now.
func (b *builder) attachView(v *def.View) {
	if len(b.errs) > 0 {
		return
	}
	i := slices.IndexFunc(b.out.Structs, func(s *Struct) bool {
		tag, _ := s.Tag.Tag()
		return tag == v.Name.Text
	})
	if i < 0 {
		b.errorf(v.Name, "view of struct %s, which is not bound: add struct %s GONAME", v.Name.Text, v.Name.Text)
		return
	}
	s := b.out.Structs[i]
	if s.Machine {
		b.errorf(v.Name, "view of struct %s, which each port lays out for itself: remove the view", v.Name.Text)
		return
	}
	if _, ok := b.fields[s.Go][v.Method.Text]; ok {
		b.errorf(v.Method, "%s is a field of %s: name the method otherwise", v.Method.Text, s.Go)
		return
	}
	b.fields[s.Go][v.Method.Text] = v.Method
	views, err := perClass(b, func(p facts.Port) (View, error) { return b.view(s, v, p) }, unequal)
	if err != nil {
		b.errorf(v.Path, "view %s %v", v.Path.Text, err)
		return
	}
	for _, c := range b.out.Classes {
		l := s.Layout.Val[c]
		l.Views = append(l.Views, views.Val[c])
	}
}

// view returns the method on one port.
func (b *builder) view(s *Struct, v *def.View, p facts.Port) (View, error) {
	m, err := b.member(v, p)
	if err != nil {
		return View{}, err
	}
	t, err := b.goType(m.field.Type.On(p), m.field.C, p)
	if err != nil {
		return View{}, err
	}
	fields := s.Layout.Val[ClassOf(p)].Fields
	i := slices.IndexFunc(fields, func(f Field) bool { return f.C == m.top.Name && f.Go != "_" })
	if s.Storage() {
		i = 0
	}
	if i < 0 {
		return View{}, fmt.Errorf("lies in %s, which is hidden", m.top.Name)
	}
	lay, err := b.facts.LayoutOf(m.field.Type.On(p), p)
	if err != nil || m.offset+lay.Size > fields[i].Size {
		return View{}, fmt.Errorf("does not lie in %s", m.top.Name)
	}
	return View{Method: v.Method.Text, Type: t, C: v.Path.Text, Field: fields[i].Go, Offset: m.offset, Since: v.Since.Text}, nil
}
