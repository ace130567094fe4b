package def

import (
	"bytes"
	"strings"
)

// format writes a manifest in its canonical form: what Parse reads from it is
// equal to m but for positions. Comments are not part of a Manifest, so nothing but
// the round trip can use it: people write manifests.
func format(m *Manifest) []byte {
	w := &writer{}
	w.line("manifest", Version)
	w.words("release", m.System, m.Release)
	w.words("arch", m.Arch...)
	for _, c := range m.CTypes {
		w.words("ctype", c.Name, c.Go)
	}
	w.list("descriptors", m.Descriptors)
	for _, s := range m.Sections {
		w.WriteByte('\n')
		w.words("header", s.Header)
		w.list("\tinclude", s.Include)
		w.list("\tdefine", s.Define)
		if s.Within {
			w.line("\twithin")
		}
		if s.Machine {
			w.line("\tmachine")
		}
		for _, it := range s.Items {
			w.item(it)
		}
	}
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) line(words ...string) {
	w.WriteString(strings.Join(words, " "))
	w.WriteByte('\n')
}

// words writes a line, leaving out empty words.
func (w *writer) words(key string, words ...Word) {
	w.WriteString(key)
	for _, word := range words {
		if word.Text != "" {
			w.WriteByte(' ')
			w.WriteString(word.Text)
		}
	}
	w.WriteByte('\n')
}

// list writes a line unless there is nothing to list.
func (w *writer) list(key string, words []Word) {
	if len(words) > 0 {
		w.words(key, words...)
	}
}

func (w *writer) item(it Item) {
	switch it := it.(type) {
	case *Typedef:
		w.words("typedef", it.Name, it.Go)
	case *Struct:
		key := "struct"
		if it.Union {
			key = "union"
		}
		w.words(key, it.Name, it.Go)
		w.shape(&it.Shape)
	case *View:
		w.words("view", it.Name, it.Path, it.Method, it.Go)
		w.shape(&it.Shape)
	case *Const:
		w.words("const", it.Patterns...)
		w.constant(it)
	case *Enum:
		key := "enum"
		if it.Flags {
			key = "flags"
		}
		w.words(key, append([]Word{it.Name, it.Base}, it.Patterns...)...)
		if it.Untyped {
			w.line("\tuntyped")
		}
		w.constant(&it.Const)
	case *Refuse:
		w.words("refuse", it.Name, it.Reason)
	case *Errno:
		w.line("errno")
	case *Numbers:
		w.words("numbers", it.Name)
		w.list("\texcept", it.Except)
	case *Call:
		w.call(it)
	}
	w.info(it.About())
}

func (w *writer) shape(s *Shape) {
	w.list("\tstrip", s.Strip)
	w.list("\thide", s.Hide)
	for _, f := range s.Fields {
		w.words("\tfield", f.Name, f.Go, f.Type)
	}
}

func (w *writer) constant(c *Const) {
	if c.Octal {
		w.line("\toctal")
	}
	for _, r := range c.Since {
		w.words("\tsince "+r.Release.Text, r.Patterns...)
	}
	for _, n := range c.Notes {
		w.words("\tnote", n.Name, n.Text)
	}
}

func (w *writer) call(c *Call) {
	w.words("call", c.Name, c.Go)
	if c.Raw {
		w.line("\traw")
	}
	w.one("\treturns", c.Returns)
	if c.Plain {
		w.line("\tplain")
	}
	for _, a := range c.Args {
		w.words("\targ", a.Name, a.Type)
	}
	for _, m := range c.Marks {
		w.words("\tmark", m.Name, m.Mark, m.Reason)
	}
}

func (w *writer) one(key string, word Word) {
	if word.Text != "" {
		w.words(key, word)
	}
}

func (w *writer) info(i *Info) {
	w.one("\tsince", i.Since)
	w.one("\tman", i.Man)
	for _, d := range i.Doc {
		w.words("\tdoc", d)
	}
}
