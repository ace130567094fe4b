package facts

import (
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// A cursor hands out the words of one line. Its first error sticks, so that a
// parser looks for errors once a line.
type cursor struct {
	words []text.Word
	end   text.Pos
	ports []Port
	err   error
}

// newCursor reads a line's words into room, which the line before has used.
func newCursor(line text.Line, ports []Port, room []text.Word) *cursor {
	words, err := line.AppendWords(room[:0])
	return &cursor{words: words, end: line.Pos, ports: ports, err: err}
}

// next takes a word; what says what should be there.
func (c *cursor) next(what string) text.Word {
	if c.err != nil {
		return text.Word{}
	}
	if len(c.words) == 0 {
		c.err = c.end.Errorf("the line ends where %s should follow", what)
		return text.Word{Pos: c.end}
	}
	w := c.words[0]
	c.words = c.words[1:]
	return w
}

func (c *cursor) more() bool { return c.err == nil && len(c.words) > 0 }

// keyword takes the next word if it is s.
func (c *cursor) keyword(s string) bool {
	if !c.more() || c.words[0].Text != s {
		return false
	}
	c.words = c.words[1:]
	return true
}

// want takes the next word, which has to be s.
func (c *cursor) want(s string) {
	if w := c.next("the word " + s); w.Text != s {
		c.failf(w, "unexpected %q: write %s here", w.Text, s)
	}
}

func (c *cursor) failf(w text.Word, format string, args ...any) {
	if c.err == nil {
		c.err = w.Errorf(format, args...)
	}
}

// finish returns the line's error; words that are left are one.
func (c *cursor) finish() error {
	if c.more() {
		w := c.words[0]
		c.failf(w, "unexpected %q: remove it, the line should end here", w.Text)
	}
	return c.err
}

// value takes one word through a parser whose errors name the fix.
func value[T any](c *cursor, what string, parse func(string) (T, error)) T {
	w := c.next(what)
	return valueOf(c, w, w.Text, parse)
}

func valueOf[T any](c *cursor, w text.Word, s string, parse func(string) (T, error)) T {
	var zero T
	if c.err != nil {
		return zero
	}
	x, err := parse(s)
	if err != nil {
		c.failf(w, "%v", err)
	}
	return x
}

// perPortValue takes the first port's value and those that differ from it.
func perPortValue[T comparable](c *cursor, what string, parse func(string) (T, error)) PerPort[T] {
	var v PerPort[T]
	w := c.next(what)
	var words [numPorts]text.Word // the overrides; none is empty
	last := c.ports[0]
	for c.more() && strings.Contains(c.words[0].Text, ":") {
		p, value := c.override(w, last)
		words[p], last = value, p
	}
	for _, p := range c.ports {
		s := words[p]
		if s == (text.Word{}) {
			s = w
		}
		if s.Text != "-" {
			v.Set(p, valueOf(c, s, s.Text, parse))
		}
	}
	if _, p := v.Any(); p < 0 {
		c.failf(w, "no port has a value: remove the item, or write %s", what)
	}
	return v
}

// override takes PORT:VALUE, where the port has to stand behind the last one
// and the value to differ from the first. It returns the value at its place.
func (c *cursor) override(first text.Word, last Port) (Port, text.Word) {
	o := c.next("an override")
	name, s, _ := strings.Cut(o.Text, ":")
	p := valueOf(c, o, name, ParsePort)
	switch {
	case c.err != nil:
	case !slices.Contains(c.ports, p):
		c.failf(o, "port %s is not in the arch line, which has %v", p, c.ports)
	case p == c.ports[0]:
		c.failf(o, "the value for %s comes first and without its name: write %s", p, s)
	case p <= last:
		c.failf(o, "%s is out of order or repeated: write each port once, in the order %v", p, c.ports)
	case s == first.Text:
		c.failf(o, "%s has the same value as %s: remove it", p, c.ports[0])
	}
	o.Pos.Col += len(name) + 1
	o.Text = s
	return p, o
}
