package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// calls writes the stubs. They are FreeBSD's alone.
func (e *emitter) calls() error {
	constraint := func(s model.Set) string { return "freebsd && (" + s.Constraint() + ")" }
	return e.setFiles("calls_freebsd", constraint, func(f *file, p part) {
		if p.set == model.SetOf(e.m.Classes...) && len(e.m.Calls) > 0 {
			f.errorOf()
		}
		for _, c := range e.m.Calls {
			if s := shapes(c); takes(p, &s, func(a, b shape) bool { return a.pair == b.pair && slices.Equal(a.slots, b.slots) }) {
				f.stub(c, p.classes[0])
			}
		}
	})
}

// shape is what makes stubs of one call differ.
type shape struct {
	slots []model.Slot
	pair  bool // the result comes in two words
}

func shapes(c *model.Call) model.PerClass[shape] {
	var out model.PerClass[shape]
	for _, class := range model.Classes() {
		if c.Slots.Has[class] {
			out.Set(class, shape{c.Slots.Val[class], wide(c.Result) && class != model.LP64})
		}
	}
	return out
}

func wide(goType string) bool { return goType == "int64" || goType == "uint64" }

// stub adds the function of a call.
func (f *file) stub(c *model.Call, class model.Class) {
	params := make([]jen.Code, len(c.Params))
	for i, p := range c.Params {
		params[i] = jen.Id(p.Name).Add(typ(p.Type))
	}
	results := jen.Error()
	if c.Result != "" {
		results = jen.Params(jen.Add(typ(c.Result)), jen.Error())
	}
	doc := c.Doc
	if len(doc) == 0 {
		doc = []string{fmt.Sprintf("%s makes the system call %s.", c.Go, c.Name)}
	}
	f.add(about(doc, c.Info, fmt.Sprintf("C: %s, %s.", c.C, c.Header)),
		jen.Func().Id(c.Go).Params(params...).Add(results).Block(body(c, class)...))
}

// errorOf adds the function that makes an error of an errno. It allocates nothing:
// Go's runtime has all words below 256, and so all of FreeBSD's errors, at hand
// for interfaces.
func (f *file) errorOf() {
	f.add([]string{
		"// errorOf returns errno as an error that is nil on success. A syscall.Errno passed",
		"// on as an error would not be. It does not allocate: values below 256 have a place",
		"// in Go's runtime.",
	}, jen.Func().Id("errorOf").Params(jen.Id("errno").Qual("syscall", "Errno")).Error().Block(
		jen.If(jen.Id("errno").Op("==").Lit(0)).Block(jen.Return(jen.Nil())),
		jen.Return(jen.Id("errno"))))
}

// failure is the error of a stub.
var failure = jen.Id("errorOf").Call(jen.Id("errno"))

func body(c *model.Call, class model.Class) []jen.Code {
	trap := jen.Qual("syscall", entry(c, len(c.Slots.Val[class]))).Call(args(c, class)...)
	switch {
	case c.Result == "":
		return []jen.Code{
			jen.List(jen.Id("_"), jen.Id("_"), jen.Id("errno")).Op(":=").Add(trap),
			jen.Return(failure),
		}
	case shapes(c).Val[class].pair:
		whole := jen.Uint64().Call(jen.Id("r2")).Op("<<").Lit(32).Op("|").Uint64().Call(jen.Id("r1"))
		return []jen.Code{
			jen.List(jen.Id("r1"), jen.Id("r2"), jen.Id("errno")).Op(":=").Add(trap),
			jen.Return(jen.Id(c.Result).Call(whole), failure),
		}
	}
	r1 := jen.Id("r1")
	if c.Result != "uintptr" {
		r1 = jen.Id(c.Result).Call(r1)
	}
	return []jen.Code{
		jen.List(jen.Id("r1"), jen.Id("_"), jen.Id("errno")).Op(":=").Add(trap),
		jen.Return(r1, failure),
	}
}

// entry returns the function of package syscall that takes n slots.
func entry(c *model.Call, n int) string {
	name := "Syscall"
	if c.Raw {
		name = "RawSyscall"
	}
	return name + entrySuffix(n)
}

func entrySuffix(n int) string {
	switch {
	case n <= 3:
		return ""
	case n <= 6:
		return "6"
	}
	return "9"
}

// args are the slots, filled up with zeros to what the entry takes. A pointer is
// converted within the call, which is what keeps alive what it points at.
func args(c *model.Call, class model.Class) []jen.Code {
	slots := c.Slots.Val[class]
	out := []jen.Code{jen.Id(c.Number)}
	for _, s := range slots {
		out = append(out, slot(c, s))
	}
	for len(out) < 1+capacity(len(slots)) {
		out = append(out, jen.Lit(0))
	}
	return out
}

func capacity(n int) int {
	switch entrySuffix(n) {
	case "":
		return 3
	case "6":
		return 6
	}
	return 9
}

func slot(c *model.Call, s model.Slot) jen.Code {
	p := c.Params[s.Param]
	switch {
	case s.Part == model.Pad:
		return jen.Lit(0)
	case s.Part == model.High:
		return jen.Uintptr().Call(jen.Id(p.Name).Op(">>").Lit(32))
	case p.Type == "uintptr":
		return jen.Id(p.Name)
	case p.Type == "unsafe.Pointer" || !p.Pointer:
		return jen.Uintptr().Call(jen.Id(p.Name))
	}
	return jen.Uintptr().Call(jen.Qual("unsafe", "Pointer").Call(jen.Id(p.Name)))
}
