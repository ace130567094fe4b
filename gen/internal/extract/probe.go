package extract

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// A probe is a C program for one port whose object holds what is asked: a
// variable for each type, and an array with the values of the constants.
type probe struct {
	x      *extractor
	port   facts.Port
	start  string // what the program starts with
	route  route
	macros map[string]macro
	values map[string]facts.Int
	wide   map[string]bool // constants that have more than 64 bits
	absent map[string]bool // typeWant.Text of types that the headers don't have
	types  *types
	again  func(without map[string]error) error // reads the types without some
}

// The files that parts of the program claim to be from, so that errors tell.
const (
	typeLines  = "types"
	constLines = "constants"
	backLines  = "constants_backwards"
	valueLines = "values"
)

// A source is what of the request is still in the program.
type source struct {
	types  []typeWant
	consts []string
}

func (p *probe) run(ctx context.Context) error {
	src := source{types: slices.Clone(p.x.plan.types), consts: p.readNumbers(p.wanted())}
	object, err := p.compile(ctx, &src, "-c", "-g", "-fstandalone-debug", "-fno-eliminate-unused-debug-types", "-o", "-")
	if err != nil {
		return err
	}
	file, err := elf.NewFile(bytes.NewReader(object))
	if err != nil {
		return fmt.Errorf("%s: the compiler wrote no object: %w", p.port, err)
	}
	if err := p.readValues(file, src); err != nil {
		return fmt.Errorf("%s: %w", p.port, err)
	}
	data, err := file.DWARF()
	if err != nil {
		return fmt.Errorf("%s: debug information: %w", p.port, err)
	}
	p.again = func(without map[string]error) (err error) {
		p.types, err = readTypes(data, p, src.types, without)
		return err
	}
	if err := p.again(nil); err != nil {
		return err
	}
	p.enumerators()
	return nil
}

// readNumbers takes the values of macros that are plain numbers, and returns the
// others: they are for the compiler.
func (p *probe) readNumbers(names []string) []string {
	p.values, p.wide = map[string]facts.Int{}, map[string]bool{}
	return slices.DeleteFunc(names, func(name string) bool {
		body := p.macros[name].body
		value, err := facts.ParseInt(body)
		if err != nil || body[0] == '-' { // what is behind it can be unsigned
			return false
		}
		p.values[name] = value
		return true
	})
}

// enumerators adds those of enumerations to the macros: in the facts both are
// constants.
func (p *probe) enumerators() {
	for name, value := range p.types.macros {
		if _, ok := p.macros[name]; !ok {
			header := p.types.declares[name]
			p.macros[name] = macro{header, p.route.owner(header, name), len(p.macros) + 1<<30, name}
			p.values[name] = value
		}
	}
}

// compile takes out of the source what does not compile, until all does. Which
// macros are integers, and which types exist, is for the compiler to say.
func (p *probe) compile(ctx context.Context, src *source, args ...string) ([]byte, error) {
	p.absent = map[string]bool{}
	if err := p.sift(ctx, src); err != nil {
		return nil, err
	}
	var dropped []string
	for {
		out, err := p.cc(ctx, src.program(p.start), args...)
		var ce *clang.Error
		if err == nil && len(dropped) > 0 {
			back, err := p.wronglyDropped(ctx, dropped)
			if err != nil {
				return nil, err
			}
			if len(back) > 0 {
				src.consts, dropped = append(src.consts, back...), without(dropped, back)
				continue
			}
		}
		if !errors.As(err, &ce) {
			return out, err
		}
		types, consts := ce.Lines(typeLines), ce.Lines(constLines)
		if len(types)+len(consts) == 0 {
			return nil, fmt.Errorf("the headers do not compile together: %w: does a header of the manifest need an include or define line?", err)
		}
		p.dropTypes(src, types)
		for _, i := range slices.Backward(consts) {
			dropped = append(dropped, src.consts[i])
			src.consts = slices.Delete(src.consts, i, i+1)
		}
	}
}

func (p *probe) dropTypes(src *source, lines []int) {
	for _, i := range slices.Backward(lines) {
		p.absent[src.types[i].Text] = true
		src.types = slices.Delete(src.types, i, i+1)
	}
}

// sift takes out of the source, in one run that makes no code, the types that are
// not there and the macros that are no integers. One that leaves a bracket open
// spoils those behind it: so all stand there in both orders, and those are no
// integers that fail in both. Where one spoils all that is left of the program,
// compile finds out step by step.
func (p *probe) sift(ctx context.Context, src *source) error {
	const end = "enum { rawsys_end_%s = 0 };\n"
	var b strings.Builder
	b.WriteString(p.start)
	src.declareTypes(&b)
	for _, part := range []string{constLines, backLines} {
		fmt.Fprintf(&b, "#line 1 %q\n", part)
		for i := range src.consts {
			if part == backLines {
				i = len(src.consts) - 1 - i
			}
			fmt.Fprintf(&b, "enum { rawsys_%s%d = (%s) };\n", part, i, src.consts[i])
		}
		fmt.Fprintf(&b, end, part)
	}
	_, err := p.cc(ctx, b.String(), "-fsyntax-only")
	var ce *clang.Error
	if !errors.As(err, &ce) {
		return err
	}
	fails, back := ce.Lines(constLines), ce.Lines(backLines)
	if n := len(src.consts); slices.Contains(fails, n) || slices.Contains(back, n) {
		return nil
	}
	p.dropTypes(src, ce.Lines(typeLines))
	n := len(src.consts)
	for _, i := range slices.Backward(fails) {
		if slices.Contains(back, n-1-i) {
			src.consts = slices.Delete(src.consts, i, i+1)
		}
	}
	return nil
}

// wronglyDropped returns those of the macros that are integers after all: one
// that leaves a bracket open spoils those behind it. So here they stand in
// the other order.
func (p *probe) wronglyDropped(ctx context.Context, dropped []string) ([]string, error) {
	src := source{consts: slices.Clone(dropped)}
	slices.Reverse(src.consts)
	_, err := p.cc(ctx, src.program(p.start), "-fsyntax-only")
	var ce *clang.Error
	if !errors.As(err, &ce) {
		return src.consts, err
	}
	for _, i := range slices.Backward(ce.Lines(constLines)) {
		src.consts = slices.Delete(src.consts, i, i+1)
	}
	return src.consts, nil
}

func (p *probe) cc(ctx context.Context, program string, args ...string) ([]byte, error) {
	return p.x.CC.Run(ctx, p.x.Tree.Job(p.port, p.x.release.Name, program, args...))
}

// program writes the source in C. Each line of the parts about types and
// constants is for one of them.
func (s *source) program(preamble string) string {
	var b strings.Builder
	b.WriteString(preamble)
	part := func(name string) { fmt.Fprintf(&b, "#line 1 %q\n", name) }
	s.declareTypes(&b)
	part(constLines)
	for i, c := range s.consts {
		fmt.Fprintf(&b, "enum { rawsys_const%d = (%s) };\n", i, c)
	}
	part(valueLines)
	array := func(name, typ, format string) {
		fmt.Fprintf(&b, "const %s rawsys_%s[] = {\n", typ, name)
		for i, c := range s.consts {
			fmt.Fprintf(&b, format+",\n", fmt.Sprint("rawsys_const", i), c)
		}
		b.WriteString("0 };\n")
	}
	array("bits", "unsigned long long", "%[1]s")
	array("negative", "char", "%[1]s < 0")
	array("fits", "char", "%[1]s == (%[2]s)") // an enumerator has no more than 64 bits
	return b.String()
}

// declareTypes writes a variable for each type, a line each.
func (s *source) declareTypes(b *strings.Builder) {
	fmt.Fprintf(b, "#line 1 %q\n", typeLines)
	for i, t := range s.types {
		if t.isTypedef() {
			fmt.Fprintf(b, "__typeof__(%s) *rawsys_type%d;\n", t.c, i)
		} else {
			fmt.Fprintf(b, "%s rawsys_type%d;\n", t.c, i)
		}
	}
}

func (w typeWant) isTypedef() bool { return w.c == w.Text }

func without(list, gone []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return slices.Contains(gone, s) })
}

// readValues reads the arrays.
func (p *probe) readValues(file *elf.File, src source) error {
	bits, err := array(file, "rawsys_bits", 8)
	if err != nil {
		return err
	}
	negative, err := array(file, "rawsys_negative", 1)
	if err != nil {
		return err
	}
	fits, err := array(file, "rawsys_fits", 1)
	if err != nil {
		return err
	}
	for i, c := range src.consts {
		if fits[i] == 0 {
			p.wide[c] = true
			continue
		}
		p.values[c] = facts.MakeInt(bits[i], negative[i] != 0)
	}
	return nil
}

// array reads a constant array of integers of a size from an object.
func array(file *elf.File, name string, size int) ([]uint64, error) {
	symbols, err := file.Symbols()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(symbols, func(s elf.Symbol) bool { return s.Name == name })
	if i < 0 || int(symbols[i].Section) >= len(file.Sections) {
		return nil, fmt.Errorf("the object has no array %s", name)
	}
	data, err := file.Sections[symbols[i].Section].Data()
	if err != nil {
		return nil, err
	}
	start, end := symbols[i].Value, symbols[i].Value+symbols[i].Size
	if start > end || end > uint64(len(data)) {
		return nil, fmt.Errorf("the array %s does not lie in its section", name)
	}
	var out []uint64
	for b := data[start:end]; len(b) >= size; b = b[size:] {
		if size == 1 {
			out = append(out, uint64(b[0]))
		} else {
			out = append(out, file.ByteOrder.Uint64(b))
		}
	}
	return out, nil
}
