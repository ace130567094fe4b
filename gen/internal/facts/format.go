package facts

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const header = `# What is true of this release. Written by go run ./gen extract; README.md has
# the grammar. Don't edit: extract again.
`

// Sort puts the lists into the order in which Format writes them.
func (f *File) Sort() {
	slices.SortFunc(f.Typedefs, func(a, b Typedef) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(f.Consts, func(a, b Const) int {
		x, _ := a.Value.Any()
		y, _ := b.Value.Any()
		return cmp.Or(cmp.Compare(a.Header, b.Header), x.Compare(y), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(f.Enums, func(a, b Enum) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(f.Structs, func(a, b *Struct) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(f.Errnos, func(a, b Errno) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortFunc(f.Syscalls, func(a, b Syscall) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortFunc(f.Asked, func(a, b Asked) int {
		return cmp.Or(cmp.Compare(a.Header, b.Header), slices.Compare(a.Patterns, b.Patterns))
	})
}

// Format writes f in the one form that facts are kept in. Parse reads it back.
func Format(f *File) []byte {
	w := &writer{ports: f.Ports}
	w.WriteString(header)
	w.linef("facts %d", Version)
	w.release(f.Release)
	w.linef("arch %s", strings.Trim(fmt.Sprint(f.Ports), "[]"))
	section(w, f.Typedefs, w.typedef)
	section(w, f.Consts, w.constant)
	section(w, f.Enums, w.enum)
	section(w, f.Structs, w.structure)
	section(w, f.Errnos, w.errno)
	section(w, f.Syscalls, w.syscall)
	section(w, f.Asked, w.asked)
	return w.Bytes()
}

type writer struct {
	bytes.Buffer
	ports []Port
}

func (w *writer) linef(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// section writes a list behind a blank line.
func section[T any](w *writer, list []T, write func(T)) {
	if len(list) > 0 {
		w.linef("")
	}
	for _, x := range list {
		write(x)
	}
}

func (w *writer) release(r Release) {
	fmt.Fprintf(w, "release %s %s %d", r.System, r.Name, r.Version)
	if r.Installed {
		w.WriteString(" installed")
	}
	w.linef("")
}

func (w *writer) typedef(t Typedef) {
	fmt.Fprintf(w, "typedef %s %s %s", t.Name, t.Header, perPort(w, t.Type))
	if t.From != "" {
		fmt.Fprintf(w, " from %s", t.From)
	}
	w.linef("")
}

func (w *writer) constant(c Const) {
	w.linef("const %s %s %s", c.Name, c.Header, perPort(w, c.Value))
}

func (w *writer) enum(e Enum) {
	w.linef("enum %s %s %s", e.Name, e.Header, perPort(w, e.Type))
	for _, v := range e.Values {
		w.linef("\tvalue %s %s", v.Name, perPort(w, v.Value))
	}
}

func (w *writer) structure(s *Struct) {
	kind := "struct"
	if s.Union {
		kind = "union"
	}
	fmt.Fprintf(w, "%s %s %s", kind, s.Name, s.Header)
	if s.Typedef {
		w.WriteString(" typedef")
	}
	w.linef("\n\tsize %s", perPort(w, s.Size))
	w.linef("\talign %s", perPort(w, s.Align))
	if s.Packed {
		w.linef("\tpacked")
	}
	for _, f := range s.Fields {
		w.field(f)
	}
}

func (w *writer) field(f Field) {
	fmt.Fprintf(w, "\tfield %s offset %s type %s", f.Name, perPort(w, f.Offset), perPort(w, f.Type))
	if f.Align != (PerPort[int64]{}) {
		fmt.Fprintf(w, " align %s", perPort(w, f.Align))
	}
	if f.Bits != (PerPort[Bits]{}) {
		fmt.Fprintf(w, " bits %s", perPort(w, f.Bits))
	}
	w.linef(" c %s", word(f.C))
}

func (w *writer) errno(e Errno) {
	w.linef("errno %d %s %s", e.Number, e.Name, strconv.Quote(e.Message))
}

func (w *writer) syscall(s Syscall) {
	fmt.Fprintf(w, "syscall %d %s %s", s.Number, s.Name, s.Kind)
	if s.Result != "" {
		fmt.Fprintf(w, " %s", s.Result)
	}
	for _, a := range s.Args {
		fmt.Fprintf(w, " %s:%s", a.Name, a.Type)
		if a.Mark != "" {
			fmt.Fprintf(w, ":%s", a.Mark)
		}
	}
	if s.Variadic {
		w.WriteString(" ...")
	}
	w.linef("")
}

func (w *writer) asked(a Asked) { w.linef("asked %s %s", a.Header, strings.Join(a.Patterns, " ")) }

// String is the first bit and the number of them: 3+5.
func (b Bits) String() string { return fmt.Sprintf("%d+%d", b.First, b.Width) }

// perPort writes the first port's value, then those that differ from it.
func perPort[T comparable](w *writer, v PerPort[T]) string {
	var b strings.Builder
	var first string
	for i, p := range w.ports {
		s := "-"
		if x, ok := v.Get(p); ok {
			s = fmt.Sprint(x)
		}
		switch {
		case i == 0:
			first = s
			b.WriteString(s)
		case s != first:
			fmt.Fprintf(&b, " %s:%s", p, s)
		}
	}
	return b.String()
}

// word quotes s unless it is a plain word.
func word(s string) string {
	if s == "" || strings.ContainsAny(s, " \t#\"\\") || strconv.Quote(s) != `"`+s+`"` {
		return strconv.Quote(s)
	}
	return s
}
