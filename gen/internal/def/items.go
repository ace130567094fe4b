package def

import (
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// The first words of an item's line, and what reads the names behind it.
var itemLines = map[string]func(*parser, *text.Line) (Item, error){
	"typedef": func(_ *parser, l *text.Line) (Item, error) {
		t := &Typedef{}
		return t, names(l, name{&t.Name, "C type"}, name{&t.Go, "Go name"})
	},
	"struct": func(_ *parser, l *text.Line) (Item, error) {
		s := &Struct{}
		return s, names(l, name{&s.Name, "tag"}, name{&s.Go, "Go name"})
	},
	"union": func(_ *parser, l *text.Line) (Item, error) {
		s := &Struct{Union: true}
		return s, names(l, name{&s.Name, "tag"}, name{&s.Go, "Go name"})
	},
	"view":  (*parser).view,
	"const": (*parser).constants,
	"enum":  (*parser).enum,
	"flags": (*parser).flags,
	"errno": func(_ *parser, l *text.Line) (Item, error) {
		return &Errno{Info{Name: Word{Text: "errno", Pos: l.Pos}}}, nil
	},
	"numbers": func(_ *parser, l *text.Line) (Item, error) {
		n := &Numbers{}
		return n, names(l, name{&n.Name, "prefix"})
	},
	"call": (*parser).call,
	"refuse": func(_ *parser, l *text.Line) (Item, error) {
		r := &Refuse{}
		if err := names(l, name{&r.Name, "system call"}); err != nil {
			return nil, err
		}
		if r.Reason = l.Rest(); r.Reason.Text == "" {
			return nil, r.Name.Errorf("empty reason: say why %s is not bound, in words", r.Name.Text)
		}
		return r, nil
	},
}

// name is a word to read: where to, and what it is called in messages.
type name struct {
	dst  *Word
	what string
}

func names(l *text.Line, want ...name) (err error) {
	for _, n := range want {
		f := cName
		switch n.what {
		case "Go name":
			f = goName
		case "tag":
			f = place
		}
		if *n.dst, err = take(l, f, n.what); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) view(l *text.Line) (Item, error) {
	v := &View{}
	if err := names(l, name{&v.Name, "tag"}); err != nil {
		return nil, err
	}
	var err error
	if v.Path, err = take(l, member, "member"); err != nil {
		return nil, err
	}
	if err := names(l, name{&v.Method, "Go name"}); err != nil || ended(l) {
		return v, err
	}
	return v, names(l, name{&v.Go, "Go name"})
}

func (p *parser) constants(l *text.Line) (Item, error) {
	c := &Const{}
	return c, c.patterns(l)
}

// patterns reads all that is left of the line.
func (c *Const) patterns(l *text.Line) (err error) {
	if c.Patterns, err = takeAll(l, pattern, "constant"); err != nil {
		return err
	}
	if c.Name.Text == "" {
		c.Name = c.Patterns[0]
	}
	return nil
}

func (p *parser) enum(l *text.Line) (Item, error) {
	e := &Enum{}
	if err := names(l, name{&e.Name, "Go name"}); err != nil {
		return nil, err
	}
	var err error
	if e.Base, err = take(l, basic, "Go integer type"); err != nil {
		return nil, err
	}
	return e, e.patterns(l)
}

func (p *parser) flags(l *text.Line) (Item, error) {
	it, err := p.enum(l)
	if err != nil {
		return nil, err
	}
	it.(*Enum).Flags = true
	return it, nil
}

// call reads the name and, unless a property follows, the Go name.
func (p *parser) call(l *text.Line) (Item, error) {
	c := &Call{}
	if err := names(l, name{&c.Name, "system call"}); err != nil {
		return nil, err
	}
	if ended(l) {
		return c, nil
	}
	return c, names(l, name{&c.Go, "Go name"})
}

// ended reports whether the names on an item's line are at an end: nothing, or
// a property follows.
func ended(l *text.Line) bool {
	peek := *l
	w, err := peek.Next()
	return err == nil && (w.Text == "" || slices.Contains(inlineProps, w.Text))
}

// identities are the names that no second item may have.
func identities(it Item) []Word {
	id := func(kind string, w Word) Word { return Word{Text: kind + " " + w.Text, Pos: w.Pos} }
	switch it := it.(type) {
	case *Typedef:
		return []Word{id("typedef", it.Name), id("Go name", it.Go)}
	case *Struct:
		if it.Union {
			return []Word{id("union", it.Name), id("Go name", it.Go)}
		}
		return []Word{id("struct", it.Name), id("Go name", it.Go)}
	case *View:
		ids := []Word{id("view "+it.Name.Text, it.Path), id("method "+it.Name.Text, it.Method)}
		if it.Go.Text != "" {
			ids = append(ids, id("Go name", it.Go))
		}
		return ids
	case *Enum:
		return []Word{id("Go name", it.Name)}
	case *Errno:
		return []Word{it.Name}
	case *Numbers:
		return []Word{id("numbers", it.Name)}
	case *Refuse:
		return []Word{id("refuse", it.Name)}
	case *Call:
		return []Word{id("Go name", Word{Text: it.GoName(), Pos: it.Name.Pos})}
	}
	return nil
}

// GoName returns the name of the stub.
func (c *Call) GoName() string {
	if c.Go.Text != "" {
		return c.Go.Text
	}
	return CamelCase(c.Name.Text)
}

// CamelCase makes a Go name of a C name: copy_file_range is CopyFileRange.
func CamelCase(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
