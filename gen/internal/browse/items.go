package browse

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/cname"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// item is what the page lists: a struct, a family of constants, a call.
type item struct {
	Kind    string   `json:"kind"` // struct, const, call, errno
	C       string   `json:"c"`
	Go      string   `json:"go,omitempty"`
	Header  string   `json:"header,omitempty"`
	Doc     string   `json:"doc,omitempty"`
	Since   string   `json:"since,omitempty"`
	Man     string   `json:"man,omitempty"`
	Changes []change `json:"changes,omitempty"`

	Layouts []shape `json:"layouts,omitempty"` // of a struct
	Values  []value `json:"values,omitempty"`  // of a family of constants, or the errno table

	Signature string `json:"sig,omitempty"`   // of a call, in Go
	Proto     string `json:"proto,omitempty"` // in C's words
	Number    string `json:"num,omitempty"`
	Capmode   string `json:"cap,omitempty"` // yes or no
}

// shape is a struct on the ports that lay it out alike.
type shape struct {
	Ports  []string `json:"ports"`
	Size   int64    `json:"size"`
	Align  int64    `json:"align"`
	Fields []field  `json:"fields"`
}

type field struct {
	C     string `json:"c,omitempty"`
	Go    string `json:"go"`
	Type  string `json:"type"`
	CType string `json:"ctype,omitempty"`
	Off   int64  `json:"off"`
	Size  int64  `json:"size"`
}

// value is a constant: on every port the same, or one for each layout class.
type value struct {
	Name  string   `json:"name"`
	On    []onPort `json:"on"`
	Since string   `json:"since,omitempty"`
	Note  string   `json:"note,omitempty"`
}

type onPort struct {
	Ports string `json:"ports,omitempty"` // none for all
	Value string `json:"value"`
}

// change is what another release has otherwise.
type change struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Text   string `json:"text"`
	Breaks bool   `json:"breaks,omitempty"`
}

func collect(m *model.Model, f *facts.File, releases []*facts.File) []item {
	history := changesOf(releases)
	items := structs(m, history)
	items = append(items, constants(m, history)...)
	items = append(items, calls(m, f, history)...)
	return append(items, errnos(m))
}

func about(kind string, i model.Info) item {
	return item{Kind: kind, C: cname.Words(i.C), Header: i.Header, Doc: strings.Join(i.Doc, " "), Since: i.Since, Man: i.Man}
}

func structs(m *model.Model, h history) []item {
	var items []item
	for _, s := range m.Structs {
		it := about("struct", s.Info)
		it.Go, it.Changes = s.Go, h.of(string(s.Tag))
		for _, c := range model.AllClasses() {
			if l := s.Layout.Val[c]; s.Layout.Has[c] && l != nil {
				it.Layouts = append(it.Layouts, shapeOf(l, portsOf(m, c)))
			}
		}
		it.Layouts = joined(it.Layouts)
		items = append(items, it)
	}
	return items
}

func shapeOf(l *model.Layout, ports []string) shape {
	s := shape{Ports: ports, Size: l.Size, Align: l.Align, Fields: []field{}}
	for _, f := range l.Fields {
		if f.C == "" && f.Go == "_" {
			continue // a pad of Go's: the page shows it as the hole that C has
		}
		s.Fields = append(s.Fields, field{cname.Words(f.C), f.Go, f.Type, f.CType, f.Offset, f.Size})
	}
	return s
}

// joined puts classes together that lay out a struct alike.
func joined(shapes []shape) []shape {
	var out []shape
	for _, s := range shapes {
		i := slices.IndexFunc(out, func(o shape) bool {
			return o.Size == s.Size && o.Align == s.Align && slices.Equal(o.Fields, s.Fields)
		})
		if i < 0 {
			out = append(out, s)
		} else {
			out[i].Ports = append(out[i].Ports, s.Ports...)
		}
	}
	return out
}

// portsOf returns the bound ports of a class.
func portsOf(m *model.Model, c model.Class) []string {
	var names []string
	for _, p := range m.Ports {
		if slices.Contains(c.Ports(), p) {
			names = append(names, p.String())
		}
	}
	return names
}

func constants(m *model.Model, h history) []item {
	var items []item
	add := func(g *model.ConstGroup, goType string) {
		it := about("const", g.Info)
		it.Go = goType
		for i := range g.Consts {
			c := &g.Consts[i]
			it.Values = append(it.Values, value{c.Name, valuesOf(m, c), c.Since, c.Note})
			it.Changes = append(it.Changes, h.of(c.Name)...)
		}
		it.C = family(g)
		items = append(items, it)
	}
	for _, e := range m.Enums {
		add(&e.ConstGroup, e.Go)
	}
	for _, g := range m.Consts {
		add(g, "")
	}
	return items
}

// family names a group by what its constants' names begin with.
func family(g *model.ConstGroup) string {
	prefix := g.Consts[0].Name
	for _, c := range g.Consts {
		for !strings.HasPrefix(c.Name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	if len(g.Consts) == 1 {
		return prefix
	}
	if i := strings.LastIndexByte(prefix, '_'); i > 0 {
		return prefix[:i+1] + "*"
	}
	return g.Consts[0].Name + " …"
}

// valuesOf returns what a constant is: once, if it is the same wherever it is.
func valuesOf(m *model.Model, c *model.Const) []onPort {
	var out []onPort
	everywhere := !slices.ContainsFunc(m.Ports, func(p facts.Port) bool { _, ok := c.Value.On(p); return !ok })
	for _, class := range model.AllClasses() {
		if !c.Value.Has[class] {
			continue
		}
		v, ports := spell(c, class), strings.Join(portsOf(m, class), ", ")
		if i := slices.IndexFunc(out, func(o onPort) bool { return o.Value == v }); i >= 0 {
			out[i].Ports += ", " + ports
		} else {
			out = append(out, onPort{ports, v})
		}
	}
	if everywhere && len(out) == 1 {
		out[0].Ports = ""
	}
	return out
}

func spell(c *model.Const, class model.Class) string {
	text := c.Value.Val[class].String()
	n, err := strconv.ParseInt(text, 0, 64)
	switch {
	case err != nil || n < 10 && n > -10 || strings.HasPrefix(text, "0x"):
		return text
	case c.Octal:
		return "0" + strconv.FormatInt(n, 8)
	case n > 0:
		return text + " (0x" + strconv.FormatInt(n, 16) + ")"
	}
	return text
}

func errnos(m *model.Model) item {
	it := item{Kind: "errno", C: "errno", Header: "sys/errno.h", Doc: "The error numbers, with the words that strerror has for them.", Man: "errno(2)"}
	for _, e := range m.Errnos {
		it.Values = append(it.Values, value{strings.Join(e.Names, ", "), []onPort{{"", strconv.Itoa(e.Number)}}, "", e.Message})
	}
	return it
}
