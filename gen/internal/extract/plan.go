package extract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// A plan is what of a request a release can have, ready to be compiled.
type plan struct {
	defines, includes []string
	headers           []planned
	types             []typeWant
}

// planned is a header of the request, and the headers that define its macros.
type planned struct {
	*Header
	from []string
}

// A typeWant is a type to find in the debug information.
type typeWant struct {
	Want
	header string // where the request expects it; empty: wherever it is
	c      string // as C writes it
	table  bool   // an argument's type in the system call table
}

// TableHeaders declare the types in the system call table, and the numbers.
func TableHeaders() []string {
	return []string{
		"sys/types.h", "sys/param.h", "sys/time.h", "sys/timeffc.h", "sys/signal.h", "sys/socket.h", "sys/acl.h", "sys/cpuset.h", "sys/domainset.h",
		"sys/ipc.h", "sys/resource.h", "sys/select.h", "sys/ucontext.h", "sys/wait.h", "sys/_semaphore.h",
		"sys/syscall.h",
	}
}

func (x *extractor) makePlan() (*plan, error) {
	p := &plan{}
	for i := range x.Request.Headers {
		h := &x.Request.Headers[i]
		from := x.definers(h)
		if from == nil && h.due(x.release.Name) && !x.headerElsewhere(h) {
			return nil, h.Name.Errorf("header %s is not in %s: correct the name, or say since which release it exists", h.Name.Text, x.Tree.Root)
		}
		if from == nil {
			continue
		}
		p.headers = append(p.headers, planned{h, from})
		for _, w := range h.Include {
			p.includes = append(p.includes, w.Text)
		}
		if from[0] == h.Name.Text && !h.Within {
			p.includes = append(p.includes, h.Name.Text)
		}
		for _, w := range h.Define {
			p.defines = append(p.defines, w.Text)
		}
		p.addTypes(h)
	}
	p.addTable(x.table)
	p.includes = append(p.includes, TableHeaders()...)
	return p, nil
}

// has returns whether a port has a header.
func (x *extractor) has(header string) func(facts.Port) bool {
	return func(p facts.Port) bool { return x.Tree.Has(p, header) }
}

// definers returns the headers that define what a header is asked for. In a
// release from before the header was split off another one, those that it
// needs stand in for it.
func (x *extractor) definers(h *Header) []string {
	names := []string{h.Name.Text}
	if slices.ContainsFunc(x.Ports, x.has(h.Name.Text)) {
		return names
	}
	if !h.due(x.release.Name) {
		return nil
	}
	names = nil
	for _, w := range h.Include {
		names = append(names, w.Text)
	}
	return names
}

// A route says of each header whose its macros are, in the order of the request:
// its own, and those of the headers that only redirect to it.
type route map[string][]owner

// An owner is a header of the request, and the name below which it has the
// macros.
type owner struct {
	planned
	name string
}

// route makes the port's.
func (x *extractor) route(port facts.Port) route {
	r := route{}
	for _, h := range x.plan.headers {
		for _, name := range h.from {
			r[name] = append(r[name], owner{h, name})
		}
		for _, name := range h.from {
			for _, to := range x.Tree.Redirects(port, name) {
				r[to] = append(r[to], owner{h, h.Name.Text})
			}
		}
	}
	return r
}

// owner returns the header of the request below which a macro is asked for that
// a header defines, or nothing.
func (r route) owner(header, macro string) string {
	for _, o := range r[header] {
		if o.wants(macro) {
			return o.name
		}
	}
	return ""
}

// due reports whether a release should have anything of the header.
func (h *Header) due(release string) bool {
	all := slices.Concat(h.Typedefs, h.Aggregates, slices.Concat(h.Consts...))
	return h.Errno || len(all) == 0 || slices.ContainsFunc(all, func(w Want) bool {
		return !def.Later(w.Since, release) && !strings.HasPrefix(w.Text, "!")
	})
}

func (p *plan) addTypes(h *Header) {
	for _, w := range h.Typedefs {
		p.types = append(p.types, typeWant{Want: w, header: h.Name.Text, c: w.Text})
	}
	for _, w := range h.Aggregates {
		p.types = append(p.types, typeWant{Want: w, header: h.Name.Text, c: strings.Replace(w.Text, ".", " ", 1)})
	}
}

// addTable asks for the types of the system call table that the request does
// not ask for itself.
func (p *plan) addTable(t *table) {
	for _, w := range t.types() {
		if !slices.ContainsFunc(p.types, func(have typeWant) bool { return have.Text == w.Text }) {
			p.types = append(p.types, typeWant{Want: Want{Word: w}, c: w.Text, table: true})
		}
	}
}

// preamble includes the headers that a port has. What stands in front of one
// that it lacks is no mistake either.
func (x *extractor) preamble(port facts.Port) string {
	var b strings.Builder
	for _, d := range x.plan.defines {
		fmt.Fprintf(&b, "#define %s 1\n", d)
	}
	for _, h := range x.plan.includes {
		if x.Tree.Has(port, h) {
			fmt.Fprintf(&b, "#include <%s>\n", h)
		}
	}
	return b.String()
}

// missing returns the error for what no port has. Perhaps it is the header that
// is missing, and those that it needs have been looked into in its place.
func (x *extractor) missing(w text.Word, what, header string) error {
	const remedy = "correct the name, or say since which release it exists"
	if header != "" && !slices.ContainsFunc(x.Ports, x.has(header)) {
		return w.Errorf("neither header %s nor %s is in %s: %s", header, what, x.Tree.Root, remedy)
	}
	return w.Errorf("%s is not in the headers of %s: %s", what, x.Tree.Root, remedy)
}
