// Package witness has a C compiler confirm facts: it writes them down as
// static assertions and compiles these against the headers.
package witness

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/cname"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
)

// Options say what is to be confirmed by what.
type Options struct {
	Tree    *headers.Tree
	CC      clang.Compiler
	Facts   *facts.File
	Include []string // headers, in an order in which they compile
	Define  []string // macros that they want
	Ports   []facts.Port
}

// Result counts what was confirmed.
type Result struct {
	Ports      []facts.Port
	Assertions int
	Skipped    []string // facts that C cannot confirm
}

// A Mismatch lists the facts that the headers contradict.
type Mismatch struct{ Facts []string }

func (m *Mismatch) Error() string { return strings.Join(m.Facts, "\n") }

// Run asserts all facts on every port. Facts that do not hold are a *Mismatch.
func Run(ctx context.Context, o Options) (Result, error) {
	res := Result{Ports: o.Ports}
	programs := make([]*program, len(o.Ports))
	for i, port := range o.Ports {
		programs[i] = newProgram(o.Facts, port)
		res.Assertions += len(programs[i].claims)
		for _, s := range programs[i].skipped {
			if !slices.Contains(res.Skipped, s) {
				res.Skipped = append(res.Skipped, s)
			}
		}
	}
	found := make([][]string, len(o.Ports))
	err := clang.EachPort(ctx, o.Ports, func(ctx context.Context, i int, _ facts.Port) (err error) {
		found[i], err = o.check(ctx, programs[i])
		return err
	})
	if m := o.mismatch(found); err == nil && len(m.Facts) > 0 {
		err = m
	}
	return res, err
}

// mismatch names each wrong fact once, with its ports.
func (o Options) mismatch(found [][]string) *Mismatch {
	var order []string
	ports := map[string][]facts.Port{}
	for i, port := range o.Ports {
		for _, fact := range found[i] {
			if ports[fact] == nil {
				order = append(order, fact)
			}
			ports[fact] = append(ports[fact], port)
		}
	}
	m := &Mismatch{}
	for _, fact := range order {
		m.Facts = append(m.Facts, fmt.Sprintf("%v %s", ports[fact], fact))
	}
	return m
}

// Source returns the C program for one port, for those who want to compile it
// elsewhere.
func (o Options) Source(port facts.Port) string { return o.source(newProgram(o.Facts, port)) }

const claimLines = "claims"

// preamble includes the headers that a port has.
func (o Options) preamble(port facts.Port) string {
	var b strings.Builder
	for _, d := range o.Define {
		fmt.Fprintf(&b, "#define %s 1\n", d)
	}
	for _, h := range o.Include {
		if o.Tree.Has(port, h) {
			fmt.Fprintf(&b, "#include <%s>\n", h)
		}
	}
	return b.String()
}

func (o Options) source(p *program) string {
	var b strings.Builder
	b.WriteString(o.preamble(p.port))
	for _, name := range p.absent {
		fmt.Fprintf(&b, "#ifdef %[1]s\nenum { rawsys_has_%[1]s = 1 };\n#else\nenum { rawsys_has_%[1]s = 0 };\n#endif\n", name)
	}
	for i, c := range p.claims {
		if i == p.values {
			b.WriteString(cname.Undef(o.Facts))
		}
		if i == 0 || i == p.values {
			fmt.Fprintf(&b, "#line %d %q\n", i+1, claimLines)
		}
		b.WriteString(c.c + "\n")
	}
	return b.String()
}

// noIntegers returns those of the macros that are defined as something else than
// an integer. Only the compiler can tell, by refusing.
func (o Options) noIntegers(ctx context.Context, port facts.Port, macros []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(macros) == 0 {
		return out, nil
	}
	var b strings.Builder
	b.WriteString(o.preamble(port))
	fmt.Fprintf(&b, "#line 1 %q\n", claimLines)
	for i, m := range macros {
		fmt.Fprintf(&b, "enum { rawsys_integer%d = (%s) };\n", i, m)
	}
	_, err := o.CC.Run(ctx, o.Tree.Job(port, o.Facts.Release.Name, b.String(), "-fsyntax-only"))
	var ce *clang.Error
	if !errors.As(err, &ce) {
		return out, err
	}
	for _, i := range ce.Lines(claimLines) {
		out[macros[i]] = true
	}
	return out, nil
}

// check compiles the assertions, and says which facts do not hold.
func (o Options) check(ctx context.Context, p *program) ([]string, error) {
	_, err := o.CC.Run(ctx, o.Tree.Job(p.port, o.Facts.Release.Name, o.source(p), "-fsyntax-only"))
	var ce *clang.Error
	if !errors.As(err, &ce) {
		return nil, err
	}
	var macros []string
	for _, d := range ce.Diags {
		if d.File != claimLines {
			return nil, fmt.Errorf("the headers do not compile together: %w", err)
		}
		if m := p.claims[d.Line-1].macro; m != "" {
			macros = append(macros, m)
		}
	}
	others, err := o.noIntegers(ctx, p.port, macros)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range ce.Diags {
		if c := p.claims[d.Line-1]; !others[c.macro] {
			out = append(out, fmt.Sprintf("%s: %s", c.fact, reason(d)))
		}
	}
	return out, nil
}

// evaluated and required match what the compiler says of the left side of a
// comparison: its value, or for a plain number itself.
var (
	evaluated = regexp.MustCompile(`^expression evaluates to '(\S+) ==`)
	required  = regexp.MustCompile(`due to requirement '\(*(-?[0-9][0-9a-fA-Fx]*)[uUlL]*\)* ==`)
)

// reason puts into words what the compiler says about an assertion.
func reason(d clang.Diagnostic) string {
	if m := evaluated.FindStringSubmatch(d.Note); m != nil {
		return "the headers say " + m[1]
	}
	if m := required.FindStringSubmatch(d.Msg); m != nil {
		return "the headers say " + m[1]
	}
	if strings.HasPrefix(d.Msg, "static assertion failed") {
		return "the headers say otherwise"
	}
	return d.Msg
}
