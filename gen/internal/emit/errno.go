package emit

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// errnos writes the table of errors, as data without pointers: one string of all
// names, one of all messages, and where each of them ends.
func (e *emitter) errnos() {
	f := e.file("rawsys", "")
	if len(e.m.Errnos) == 0 {
		return
	}
	var defs []jen.Code
	var names, messages table
	names.end(0)
	messages.end(0)
	last := 0
	for _, en := range e.m.Errnos {
		defs = append(defs, jen.Id(en.Names[0]).Id("Errno").Op("=").Lit(en.Number).Comment("// "+en.Message))
		for _, alias := range en.Names[1:] {
			defs = append(defs, jen.Id(alias).Op("=").Id(en.Names[0]))
		}
		names.put(en.Number, en.Names[0])
		messages.put(en.Number, en.Message)
		last = max(last, en.Number)
	}
	f.add([]string{"// FreeBSD's errors."}, jen.Const().Defs(defs...))
	f.add([]string{"// ELAST is the greatest of FreeBSD's errors."}, jen.Const().Id("ELAST").Id("Errno").Op("=").Lit(last))
	f.strings("errnoNames", names)
	f.strings("errnoMessages", messages)
	f.byName(e.m.Errnos)
	e.save("errno_gen.go", f)
}

// table is strings by number, put one behind the other.
type table struct {
	text []string
	ends []int // ends[n] is where string n ends
	size int
}

// put adds string n. Numbers in between have empty ones.
func (t *table) put(n int, s string) {
	for len(t.ends) < n {
		t.end(0)
	}
	t.text = append(t.text, s)
	t.end(len(s))
}

func (t *table) end(n int) {
	t.size += n
	t.ends = append(t.ends, t.size)
}

// strings adds a constant with the text, eight to a line, and an array of ends.
func (f *file) strings(name string, t table) {
	text := jen.Empty()
	for i, chunk := range slices.Collect(slices.Chunk(t.text, 8)) {
		if i > 0 {
			text.Op("+").Line()
		}
		text.Lit(strings.Join(chunk, ""))
	}
	ends := make([]jen.Code, 0, len(t.ends)+len(t.ends)/16+1)
	for i, end := range t.ends {
		if i%16 == 0 {
			ends = append(ends, jen.Line().Lit(end))
		} else {
			ends = append(ends, jen.Lit(end))
		}
	}
	ends = append(ends, jen.Line())
	f.add(nil, jen.Const().Id(name).Op("=").Add(text))
	f.add([]string{"// " + name + "End[n] is where number n's part of " + name + " ends."},
		jen.Var().Id(name+"End").Op("=").Index(jen.Op("...")).Uint16().Values(ends...))
}

// byName adds a lookup that the compiler makes a binary search of.
func (f *file) byName(errnos []model.Errno) {
	var cases []jen.Code
	for _, en := range errnos {
		for _, name := range en.Names {
			cases = append(cases, jen.Case(jen.Lit(name)).Block(jen.Return(jen.Id(name))))
		}
	}
	f.add([]string{"// errnoByName returns 0 for a name that is none of FreeBSD's errors."},
		jen.Func().Id("errnoByName").Params(jen.Id("name").String()).Id("Errno").Block(
			jen.Switch(jen.Id("name")).Block(cases...), jen.Return(jen.Lit(0))))
}
