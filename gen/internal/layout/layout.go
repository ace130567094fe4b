// Package layout shows people where the fields of a struct are: as a map of its
// bytes, with the holes, and with what differs between ports.
package layout

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// Select returns the structs with the names, each a Go name or a C tag with or
// without struct in front, and all structs for no name at all.
func Select(m *model.Model, names []string) ([]*model.Struct, error) {
	if len(names) == 0 {
		return m.Structs, nil
	}
	var out []*model.Struct
	for _, name := range names {
		found := slices.DeleteFunc(slices.Clone(m.Structs), func(s *model.Struct) bool {
			_, tag, _ := strings.Cut(s.C, " ")
			return name != s.Go && name != s.C && name != tag
		})
		if len(found) == 0 {
			return nil, fmt.Errorf("gen layout: no struct %s is bound; there are %s", name, list(m.Structs))
		}
		out = append(out, found...)
	}
	return out, nil
}

func list(structs []*model.Struct) string {
	var names []string
	for _, s := range structs {
		names = append(names, s.Go)
	}
	return strings.Join(names, ", ")
}

// Text draws structs as byte maps. The first port is drawn, and then said what is
// different on the others; what each port has for itself is drawn for each.
func Text(w io.Writer, structs []*model.Struct, ports []facts.Port) error {
	var b strings.Builder
	for i, s := range structs {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s: %s, %s\n", s.Go, s.C, s.Header)
		groups := group(s, ports)
		if len(groups) == 0 {
			b.WriteString("none on this port\n")
		}
		for i, g := range groups {
			if i > 0 && !s.Machine {
				difference(&b, groups[0], g)
				continue
			}
			fmt.Fprintf(&b, "%s: %s\n", g.names(), room(g.layout))
			drawMap(&b, g.layout)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func room(l *model.Layout) string { return fmt.Sprintf("%d bytes, aligned to %d", l.Size, l.Align) }

// ports are those that lay a struct out alike.
type ports struct {
	list   []facts.Port
	layout *model.Layout
}

func (p ports) names() string {
	var names []string
	for _, q := range p.list {
		names = append(names, q.String())
	}
	return strings.Join(names, ", ")
}

// group puts ports with the same layout together.
func group(s *model.Struct, all []facts.Port) []ports {
	var out []ports
	for _, p := range all {
		l, ok := s.Layout.On(p)
		if !ok {
			continue
		}
		i := slices.IndexFunc(out, func(g ports) bool { return len(changes(g.layout, l)) == 0 && room(g.layout) == room(l) })
		if i < 0 {
			out = append(out, ports{[]facts.Port{p}, l})
		} else {
			out[i].list = append(out[i].list, p)
		}
	}
	return out
}

// change is a field that two layouts have in different places, or only one has.
type change struct {
	name        string
	first, then string
	at          int64 // where it is in the second, if it is there
}

// changes lists them.
func changes(a, b *model.Layout) []change {
	var out []change
	for _, f := range named(a) {
		if g, ok := find(b, f); !ok {
			out = append(out, change{f.C, where(f), "-", f.Offset})
		} else if where(f) != where(g) {
			out = append(out, change{f.C, where(f), where(g), g.Offset})
		}
	}
	for _, g := range named(b) {
		if _, ok := find(a, g); !ok {
			out = append(out, change{g.C, "-", where(g), g.Offset})
		}
	}
	slices.SortStableFunc(out, func(x, y change) int { return cmp.Compare(x.at, y.at) })
	return out
}

func where(f model.Field) string { return fmt.Sprintf("%d+%d", f.Offset, f.Size) }

// named returns the fields that C has.
func named(l *model.Layout) []model.Field {
	return slices.DeleteFunc(slices.Clone(l.Fields), func(f model.Field) bool { return f.C == "" && f.Go == "_" })
}

// find returns the field of l that f is elsewhere.
func find(l *model.Layout, f model.Field) (model.Field, bool) {
	i := slices.IndexFunc(l.Fields, func(g model.Field) bool { return g.C == f.C && (f.C != "" || g.Go == f.Go) })
	if i < 0 {
		return model.Field{}, false
	}
	return l.Fields[i], true
}

// difference says in what the ports of b differ from those of a.
func difference(w *strings.Builder, a, b ports) {
	fmt.Fprintf(w, "%s: %s\n", b.names(), room(b.layout))
	list := changes(a.layout, b.layout)
	width := len(a.list[0].String())
	for _, c := range list {
		width = max(width, len(c.name))
	}
	if len(list) > 0 {
		fmt.Fprintf(w, "    %-*s  %10s  %10s   (offset+size)\n", width, "", a.list[0], b.list[0])
	}
	for _, c := range list {
		fmt.Fprintf(w, "    %-*s  %10s  %10s\n", width, c.name, c.first, c.then)
	}
}
