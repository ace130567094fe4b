package facts

import (
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// Parse reads facts, and checks them: a File that it returns has no
// duplicates, and its layouts fit together on every port. name is what errors
// call the file. Errors are text.Errors, at the first place that is wrong.
func Parse(name string, src []byte) (*File, error) {
	lines, err := text.Lines(name, src)
	if err != nil {
		return nil, err
	}
	p := &parser{file: &File{}, start: text.Pos{File: name, Line: 1, Col: 1}, at: make(map[string]text.Pos, len(lines))}
	for _, line := range lines {
		if err := p.line(line); err != nil {
			return nil, err
		}
	}
	if p.step < len(headings) {
		return nil, p.start.Errorf("no %s line: is this a facts file?", headings[p.step])
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	p.file.Sort()
	return p.file, nil
}

// headings are the lines that come first, in this order.
var headings = []string{"facts", "release", "arch"}

type parser struct {
	file  *File
	start text.Pos
	step  int                 // headings read
	at    map[string]text.Pos // where each thing was defined
	room  []text.Word         // for the words of a line
	// What lines that belong to an item add to.
	structure *Struct
	enum      *Enum
}

func (p *parser) line(line text.Line) error {
	c := newCursor(line, p.file.Ports, p.room)
	p.room = c.words
	if c.err == nil && len(c.words) == 0 {
		return nil // a comment
	}
	w := c.next("a keyword")
	if c.err == nil && p.step < len(headings) {
		p.heading(c, w)
		return c.finish()
	}
	switch w.Text {
	case "size", "align", "packed", "field":
		p.member(c, w)
		return c.finish()
	case "value":
		p.value(c, w)
		return c.finish()
	}
	p.structure, p.enum = nil, nil
	p.item(c, w)
	return c.finish()
}

func (p *parser) heading(c *cursor, w text.Word) {
	if w.Text != headings[p.step] {
		c.failf(w, "unexpected %q: a facts file starts with the lines facts, release and arch; %s is due", w.Text, headings[p.step])
	}
	p.step++
	switch w.Text {
	case "facts":
		if v := c.next("the version of the grammar"); v.Text != strconv.Itoa(Version) {
			c.failf(v, "version %q of the grammar: this program reads version %d, extract the facts again", v.Text, Version)
		}
	case "release":
		r := &p.file.Release
		r.System = value(c, "the system's name", parseName("system"))
		r.Name = value(c, "the release", parseRelease)
		r.Version = int(value(c, "__FreeBSD_version", parseCount))
		r.Installed = c.keyword("installed")
	case "arch":
		for first := true; first || c.more(); first = false {
			w := c.next("a port")
			port := valueOf(c, w, w.Text, ParsePort)
			if n := len(p.file.Ports); n > 0 && port <= p.file.Ports[n-1] {
				c.failf(w, "%s is out of order or repeated: write each port once, in the order %v", port, AllPorts())
			}
			p.file.Ports = append(p.file.Ports, port)
		}
	}
}

func (p *parser) item(c *cursor, w text.Word) {
	switch w.Text {
	case "typedef":
		t := Typedef{Name: p.define(c, "type", isName), Header: p.header(c)}
		t.Type = perPortValue(c, "a type", ParseType)
		if c.keyword("from") {
			t.From = value(c, "the release", parseRelease)
		}
		p.file.Typedefs = append(p.file.Typedefs, t)
	case "const":
		k := Const{Name: p.define(c, "constant", isName), Header: p.header(c)}
		k.Value = perPortValue(c, "a number", ParseInt)
		p.file.Consts = append(p.file.Consts, k)
	case "enum":
		e := Enum{Name: p.define(c, "tag", isTag), Header: p.header(c)}
		e.Type = perPortValue(c, "a type", ParseType)
		p.file.Enums = append(p.file.Enums, e)
		p.enum = &p.file.Enums[len(p.file.Enums)-1]
	case "struct", "union":
		p.structure = &Struct{Union: w.Text == "union", Name: p.define(c, "tag", isTag), Header: p.header(c)}
		p.structure.Typedef = c.keyword("typedef")
		p.file.Structs = append(p.file.Structs, p.structure)
	case "errno":
		p.errno(c)
	case "syscall":
		p.syscall(c)
	case "asked":
		p.asked(c)
	default:
		c.failf(w, "unknown keyword %q: an item is a typedef, const, enum, struct, union, errno, syscall or asked", w.Text)
	}
}

// define takes the name of a new thing of a kind, and refuses a second one.
func (p *parser) define(c *cursor, kind string, valid func(string) bool) string {
	w := c.next("the name of the " + kind)
	if !valid(w.Text) {
		c.failf(w, "bad name %q for a %s: write C's name", w.Text, kind)
	}
	p.unique(c, w, kind, w.Text)
	return w.Text
}

func (p *parser) unique(c *cursor, w text.Word, kind, name string) {
	key := kind + " " + name
	if first, ok := p.at[key]; ok {
		c.failf(w, "duplicate %s: the first is in line %d, remove one", key, first.Line)
		return
	}
	p.at[key] = w.Pos
}

func (p *parser) header(c *cursor) string {
	w := c.next("the header")
	if !strings.HasSuffix(w.Text, ".h") || strings.HasPrefix(w.Text, "/") || strings.Contains(w.Text, "..") {
		c.failf(w, "bad header %q: write it as #include has it, such as sys/stat.h", w.Text)
	}
	return w.Text
}

func (p *parser) member(c *cursor, w text.Word) {
	s := p.structure
	if s == nil {
		c.failf(w, "%s outside a struct: put a struct or union line before it", w.Text)
		return
	}
	switch {
	case w.Text == "field":
		p.field(c, s)
		return
	case len(s.Fields) > 0:
		c.failf(w, "%s behind a field: put it before the first field", w.Text)
	}
	p.unique(c, w, "line", s.Name+" "+w.Text)
	switch w.Text {
	case "size":
		s.Size = perPortValue(c, "a size", parseCount)
	case "align":
		s.Align = perPortValue(c, "an alignment", parseAlign)
	case "packed":
		s.Packed = true
	}
}

func (p *parser) field(c *cursor, s *Struct) {
	w := c.next("the name of the field")
	if !isMember(w.Text) {
		c.failf(w, "bad name %q for a field: write C's name, or $1 for the first without one", w.Text)
	}
	p.unique(c, w, "field", s.Name+"."+w.Text)
	f := Field{Name: w.Text}
	c.want("offset")
	f.Offset = perPortValue(c, "an offset", parseCount)
	c.want("type")
	f.Type = perPortValue(c, "a type", ParseType)
	if c.keyword("align") {
		f.Align = perPortValue(c, "an alignment", parseAlign)
	}
	if c.keyword("bits") {
		f.Bits = perPortValue(c, "bits", parseBits)
	}
	c.want("c")
	f.C = c.next("the type in C").Text
	s.Fields = append(s.Fields, f)
}

func (p *parser) value(c *cursor, w text.Word) {
	if p.enum == nil {
		c.failf(w, "value outside an enum: put an enum line before it")
		return
	}
	v := EnumValue{Name: p.define(c, "constant", isName)}
	v.Value = perPortValue(c, "a number", ParseInt)
	p.enum.Values = append(p.enum.Values, v)
}

func (p *parser) errno(c *cursor) {
	w := c.next("the number")
	n := valueOf(c, w, w.Text, parseCount)
	if n < 1 || n > 1<<15 {
		c.failf(w, "errno %d: error numbers are from 1 to %d", n, 1<<15)
	}
	p.unique(c, w, "errno", w.Text)
	e := Errno{Number: int(n), Name: p.define(c, "constant", isName)}
	e.Message = c.next("the message in quotes").Text
	p.file.Errnos = append(p.file.Errnos, e)
}

func (p *parser) syscall(c *cursor) {
	w := c.next("the number")
	s := Syscall{Number: int(valueOf(c, w, w.Text, parseCount))}
	p.unique(c, w, "system call number", w.Text)
	s.Name = p.define(c, "system call", isName)
	s.Kind = value(c, "the kind", parseKind)
	if c.more() {
		s.Result = value(c, "the result type", ParseType)
	}
	for c.more() && !s.Variadic {
		w := c.next("an argument")
		name, typ, ok := strings.Cut(w.Text, ":")
		typ, mark, marked := strings.Cut(typ, ":")
		switch {
		case w.Text == "...":
			s.Variadic = true
		case !ok || !isName(name):
			c.failf(w, "bad argument %q: write NAME:TYPE", w.Text)
		case marked && !isMark(mark):
			c.failf(w, "bad annotation %q: write those of the system call table, with commas between them", mark)
		default:
			p.unique(c, w, "argument", s.Name+" "+name)
			s.Args = append(s.Args, Arg{name, valueOf(c, w, typ, ParseType), mark})
		}
	}
	p.file.Syscalls = append(p.file.Syscalls, s)
}

func (p *parser) asked(c *cursor) {
	a := Asked{Header: p.header(c)}
	for first := true; first || c.more(); first = false {
		a.Patterns = append(a.Patterns, value(c, "a name or pattern", parsePattern))
	}
	p.file.Asked = append(p.file.Asked, a)
}
