package extract

import (
	"bytes"
	"cmp"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/cname"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// How structs and fields are aligned cannot be worked out from where things
// lie: bits without a name and attributes leave gaps that look alike. So the
// compiler is asked, in a second program, once the names are known. Debug
// information has what attributes ask for, and a gap that is left is bits.

// aligned is what the compiler says of one port, by name: struct.NAME, and
// "struct.NAME FIELD" for a field where it lies.
type aligned map[string]answer

// An answer is an alignment; of a field also its size, and whether the compiler
// chose both because it is _Atomic. Debug information does not tell that.
type answer struct {
	align, size int64
	atomic      bool
}

// align asks on every port, and writes alignments and gaps into the facts.
func (x *extractor) align(ctx context.Context, f *facts.File, probes []*probe) error {
	answers := make([]aligned, len(probes))
	err := clang.EachPort(ctx, x.Ports, func(ctx context.Context, i int, _ facts.Port) (err error) {
		answers[i], err = probes[i].aligns(ctx, f)
		return err
	})
	if err != nil {
		return err
	}
	for i, p := range probes {
		a := &aligner{facts: f, probe: p, answers: answers[i], done: map[*facts.Struct]bool{}}
		for _, s := range f.Structs {
			a.structure(s)
		}
		if err := a.sizes(); err != nil {
			return err
		}
	}
	for _, s := range f.Structs {
		for i, p := range probes {
			(&aligner{facts: f, probe: p, answers: answers[i]}).fields(s)
		}
	}
	return nil
}

// A question is expressions about something with a name.
type question struct{ name, align, size, atomic string }

const questionLines = "alignments"

// aligns asks the compiler. What it cannot say, because C has no expression for
// it, is missing from the answers.
func (p *probe) aligns(ctx context.Context, f *facts.File) (aligned, error) {
	ask := questions(f, p.port)
	for {
		var b strings.Builder
		fmt.Fprintf(&b, "%s%s#line 1 %q\n", p.start, cname.Undef(f), questionLines)
		for i, q := range ask {
			fmt.Fprintf(&b, "enum { rawsys_align%[1]d = (%[2]s), rawsys_size%[1]d = (%[3]s), rawsys_atomic%[1]d = !(%[4]s) };\n", i, q.align, q.size, q.atomic)
		}
		b.WriteString("const unsigned long long rawsys_aligns[] = {\n")
		for i := range ask {
			fmt.Fprintf(&b, "rawsys_align%[1]d, rawsys_size%[1]d, rawsys_atomic%[1]d,\n", i)
		}
		b.WriteString("0 };\n")
		object, err := p.cc(ctx, b.String(), "-c", "-o", "-")
		var ce *clang.Error
		if errors.As(err, &ce) && len(ce.Lines(questionLines)) > 0 {
			for _, i := range slices.Backward(ce.Lines(questionLines)) {
				if i < len(ask) {
					ask = slices.Delete(ask, i, i+1)
				}
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		return answersIn(object, ask)
	}
}

func answersIn(object []byte, ask []question) (aligned, error) {
	file, err := elf.NewFile(bytes.NewReader(object))
	if err != nil {
		return nil, err
	}
	values, err := array(file, "rawsys_aligns", 8)
	if err != nil {
		return nil, err
	}
	out := aligned{}
	for i, q := range ask {
		out[q.name] = answer{int64(values[3*i]), int64(values[3*i+1]), values[3*i+2] != 0}
	}
	return out, nil
}

func questions(f *facts.File, port facts.Port) []question {
	var ask []question
	for _, s := range f.Structs {
		pl, ok := cname.Of(f, s, port)
		if !s.Size.Has(port) || !ok {
			continue
		}
		if cname.Whole(s) {
			ask = append(ask, question{string(s.Type()), "_Alignof(" + pl.Type + ")", "sizeof(" + pl.Type + ")", "1"})
		}
		for _, field := range s.InOrder(port) {
			if !cname.Unnamed(field.Name) && !field.Bits.Has(port) {
				m := cname.Member(pl.Type, field.Name)
				ask = append(ask, question{fieldName(s, field), "__alignof__(" + m + ")", size(m, field.Type.On(port)), cname.Plain(m, field.Type.On(port))})
			}
		}
	}
	return ask
}

// size asks for a field's size; an array without a length has none.
func size(m string, t facts.Type) string {
	if _, n, ok := t.Array(); ok && n < 0 {
		return "0"
	}
	return "sizeof(" + m + ")"
}

func fieldName(s *facts.Struct, f *facts.Field) string { return string(s.Type()) + " " + f.Name }

// An aligner writes down what one port's compiler says.
type aligner struct {
	facts   *facts.File
	probe   *probe
	answers aligned
	done    map[*facts.Struct]bool
}

// structure gives a struct its alignment, behind those that it holds, and finds
// out whether it is packed.
func (a *aligner) structure(s *facts.Struct) {
	port := a.probe.port
	if a.done[s] || !s.Size.Has(port) {
		return
	}
	a.done[s] = true
	most := int64(1)
	for _, f := range s.InOrder(port) {
		tag, _ := f.Type.On(port).Element().Tag()
		if inner := a.facts.Struct(tag); inner != nil {
			a.structure(inner)
		}
		if !f.Bits.Has(port) {
			is := a.is(s, f)
			s.Packed = s.Packed || is < a.natural(f)
			most = max(most, is)
		} else if l := a.natural(f); s.Size.On(port)%l == 0 && (f.Offset.On(port)%l == 0) {
			most = max(most, l)
		}
	}
	known, ok := a.answers[string(s.Type())]
	if !ok {
		known.align = max(most, a.probe.types.structs[s.Name].align)
	}
	s.Align.Set(port, known.align)
}

// An inexpressible type is one of which the facts would say something wrong.
type inexpressible struct {
	tag string
	why string
}

func (e *inexpressible) Error() string { return e.tag + ": " + e.why }

// sizes compares the sizes of fields with those of their types: that of an
// _Atomic struct can be another one.
func (a *aligner) sizes() error {
	port := a.probe.port
	for _, s := range a.facts.Structs {
		for _, f := range s.InOrder(port) {
			l, err := a.facts.LayoutOf(f.Type.On(port), port)
			there, ok := a.answers[fieldName(s, f)]
			if _, n, array := f.Type.On(port).Array(); err == nil && ok && there.size != l.Size && !(array && n < 0) {
				return &inexpressible{s.Name, fmt.Sprintf("%s.%s: the facts have no word for a type of %d bytes made of one of %d: is it an _Atomic struct?", s.Name, f.Name, there.size, l.Size)}
			}
		}
	}
	return nil
}

// natural returns the alignment of a field's type.
func (a *aligner) natural(f *facts.Field) int64 {
	l, err := a.facts.LayoutOf(f.Type.On(a.probe.port), a.probe.port)
	if err != nil {
		return 1
	}
	return l.Align
}

// is returns how a field is aligned. The compiler says how it is at its place,
// which can be better than it has to be; so that only says where it is less.
func (a *aligner) is(s *facts.Struct, f *facts.Field) int64 {
	there, ok := a.answers[fieldName(s, f)]
	if !ok {
		there.align = int64(1) << min(bits.TrailingZeros64(uint64(f.Offset.On(a.probe.port))), 16)
	}
	if there.atomic {
		return there.align
	}
	return max(a.asked(s, f), min(there.align, a.natural(f)))
}

func (a *aligner) asked(s *facts.Struct, f *facts.Field) int64 {
	members := a.probe.types.structs[s.Name].members
	i := slices.IndexFunc(members, func(m member) bool { return m.name == f.Name })
	if i < 0 {
		return 0
	}
	return members[i].align
}

// fields gives a struct's fields alignments that are not their types', and adds
// the bits without a name: what no alignment explains.
func (a *aligner) fields(s *facts.Struct) {
	port := a.probe.port
	if !s.Size.Has(port) {
		return
	}
	end, gaps := int64(0), []gap(nil) // the end in bits
	for _, f := range s.InOrder(port) {
		l, err := a.facts.LayoutOf(f.Type.On(port), port)
		if err != nil {
			return
		}
		if b, ok := f.Bits.Get(port); ok {
			end = max(end, f.Offset.On(port)*8+b.First+b.Width)
			continue
		}
		natural, is := l.Align, a.is(s, f)
		if s.Packed {
			natural = 1
		}
		if is > natural {
			f.Align.Set(port, is)
		}
		if start := roundUp((end+7)/8, is) * 8; !s.Union && start < f.Offset.On(port)*8 {
			gaps = append(gaps, gap{before: f.Name, from: end, to: f.Offset.On(port) * 8})
		}
		end = max(end, (f.Offset.On(port)+l.Size)*8)
	}
	if size := s.Size.On(port); roundUp((end+7)/8, s.Align.On(port)) < size {
		from := end
		if s.Union {
			from = 0
		}
		gaps = append(gaps, gap{from: from, to: size * 8})
	}
	for _, g := range gaps {
		g.add(s, port)
	}
}

// A gap is bits without a name in front of a field, or at the end.
type gap struct {
	before   string
	from, to int64
}

func (g gap) add(s *facts.Struct, port facts.Port) {
	name := ":" + g.before
	f := s.Field(name)
	if f == nil {
		i := slices.IndexFunc(s.Fields, func(f facts.Field) bool { return f.Name == g.before })
		if i < 0 {
			i = len(s.Fields)
		}
		s.Fields = slices.Insert(s.Fields, i, facts.Field{Name: name, C: "bits"})
		f = &s.Fields[i]
	}
	offset := g.from / 8
	f.Offset.Set(port, offset)
	f.Type.Set(port, facts.Type(fmt.Sprintf("[%d]uint8", (g.to+7)/8-offset)))
	f.Bits.Set(port, facts.Bits{First: g.from % 8, Width: g.to - g.from})
}

func roundUp(n, align int64) int64 { return (n + align - 1) / cmp.Or(align, 1) * align }
