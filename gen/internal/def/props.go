package def

import (
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// inlineProps may also stand on the item's own line, and share an indented one.
// doc takes all that is left of its line.
var inlineProps = []string{"raw", "plain", "returns", "since", "man", "doc"}

// propertied is an item with properties beyond those of Info. property reports
// whether it took the key.
type propertied interface {
	property(key Word, l *text.Line) (bool, error)
}

// infoProps are the properties that every item has.
var infoProps = map[string]func(*Info, Word, *text.Line) error{
	"since": func(i *Info, key Word, l *text.Line) error { return once(&i.Since, key, l, since, "release") },
	"man":   func(i *Info, key Word, l *text.Line) error { return once(&i.Man, key, l, manual, "manual page") },
	"doc": func(i *Info, key Word, l *text.Line) error {
		w := l.Rest()
		if w.Text == "" {
			w.Pos = key.Pos
		}
		i.Doc = append(i.Doc, w)
		return nil
	},
}

// once reads a property that has one value.
func once(dst *Word, key Word, l *text.Line, f form, what string) error {
	if dst.Text != "" {
		return key.Errorf("second %s: it stands at line %d, remove one", key.Text, dst.Pos.Line)
	}
	w, err := take(l, f, what)
	*dst = w
	return err
}

func (s *Shape) property(key Word, l *text.Line) (bool, error) {
	switch key.Text {
	case "strip":
		words, err := takeAll(l, cName, "prefix")
		s.Strip = append(s.Strip, words...)
		return true, err
	case "hide":
		words, err := takeAll(l, pattern, "field")
		s.Hide = append(s.Hide, words...)
		return true, err
	case "field":
		f, err := takeField(l)
		if err != nil {
			return true, err
		}
		for _, other := range s.Fields {
			if other.Name.Text == f.Name.Text {
				return true, f.Name.Errorf("duplicate field %s: it stands at line %d, remove one", f.Name.Text, other.Name.Pos.Line)
			}
		}
		s.Fields = append(s.Fields, f)
		return true, l.End()
	}
	return false, nil
}

func takeField(l *text.Line) (f Field, err error) {
	if f.Name, err = take(l, member, "field"); err != nil {
		return f, err
	}
	if f.Go, err = take(l, goName, "Go name"); err != nil {
		return f, err
	}
	if !ended(l) {
		f.Type, err = take(l, goType, "Go type")
	}
	return f, err
}

func (c *Const) property(key Word, l *text.Line) (bool, error) {
	switch key.Text {
	case "octal":
		c.Octal = true
		return true, nil
	case "note":
		name, err := take(l, cName, "constant")
		if err != nil {
			return true, err
		}
		note := Note{name, l.Rest()}
		if note.Text.Text == "" {
			return true, name.Errorf("empty note: say what %s means, in words", name.Text)
		}
		c.Notes = append(c.Notes, note)
		return true, nil
	case "since":
		release, err := take(l, since, "release")
		if err != nil {
			return true, err
		}
		if ended(l) {
			return true, c.setSince(key, release)
		}
		words, err := takeAll(l, pattern, "constant")
		c.Since = append(c.Since, Release{release, words})
		return true, err
	}
	return false, nil
}

func (e *Enum) property(key Word, l *text.Line) (bool, error) {
	if key.Text == "untyped" {
		e.Untyped = true
		return true, nil
	}
	return e.Const.property(key, l)
}

func (c *Const) setSince(key, release Word) error {
	if old := c.Info.Since; old.Text != "" {
		return key.Errorf("second since: it stands at line %d, remove one or name constants behind it", old.Pos.Line)
	}
	c.Info.Since = release
	return nil
}

func (n *Numbers) property(key Word, l *text.Line) (bool, error) {
	if key.Text != "except" {
		return false, nil
	}
	words, err := takeAll(l, pattern, "system call")
	n.Except = append(n.Except, words...)
	return true, err
}

func (c *Call) property(key Word, l *text.Line) (bool, error) {
	switch key.Text {
	case "raw":
		if c.Raw {
			return true, key.Errorf("second raw: remove one")
		}
		c.Raw = true
		return true, nil
	case "plain":
		c.Plain = true
		return true, nil
	case "mark":
		return true, c.mark(l)
	case "returns":
		return true, once(&c.Returns, key, l, result, "result")
	case "arg":
		name, err := take(l, cName, "argument")
		if err != nil {
			return true, err
		}
		typ, err := take(l, goType, "Go type")
		if err != nil {
			return true, err
		}
		for _, a := range c.Args {
			if a.Name.Text == name.Text {
				return true, name.Errorf("duplicate arg %s: it stands at line %d, remove one", name.Text, a.Name.Pos.Line)
			}
		}
		c.Args = append(c.Args, Arg{name, typ})
		return true, l.End()
	}
	return false, nil
}

// mark reads the annotation that takes the place of the table's.
func (c *Call) mark(l *text.Line) (err error) {
	var m Mark
	if m.Name, err = take(l, cName, "argument"); err != nil {
		return err
	}
	if m.Mark, err = take(l, annotation, "annotation"); err != nil {
		return err
	}
	for _, other := range c.Marks {
		if other.Name.Text == m.Name.Text {
			return m.Name.Errorf("duplicate mark %s: it stands at line %d, remove one", m.Name.Text, other.Name.Pos.Line)
		}
	}
	if m.Reason = l.Rest(); m.Reason.Text == "" {
		return m.Name.Errorf("mark without a reason: say behind it why the table's annotation of %s is not used", m.Name.Text)
	}
	c.Marks = append(c.Marks, m)
	return nil
}
