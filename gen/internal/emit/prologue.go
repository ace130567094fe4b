package emit

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// prologue is what a stub does before the call: it bounds lengths that the kernel
// is told by a pointer, refuses those that do not fit their type, and gives
// strings the form that C has.
func prologue(c *model.Call) []jen.Code {
	var out []jen.Code
	for i := range c.Params {
		p := &c.Params[i]
		switch {
		case p.Room != "":
			out = append(out, clampRoom(p))
		case p.Form == model.String:
			out = append(out, cString(c, p, "cstring")...)
		case p.Form == model.StringPtr:
			out = append(out, cString(c, p, "cstringPtr")...)
		}
	}
	if long := tooLong(c); long != nil {
		out = append(out, jen.If(long).Block(failed(c, jen.Qual("syscall", "EINVAL"))))
	}
	return out
}

// clampRoom lowers *ROOM to the slice's length.
func clampRoom(p *model.Param) jen.Code {
	room := jen.Op("*").Id(p.Room)
	return jen.If(jen.Id(p.Room).Op("!=").Nil().Op("&&").Uint64().Call(room).Op(">").Uint64().Call(length(p))).Block(
		jen.Add(room).Op("=").Id(p.RoomType).Call(length(p)))
}

func cString(c *model.Call, p *model.Param, convert string) []jen.Code {
	room, ptr := p.Name+"Room", p.Name+"Ptr"
	return []jen.Code{
		jen.Var().Id(room).Id("stringRoom"),
		jen.List(jen.Id(ptr), jen.Err()).Op(":=").Id(convert).Call(jen.Op("&").Id(room), jen.Id(p.Name)),
		jen.If(jen.Err().Op("!=").Nil()).Block(failed(c, jen.Err())),
	}
}

// limits are the greatest counts of the types that are narrower than an address.
var limits = map[string]string{"int32": "1<<31 - 1", "uint32": "1<<32 - 1"}

// tooLong is whether a length does not fit, or nil if all do.
func tooLong(c *model.Call) *jen.Statement {
	var all *jen.Statement
	for i := range c.Params {
		p := &c.Params[i]
		if p.Limit == "" || p.Form == model.One {
			continue
		}
		count := jen.Uint64().Call(jen.Len(jen.Id(p.Name)))
		if p.Bytes {
			count.Op("*").Uint64().Call(jen.Qual("unsafe", "Sizeof").Call(jen.Id(p.Name).Index(jen.Lit(0))))
		}
		count.Op(">").Id(limits[p.Limit])
		if all == nil {
			all = count
		} else {
			all.Op("||").Add(count)
		}
	}
	return all
}

// failed returns before the call, with the number that the kernel returns with an
// error too.
func failed(c *model.Call, err jen.Code) jen.Code {
	switch {
	case c.Result == "":
		return jen.Return(err)
	case strings.HasPrefix(c.Result, "u"):
		return jen.Return(jen.Op("^").Id(c.Result).Call(jen.Lit(0)), err)
	}
	return jen.Return(jen.Lit(-1), err)
}

// helpers writes what the stubs share.
func (e *emitter) helpers() {
	if len(e.m.Calls) == 0 {
		return
	}
	f := e.file("zsys", "freebsd")
	f.errorOf()
	if e.uses(model.String) || e.uses(model.StringPtr) {
		f.cstring()
	}
	if e.uses(model.StringPtr) {
		f.add([]string{"// cstringPtr is [cstring] for a string that may be missing."},
			jen.Func().Id("cstringPtr").Params(jen.Id("room").Op("*").Id("stringRoom"), jen.Id("s").Op("*").String()).Params(jen.Op("*").Byte(), jen.Error()).Block(
				jen.If(jen.Id("s").Op("==").Nil()).Block(jen.Return(jen.Nil(), jen.Nil())),
				jen.Return(jen.Id("cstring").Call(jen.Id("room"), jen.Op("*").Id("s")))))
	}
	e.save("zsys/stubs_freebsd.go", f)
}

func (e *emitter) uses(form model.Form) bool {
	return slices.ContainsFunc(e.m.Calls, func(c *model.Call) bool {
		return slices.ContainsFunc(c.Params, func(p model.Param) bool { return p.Form == form })
	})
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

// cstring adds the function that puts a NUL behind a string.
func (f *file) cstring() {
	f.add([]string{"// stringRoom is where a stub puts a string that fits: its length is PATH_MAX."},
		jen.Type().Id("stringRoom").Index(jen.Lit(1024)).Byte())
	at := func(p string) *jen.Statement { return jen.Id(p).Index(jen.Id("i")) }
	f.add([]string{
		"// cstring returns s as C has it, in room if that is large enough. A NUL inside is",
		"// EINVAL: the kernel would not see what comes behind it. It stays out of line: a",
		"// copy in each stub would make programs larger and nothing faster.",
		"//",
		"//go:noinline",
	}, jen.Func().Id("cstring").Params(jen.Id("room").Op("*").Id("stringRoom"), jen.Id("s").String()).Params(jen.Op("*").Byte(), jen.Error()).Block(
		jen.Id("text").Op(":=").Id("room").Index(jen.Op(":")),
		jen.If(jen.Len(jen.Id("s")).Op(">=").Len(jen.Id("text"))).Block(
			jen.Id("text").Op("=").Make(jen.Index().Byte(), jen.Len(jen.Id("s")).Op("+").Lit(1))),
		jen.For(jen.Id("i").Op(":=").Range().Len(jen.Id("s"))).Block(
			jen.If(at("s").Op("==").Lit(0)).Block(jen.Return(jen.Nil(), jen.Qual("syscall", "EINVAL"))),
			at("text").Op("=").Add(at("s"))),
		jen.Id("text").Index(jen.Len(jen.Id("s"))).Op("=").Lit(0),
		jen.Return(jen.Op("&").Id("text").Index(jen.Lit(0)), jen.Nil())))
}
