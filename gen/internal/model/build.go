package model

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// Build joins the manifest and the facts. Its errors name the manifest's line.
func Build(m *def.Manifest, f *facts.File) (*Model, error) {
	b := &builder{
		def: m, facts: f,
		out:      &Model{System: m.System.Text, Release: m.Release.Text},
		goName:   make(map[facts.Type]string),
		ctypes:   make(map[string]string),
		taken:    make(map[string]def.Word),
		fields:   make(map[string]map[string]def.Word),
		declared: declare(f),
	}
	if err := b.head(); err != nil {
		return nil, err
	}
	b.names()
	b.headWords()
	for _, s := range m.Sections {
		b.section(s)
	}
	for _, v := range def.Items[*def.View](m) {
		b.attachView(v)
	}
	if len(b.errs) > 0 {
		return nil, b.sorted()
	}
	return b.out, nil
}

// builder is where Build stands.
type builder struct {
	def      *def.Manifest
	facts    *facts.File
	out      *Model
	goName   map[facts.Type]string          // bound aggregates
	ctypes   map[string]string              // Go types by C spelling
	taken    map[string]def.Word            // names of the package, and what took them
	fields   map[string]map[string]def.Word // names of structs' fields and methods
	declared map[string][]facts.Const       // by header
	errs     []*text.Error
}

// maxErrors bounds what one broken manifest prints.
const maxErrors = 10

func (b *builder) errorf(at def.Word, format string, args ...any) {
	b.errs = append(b.errs, &text.Error{Pos: at.Pos, Msg: fmt.Sprintf(format, args...)})
}

// sorted returns the first errors, in the order of the manifest.
func (b *builder) sorted() error {
	slices.SortStableFunc(b.errs, func(x, y *text.Error) int {
		return cmp.Or(cmp.Compare(x.Pos.Line, y.Pos.Line), cmp.Compare(x.Pos.Col, y.Pos.Col))
	})
	errs := make([]error, min(len(b.errs), maxErrors))
	for i := range errs {
		errs[i] = b.errs[i]
	}
	return errors.Join(errs...)
}

// take claims a name of the package.
func (b *builder) take(name string, at def.Word) {
	if what := reserved(name); what != "" {
		b.errorf(at, "%s is %s in Go: leave it out with !%s, or name it otherwise", name, what, name)
		return
	}
	if first, ok := b.taken[name]; ok {
		b.errorf(at, "%s is the name of what line %d binds too: leave one out with !%s, or name it otherwise", name, first.Pos.Line, name)
		return
	}
	b.taken[name] = at
}

// reserved says what a name is in Go, if the package cannot have it.
func reserved(name string) string {
	switch {
	case token.IsKeyword(name):
		return "a keyword"
	case types.Universe.Lookup(name) != nil:
		return "predeclared"
	case slices.Contains([]string{"init", "strconv", "syscall", "unsafe"}, name):
		return "not free"
	}
	return ""
}

// head checks that the manifest and the facts are about the same thing.
func (b *builder) head() error {
	m, r := b.def, b.facts.Release
	if m.System.Text != r.System || m.Release.Text != r.Name {
		return m.Release.Errorf("release %s %s, but the facts are of %s %s: name that one, or extract facts for this one",
			m.System.Text, m.Release.Text, r.System, r.Name)
	}
	for _, a := range m.Arch {
		p, err := facts.ParsePort(a.Text)
		if err != nil {
			return a.Errorf("%v", err)
		}
		if !slices.Contains(b.facts.Ports, p) {
			return a.Errorf("the facts have no port %s: extract them for it too, or leave it out", p)
		}
		b.out.Ports = append(b.out.Ports, p)
		if c := ClassOf(p); !slices.Contains(b.out.Classes, c) {
			b.out.Classes = append(b.out.Classes, c)
		}
	}
	slices.Sort(b.out.Classes)
	return nil
}

// names notes which aggregates and C types have Go types, before any is used.
func (b *builder) names() {
	for _, c := range b.def.CTypes {
		b.ctypes[c.Name.Text] = c.Go.Text
	}
	for _, s := range def.Items[*def.Struct](b.def) {
		b.goName[structType(s)] = s.Go.Text
	}
	for _, v := range def.Items[*def.View](b.def) {
		if v.Go.Text == "" {
			continue
		}
		if m, err := b.member(v, b.out.Ports[0]); err == nil {
			b.goName[m.field.Type.On(b.out.Ports[0]).Element()] = v.Go.Text
		}
	}
}

func structType(s *def.Struct) facts.Type {
	if s.Union {
		return facts.Type("union." + s.Name.Text)
	}
	return facts.Type("struct." + s.Name.Text)
}

func (b *builder) section(s *def.Section) {
	b.out.Families = append(b.out.Families, s.Family.Text)
	b.bindConsts(s)
	for _, it := range s.Items {
		switch it := it.(type) {
		case *def.Typedef:
			b.bindTypedef(s, it)
		case *def.Struct:
			b.bindStruct(s, it)
		case *def.View:
			b.bindView(s, it)
		case *def.Errno:
			b.bindErrno(it)
		case *def.Numbers:
			b.bindNumbers(it)
		case *def.Call:
			b.bindCall(s, it)
		}
	}
}

// info copies what the manifest says of an item.
func info(c string, s *def.Section, i *def.Info) Info {
	out := Info{C: c, Header: s.Header.Text, Family: s.Family.Text, Since: i.Since.Text, Man: i.Man.Text}
	for _, d := range i.Doc {
		out.Doc = append(out.Doc, d.Text)
	}
	return out
}

// perClass asks for a value on each port, and wants the ports of a class to
// agree. The error names two that do not.
func perClass[T any](b *builder, get func(facts.Port) (T, error), diff func(a, c T) string) (PerClass[T], error) {
	var out PerClass[T]
	first := map[Class]facts.Port{}
	for _, p := range b.out.Ports {
		v, err := get(p)
		if err != nil {
			return out, err
		}
		c := ClassOf(p)
		q, seen := first[c]
		if !seen {
			first[c] = p
			out.Set(c, v)
		} else if d := diff(out.Val[c], v); d != "" {
			return out, fmt.Errorf("differs between %v and %v, which share their types: %s", q, p, d)
		}
	}
	return out, nil
}

// perMachine asks each port that has the thing for a value of its own.
func perMachine[T any](b *builder, has func(facts.Port) bool, get func(facts.Port) (T, error)) (out PerClass[T], err error) {
	for _, p := range b.out.Ports {
		if !has(p) {
			continue
		}
		v, err := get(p)
		if err != nil {
			return out, fmt.Errorf("on %v: %w", p, err)
		}
		out.Set(MachineOf(p), v)
	}
	return out, nil
}

// unequal is perClass's diff for plain values.
func unequal[T comparable](a, b T) string {
	if a == b {
		return ""
	}
	return fmt.Sprintf("%v and %v", a, b)
}
