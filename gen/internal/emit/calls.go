package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// calls writes the stubs. They are FreeBSD's alone.
func (e *emitter) calls() {
	constraint := func(s model.Set) string { return "freebsd && (" + s.Constraint() + ")" }
	same := func(a, b shape) bool { return a.pair == b.pair && slices.Equal(a.slots, b.slots) }
	for _, family := range e.families() {
		e.setFiles(inFamily("calls", family)+"_freebsd", constraint, func(f *file, p part) {
			for _, c := range e.m.Calls {
				if s := shapes(c); c.Family == family && takes(p, &s, same) {
					f.stub(c, p.classes[0])
				}
			}
		})
	}
	e.helpers()
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
		results = jen.Params(jen.Id("n").Add(typ(c.Result)), jen.Err().Error())
	}
	f.add(about(callDoc(c), c.Info, fmt.Sprintf("C: %s.", c.C), capmode(c)),
		jen.Func().Id(c.Go).Params(params...).Add(results).Block(body(c, class)...))
}

// failure is the error of a stub.
var failure = jen.Id("errorOf").Call(jen.Id("errno"))

func body(c *model.Call, class model.Class) []jen.Code {
	return append(prologue(c), trap(c, class)...)
}

// trap makes the call and returns what comes of it.
func trap(c *model.Call, class model.Class) []jen.Code {
	trap := jen.Qual("syscall", entry(c, len(c.Slots.Val[class]))).Call(args(c, class)...)
	switch {
	case c.Posix:
		return []jen.Code{
			jen.List(jen.Id("r1"), jen.Id("_"), jen.Id("errno")).Op(":=").Add(trap),
			jen.If(jen.Id("errno").Op("==").Lit(0)).Block(jen.Id("errno").Op("=").Qual("syscall", "Errno").Call(jen.Id("r1"))),
			jen.Return(failure),
		}
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
	p := &c.Params[s.Param]
	switch {
	case s.Part == model.Pad:
		return jen.Lit(0)
	case s.Part == model.High:
		return jen.Uintptr().Call(jen.Id(p.Name).Op(">>").Lit(32))
	case s.Part == model.Len:
		return length(p)
	case p.Type == "uintptr":
		return jen.Id(p.Name)
	case p.Form == model.Word, p.Type == "unsafe.Pointer":
		return jen.Uintptr().Call(jen.Id(p.Name))
	}
	return jen.Uintptr().Call(jen.Qual("unsafe", "Pointer").Call(address(p)))
}

// address is the pointer that an argument becomes.
func address(p *model.Param) jen.Code {
	switch p.Form {
	case model.String, model.StringPtr:
		return jen.Id(p.Name + "Ptr")
	case model.Text:
		return jen.Qual("unsafe", "StringData").Call(jen.Id(p.Name))
	case model.Slice:
		return jen.Qual("unsafe", "SliceData").Call(jen.Id(p.Name))
	}
	return jen.Id(p.Name)
}

// length is how much there is behind an argument, as the kernel counts.
func length(p *model.Param) jen.Code {
	size := func(x jen.Code) *jen.Statement { return jen.Qual("unsafe", "Sizeof").Call(x) }
	switch {
	case p.Form == model.One:
		return size(jen.Op("*").Id(p.Name))
	case p.Bytes:
		return jen.Uintptr().Call(jen.Len(jen.Id(p.Name))).Op("*").Add(size(jen.Id(p.Name).Index(jen.Lit(0))))
	}
	return jen.Uintptr().Call(jen.Len(jen.Id(p.Name)))
}
