package extract

import (
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// A Request says what is wanted, header by header.
type Request struct{ Headers []Header }

// A Header is one header, and what it should define.
type Header struct {
	Name            text.Word
	Include, Define []text.Word
	Within          bool // not included by itself
	Typedefs        []Want
	Aggregates      []Want   // struct.TAG, union.TAG, enum.TAG
	Consts          [][]Want // sets of names, patterns and !patterns, as in def.Match
	Errno           bool     // the table of errors
}

// A Want is a name or pattern, and the first release that has it.
type Want struct {
	text.Word
	Since string
	Some  string // of a pattern, the first release of some of its names
}

// FromManifest makes the request that a manifest needs answered.
func FromManifest(m *def.Manifest) *Request {
	r := &Request{}
	for _, s := range m.Sections {
		h := Header{Name: s.Header, Include: s.Include, Define: s.Define, Within: s.Within}
		for _, it := range s.Items {
			h.add(it)
		}
		r.Headers = append(r.Headers, h)
	}
	return r
}

func (h *Header) add(it def.Item) {
	since := it.About().Since.Text
	tagged := func(kind string, w text.Word) {
		h.Aggregates = append(h.Aggregates, Want{Word: text.Word{Text: kind + "." + w.Text, Pos: w.Pos}, Since: since})
	}
	switch it := it.(type) {
	case *def.Typedef:
		h.Typedefs = append(h.Typedefs, Want{Word: it.Name, Since: since})
	case *def.Struct:
		if _, _, held := it.Holder(); held {
			return // it comes with what holds it
		}
		if it.Union {
			tagged("union", it.Name)
		} else {
			tagged("struct", it.Name)
		}
	case *def.Const:
		h.addConst(it)
	case *def.Enum:
		h.addConst(&it.Const)
	case *def.Errno:
		h.Errno = true
	}
}

func (h *Header) addConst(c *def.Const) {
	var set []Want
	for _, p := range c.Patterns {
		w := Want{Word: p, Since: c.Info.Since.Text}
		w.narrow(c.Since)
		if strings.HasPrefix(p.Text, "enum.") {
			h.Aggregates = append(h.Aggregates, w)
		} else {
			set = append(set, w)
		}
	}
	if set != nil {
		h.Consts = append(h.Consts, set)
	}
}

// narrow applies what an item says of the first release of some names.
func (w *Want) narrow(exceptions []def.Release) {
	for _, e := range exceptions {
		for _, p := range e.Patterns {
			switch {
			case p.Text == w.Text:
				w.Since = e.Release.Text
			case def.Match([]text.Word{w.Word}, p.Text):
				w.Some = e.Release.Text
			}
		}
	}
}

// wants reports whether a macro of the header is asked for.
func (h *Header) wants(name string) bool {
	if h.Errno && isErrno(name) {
		return true
	}
	for _, set := range h.Consts {
		if matches(set, name) {
			return true
		}
	}
	return false
}

func matches(set []Want, name string) bool {
	words := make([]text.Word, len(set))
	for i, w := range set {
		words[i] = w.Word
	}
	return def.Match(words, name)
}
