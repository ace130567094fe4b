package emit

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

func equal[T comparable](a, b T) bool { return a == b }

// block is a const block of those constants that go into the part.
func (e *emitter) block(f *file, g *model.ConstGroup, goType string, p part) {
	var defs []jen.Code
	for _, c := range g.Consts {
		if takes(p, &c.Value, equal) {
			defs = append(defs, define(c, goType, p.classes[0]))
		}
	}
	if len(defs) > 0 {
		f.add(about(g.Doc, g.Info, "C: "+g.Header+"."), jen.Const().Defs(defs...))
	}
}

// define is one line of a const block.
func define(c model.Const, goType string, class model.Class) jen.Code {
	s := jen.Id(c.Name)
	if goType != "" {
		s.Id(goType)
	}
	s.Op("=").Id(number(c.Value.Val[class], c.Octal))
	var notes []string
	if c.Note != "" {
		notes = append(notes, c.Note)
	}
	if c.Since != "" {
		notes = append(notes, since(c.Since))
	}
	if len(notes) > 0 {
		s.Comment("// " + strings.Join(notes, "; "))
	}
	return s
}

func number(v facts.Int, octal bool) string {
	if u, ok := v.Uint64(); ok && octal && u > 7 {
		return fmt.Sprintf("%#o", u)
	}
	return v.String()
}

func (e *emitter) consts() {
	for _, family := range e.families() {
		e.setFiles(inFamily("consts", family), model.Set.Constraint, func(f *file, p part) {
			for _, g := range e.m.Consts {
				if g.Family == family {
					e.block(f, g, "", p)
				}
			}
		})
	}
}

func (e *emitter) enums() {
	e.setFiles("enums", model.Set.Constraint, func(f *file, p part) {
		whole := p.set == model.SetOf(e.m.Classes...)
		flags := false
		for _, en := range e.m.Enums {
			if whole {
				f.add(about(en.Doc, en.Info), jen.Type().Id(en.Go).Id(en.Base))
			}
			goType := en.Go
			if en.Untyped {
				goType = ""
			}
			e.block(f, &model.ConstGroup{Info: model.Info{Header: en.Header}, Consts: en.Consts}, goType, p)
			switch {
			case whole && en.Flags:
				f.flagString(en)
				flags = true
			case whole:
				f.enumString(en)
			}
		}
		if flags {
			f.flagHelper()
		}
	})
}

// enumString adds a String method that returns the constant's C name.
func (f *file) enumString(en *model.Enum) {
	var cases []jen.Code
	var seen []facts.Int
	for _, c := range slices.SortedStableFunc(slices.Values(en.Consts), oldFirst) {
		v, _ := c.Value.First()
		if !slices.Contains(seen, v) {
			seen = append(seen, v)
			cases = append(cases, jen.Case(jen.Id(c.Name)).Block(jen.Return(jen.Lit(c.Name))))
		}
	}
	conv, format := "int64", "FormatInt"
	if strings.HasPrefix(en.Base, "u") {
		conv, format = "uint64", "FormatUint"
	}
	other := jen.Lit(en.Go+"(").Op("+").Qual("strconv", format).Call(jen.Id(conv).Call(jen.Id("v")), jen.Lit(10)).Op("+").Lit(")")
	f.add([]string{"// String returns the C name, or the number of a value that has none."},
		jen.Func().Params(jen.Id("v").Id(en.Go)).Id("String").Params().String().Block(
			jen.Switch(jen.Id("v")).Block(cases...), jen.Return(other)))
}

// oldFirst puts a name that came later behind one that has always been there: of
// two names for a value the older one is the better known.
func oldFirst(a, b model.Const) int {
	return cmp.Compare(min(len(a.Since), 1), min(len(b.Since), 1))
}

// flagString adds a String method that names each bit. Constants of several bits
// come first, so that they are named rather than their parts.
func (f *file) flagString(en *model.Enum) {
	list := slices.Clone(en.Consts)
	slices.SortStableFunc(list, func(a, b model.Const) int { return ones(b) - ones(a) })
	var rows []jen.Code
	for _, c := range list {
		if ones(c) > 0 {
			rows = append(rows, jen.Line().Values(jen.Uint64().Call(jen.Id(c.Name)), jen.Lit(c.Name)))
		}
	}
	table := strings.ToLower(en.Go[:1]) + en.Go[1:] + "Names"
	f.add([]string{"// String returns the C names of the bits, joined by |, and the number of bits that", "// have none."},
		jen.Func().Params(jen.Id("v").Id(en.Go)).Id("String").Params().String().Block(
			jen.Return(jen.Id("flagString").Call(jen.Uint64().Call(jen.Id("v")), jen.Id(table).Index(jen.Op(":"))))))
	f.add(nil, jen.Var().Id(table).Op("=").Index(jen.Op("...")).Id("flagName").Values(append(rows, jen.Line())...))
}

func ones(c model.Const) int {
	v, _ := c.Value.First()
	u, _ := v.Uint64()
	return bits.OnesCount64(u)
}

// flagHelper adds what the String methods of flags share.
func (f *file) flagHelper() {
	f.add([]string{"// flagName is the C name of some bits."},
		jen.Type().Id("flagName").Struct(jen.Id("bits").Uint64(), jen.Id("name").String()))
	text := jen.Id("text")
	f.add(nil, jen.Func().Id("flagString").Params(jen.Id("v").Uint64(), jen.Id("names").Index().Id("flagName")).String().Block(
		jen.If(jen.Id("v").Op("==").Lit(0)).Block(jen.Return(jen.Lit("0"))),
		jen.Var().Add(text).Index().Byte(),
		jen.For(jen.List(jen.Id("_"), jen.Id("n")).Op(":=").Range().Id("names")).Block(
			jen.If(jen.Id("v").Op("&").Id("n").Dot("bits").Op("==").Id("n").Dot("bits")).Block(
				jen.Add(text).Op("=").Append(jen.Append(text, jen.LitRune('|')), jen.Id("n").Dot("name").Op("...")),
				jen.Id("v").Op("&^=").Id("n").Dot("bits"),
			),
		),
		jen.If(jen.Id("v").Op("!=").Lit(0)).Block(
			jen.Add(text).Op("=").Qual("strconv", "AppendUint").Call(jen.Append(text, jen.Lit("|0x").Op("...")), jen.Id("v"), jen.Lit(16)),
		),
		jen.Return(jen.String().Call(jen.Add(text).Index(jen.Lit(1).Op(":")))),
	))
}

func (e *emitter) numbers() {
	f := e.file("zsys", "")
	var defs []jen.Code
	for _, n := range e.m.Numbers {
		defs = append(defs, jen.Id(n.Name).Op("=").Lit(n.Number).Comment("// "+n.C))
	}
	if len(defs) > 0 {
		f.add([]string{"// Numbers of the system calls that a program of this release can make, with", "// their C arguments."},
			jen.Const().Defs(defs...))
	}
	e.save("zsys/numbers.go", f)
}
