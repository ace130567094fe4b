package extract

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// merge makes one file of what the ports say.
func (x *extractor) merge(ctx context.Context, probes []*probe) (*facts.File, error) {
	f := &facts.File{Release: x.release, Ports: x.Ports}
	if err := x.checkFound(probes); err != nil {
		return nil, err
	}
	mergeTypedefs(f, probes)
	mergeEnums(f, probes)
	if err := mergeStructs(f, probes); err != nil {
		return nil, err
	}
	var errnosErr error
	var wait sync.WaitGroup
	wait.Go(func() { f.Errnos, errnosErr = x.sameErrnos(ctx, probes) }) // a run of the compiler, too
	err := x.align(ctx, f, probes)
	wait.Wait()
	if err = cmp.Or(err, errnosErr); err != nil {
		return nil, err
	}
	x.mergeConsts(f, probes)
	f.Syscalls = x.syscalls(probes[0])
	x.borrowTypes(f)
	f.Asked = x.asked()
	return f, nil
}

// checkFound fails for the first thing that was asked for and no port has.
func (x *extractor) checkFound(probes []*probe) error {
	for _, w := range x.plan.types {
		everywhere := !slices.ContainsFunc(probes, func(p *probe) bool { return !p.absent[w.Text] || p.types.untagged(w.Text) })
		if !everywhere || x.refused[w.Text] != nil || def.Later(w.Since, x.release.Name) || w.table && !x.Tree.Source {
			continue
		}
		if !w.table && x.typeElsewhere(w) {
			continue
		}
		if !w.table {
			return x.missing(w.Word, w.c, w.header)
		}
		if err := x.table.forget(w); err != nil {
			return err
		}
	}
	for _, h := range x.plan.headers {
		for _, set := range h.Consts {
			if err := x.checkConsts(h, set, probes); err != nil {
				return err
			}
		}
	}
	x.warnWide(probes)
	return nil
}

// warnWide names the constants that patterns fit and that the facts have no
// numbers for.
func (x *extractor) warnWide(probes []*probe) {
	wide := map[string]bool{}
	for _, p := range probes {
		maps.Copy(wide, p.wide)
	}
	for _, name := range slices.Sorted(maps.Keys(wide)) {
		x.warn("constant %s is left out: it has more than 64 bits", name)
		x.without(name, probes)
	}
}

// without leaves out a constant on every port: where it does fit it is the same
// constant.
func (x *extractor) without(name string, probes []*probe) {
	for _, p := range probes {
		delete(p.values, name)
		delete(p.wide, name)
	}
	if x.left == nil {
		x.left = map[string]bool{}
	}
	x.left[name] = true
}

func (x *extractor) checkConsts(h planned, set []Want, probes []*probe) error {
	for _, w := range set {
		if w.Text[0] == '!' || x.left[w.Text] || x.optional(w) {
			continue
		}
		if i := slices.IndexFunc(probes, func(p *probe) bool { return p.wide[w.Text] }); i >= 0 {
			m := probes[i].macros[w.Text]
			if err := x.refuseItem(w.Word, fmt.Errorf("%s: constant %s has more than 64 bits: %s defines it as %q", probes[i].port, w.Text, m.header, m.body)); err != nil {
				return err
			}
			x.without(w.Text, probes)
			continue
		}
		if slices.ContainsFunc(probes, func(p *probe) bool { return p.gives(w.Word, h) }) {
			continue
		}
		switch m, ok := probes[0].macros[w.Text]; {
		case !ok && x.constElsewhere(w):
		case !ok:
			return x.missing(w.Word, "constant "+w.Text, h.Name.Text)
		case !slices.Contains(h.from, m.header):
			return w.Errorf("constant %s is defined by %s, not by %s: move it there", w.Text, x.common(w.Text, m.header, probes), h.Name.Text)
		default:
			return w.Errorf("constant %s is no integer: %s defines it as %q", w.Text, m.header, m.body)
		}
	}
	return nil
}

// gives reports whether a constant that fits the word was found below the header.
func (p *probe) gives(w text.Word, h planned) bool {
	below := func(name string) bool {
		owner, ok := p.owner(name)
		return ok && (owner == h.Name.Text || slices.Contains(h.from, owner))
	}
	if !def.IsPattern(w) {
		_, ok := p.values[w.Text]
		return ok && below(w.Text)
	}
	for name := range p.values {
		if def.Match([]text.Word{w}, name) && below(name) {
			return true
		}
	}
	return false
}

// common returns the header that defines a macro by a name that fits all ports:
// where one only redirects to another, that is the first one.
func (x *extractor) common(macro, header string, probes []*probe) string {
	for _, p := range probes {
		if other := p.macros[macro].header; other != "" && slices.Contains(x.Tree.Redirects(probes[0].port, other), header) {
			return other
		}
	}
	return header
}

// index finds the items of a list by name, and adds those that it lacks.
type index map[string]int

func upsert[T any](in index, list *[]T, name string, item T) *T {
	i, ok := in[name]
	if !ok {
		i = len(*list)
		in[name] = i
		*list = append(*list, item)
	}
	return &(*list)[i]
}

func mergeTypedefs(f *facts.File, probes []*probe) {
	in := index{}
	for _, p := range probes {
		for name, td := range p.types.typedefs {
			upsert(in, &f.Typedefs, name, facts.Typedef{Name: name, Header: td.header}).Type.Set(p.port, td.typ)
		}
	}
}

func mergeEnums(f *facts.File, probes []*probe) {
	in := index{}
	for _, p := range probes {
		for tag, e := range p.types.enums {
			into := upsert(in, &f.Enums, tag, facts.Enum{Name: tag, Header: e.header})
			into.Type.Set(p.port, e.typ)
			mergeValues(into, p.port, e)
		}
	}
}

func mergeValues(into *facts.Enum, port facts.Port, e *enum) {
	for _, name := range e.names {
		i := slices.IndexFunc(into.Values, func(v facts.EnumValue) bool { return v.Name == name })
		if i < 0 {
			i = len(into.Values)
			into.Values = append(into.Values, facts.EnumValue{Name: name})
		}
		into.Values[i].Value.Set(port, e.values[name])
	}
}

// mergeStructs keeps the order in which structs were read: those that hold
// others stand behind them.
func mergeStructs(f *facts.File, probes []*probe) error {
	for _, p := range probes {
		for _, name := range p.types.order {
			a := p.types.structs[name]
			s := f.Struct(name)
			if s == nil {
				s = &facts.Struct{Name: name, Header: a.header, Union: a.union, Typedef: a.typedef}
				f.Structs = append(f.Structs, s)
			}
			if a.union != s.Union {
				return &inexpressible{name, fmt.Sprintf("%s is not on %s what it is on other ports, a struct or a union: the facts have no form for that", name, p.port)}
			}
			s.Size.Set(p.port, a.size)
			mergeFields(s, p.port, a.members)
		}
	}
	return nil
}

// mergeFields puts a field that only later ports have behind the one that it
// follows there.
func mergeFields(s *facts.Struct, port facts.Port, members []member) {
	next := 0
	for _, m := range members {
		i := slices.IndexFunc(s.Fields, func(f facts.Field) bool { return f.Name == m.name })
		if i < 0 {
			i = next
			s.Fields = slices.Insert(s.Fields, i, facts.Field{Name: m.name, C: m.c})
		}
		f := &s.Fields[i]
		f.Offset.Set(port, m.offset)
		f.Type.Set(port, m.typ)
		if m.bits.Width > 0 {
			f.Bits.Set(port, m.bits)
		}
		next = i + 1
	}
}

// mergeConsts leaves out what the table of errors has, and macros that stand for
// the enumerators of their name.
func (x *extractor) mergeConsts(f *facts.File, probes []*probe) {
	errnos := map[string]bool{}
	for _, e := range f.Errnos {
		errnos[e.Name] = true
	}
	enumerators := enumerators(f)
	in := index{}
	for _, p := range probes {
		for _, name := range p.wanted() {
			header, wants := p.owner(name)
			value, ok := p.values[name]
			if !ok || errnos[name] || !wants {
				continue
			}
			if e, ok := enumerators[name]; !ok {
				upsert(in, &f.Consts, name, facts.Const{Name: name, Header: header}).Value.Set(p.port, value)
			} else if same, ok := e.Get(p.port); !ok || same != value {
				x.warn("constant %s is left out: on %s it is %s, and not the enumerator of its name", name, p.port, value)
			}
		}
	}
}

func enumerators(f *facts.File) map[string]facts.PerPort[facts.Int] {
	all := map[string]facts.PerPort[facts.Int]{}
	for _, e := range f.Enums {
		for _, v := range e.Values {
			all[v.Name] = v.Value
		}
	}
	return all
}

// sameErrnos returns the table of errors, which is the same everywhere.
func (x *extractor) sameErrnos(ctx context.Context, probes []*probe) ([]facts.Errno, error) {
	first, err := x.errnos(ctx, probes[0])
	if err != nil {
		return nil, err
	}
	for _, e := range first {
		for _, p := range probes {
			if n, ok := p.values[e.Name].Int64(); !ok || n != int64(e.Number) {
				return nil, fmt.Errorf("%s is %d on %s and %d on %s: the facts have no form for that", e.Name, e.Number, probes[0].port, n, p.port)
			}
		}
	}
	return first, nil
}
