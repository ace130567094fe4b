package def

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// form is what a word has to look like.
type form struct {
	re   *regexp.Regexp
	like string // examples
}

func newForm(re, like string) form { return form{regexp.MustCompile("^(" + re + ")$"), like} }

var (
	cName      = newForm(`[A-Za-z_][A-Za-z0-9_]*`, "kf_type: letters, digits, underscores")
	place      = newForm(`[A-Za-z_][A-Za-z0-9_]*(\.\$?[A-Za-z0-9_]+)*`, "kinfo_file, or dbreg.db_breakregs for what has no tag")
	goName     = newForm(`[A-Z][A-Za-z0-9]*`, "KinfoFile: letters and digits, a capital first")
	pattern    = newForm(`!?[A-Za-z0-9_*]+|enum\.[A-Za-z_][A-Za-z0-9_]*`, "KF_TYPE_NONE, KF_*, !KF_FLAG_*")
	member     = newForm(`\$?[A-Za-z0-9_]+(\.\$?[A-Za-z0-9_]+)*`, "kf_un.kf_sock")
	header     = newForm(`[A-Za-z0-9_][A-Za-z0-9_.+-]*(/[A-Za-z0-9_][A-Za-z0-9_.+-]*)*\.h`, "sys/stat.h")
	version    = newForm(`[0-9]+\.[0-9]+`, "15.0")
	since      = newForm(`>?[0-9]+\.[0-9]+`, "13.0, or >12.1 for a later one that is not known")
	manual     = newForm(`[a-z0-9_.]+\([1-9]\)`, "stat(2)")
	goType     = newForm(`(\[\])?(\[[0-9]+\])?\**([A-Z][A-Za-z0-9]*|u?int(8|16|32|64|ptr)?|byte|string|unsafe\.Pointer)|\*\[[0-9]+\]([A-Z][A-Za-z0-9]*|u?int(8|16|32|64))`, "int32, uintptr, *byte, *Stat, []Iovec, unsafe.Pointer")
	familyName = newForm(`[a-z]+`, "socket: small letters")
	basic      = newForm(`u?int(8|16|32|64)`, "int32, uint8")
	// annotation is one of the system call table, or none.
	annotation = newForm(`none|_(In|Out|Inout|Outptr)_[a-z_]*(\([A-Za-z0-9_*]+\))?`, "_Out_writes_bytes_(len), or none")
	// result is what a stub returns: errno alone, or a type beside it.
	result = newForm(`errno|failure|int|uint|uintptr|u?int(32|64)`, "errno, failure, int, uintptr, int64")
)

// oneOf lists the keys of tables for an error message.
func oneOf[V, W any](a map[string]V, more ...map[string]W) string {
	keys := slices.Collect(maps.Keys(a))
	for _, m := range more {
		keys = slices.AppendSeq(keys, maps.Keys(m))
	}
	slices.Sort(keys)
	return strings.Join(keys, ", ")
}

// take reads the next word, which must have the form.
func take(l *text.Line, f form, what string) (Word, error) {
	w, err := l.Next()
	if err != nil {
		return w, err
	}
	if w.Text == "" {
		return w, w.Errorf("%s is missing at the end of the line", what)
	}
	if !f.re.MatchString(w.Text) {
		return w, w.Errorf("%q is no %s: write one like %s", w.Text, what, f.like)
	}
	return w, nil
}

// takeAll reads at least one word, up to the end of the line.
func takeAll(l *text.Line, f form, what string) ([]Word, error) {
	var words []Word
	for {
		w, err := take(l, f, what)
		if w.Text == "" && len(words) > 0 {
			return words, nil
		}
		if err != nil {
			return nil, err
		}
		words = append(words, w)
	}
}

// The lines of the head and the headers' own.
var headLines = map[string]func(*parser, Word, *text.Line) error{
	"release":     (*parser).release,
	"arch":        (*parser).arch,
	"ctype":       (*parser).ctype,
	"descriptors": (*parser).descriptors,
	"family":      (*parser).family,
	"header":      (*parser).header,
}

func (p *parser) release(key Word, l *text.Line) (err error) {
	if p.m.Release.Text != "" {
		return key.Errorf("second release: a manifest binds the facts of one")
	}
	if p.m.System, err = take(l, cName, "system"); err != nil {
		return err
	}
	if p.m.Release, err = take(l, version, "release"); err != nil {
		return err
	}
	return l.End()
}

func (p *parser) arch(key Word, l *text.Line) (err error) {
	if p.m.Arch != nil {
		return key.Errorf("second arch line: name all ports in one")
	}
	words, err := l.Words()
	if err != nil {
		return err
	}
	for i, w := range words {
		if !isPort(w.Text) {
			return w.Errorf("unknown arch %q: one of %s", w.Text, strings.Join(Ports, ", "))
		}
		if slices.ContainsFunc(words[:i], func(o Word) bool { return o.Text == w.Text }) {
			return w.Errorf("duplicate arch %q: name each port once", w.Text)
		}
	}
	if len(words) == 0 {
		return key.Errorf("arch without a port: name at least one of %s", strings.Join(Ports, ", "))
	}
	p.m.Arch = words
	return nil
}

func (p *parser) ctype(_ Word, l *text.Line) error {
	name, err := take(l, cName, "C type")
	if err != nil {
		return err
	}
	typ, err := take(l, goType, "Go type")
	if err != nil {
		return err
	}
	for _, c := range p.m.CTypes {
		if c.Name.Text == name.Text {
			return name.Errorf("duplicate ctype %s: it stands at line %d, remove one", name.Text, c.Name.Pos.Line)
		}
	}
	p.m.CTypes = append(p.m.CTypes, CType{name, typ})
	return l.End()
}

func (p *parser) descriptors(_ Word, l *text.Line) error {
	words, err := takeAll(l, cName, "argument name")
	p.m.Descriptors = append(p.m.Descriptors, words...)
	return err
}

// family names what the headers below it are about.
func (p *parser) family(_ Word, l *text.Line) (err error) {
	if p.under, err = take(l, familyName, "family"); err != nil {
		return err
	}
	return l.End()
}

func (p *parser) header(_ Word, l *text.Line) error {
	w, err := take(l, header, "header")
	if err != nil {
		p.item = skipped
		return err
	}
	for _, s := range p.m.Sections {
		if s.Header.Text == w.Text {
			p.item = skipped
			return w.Errorf("duplicate header %s: put its items below line %d", w.Text, s.Header.Pos.Line)
		}
	}
	p.section = &Section{Header: w, Family: p.under}
	p.m.Sections = append(p.m.Sections, p.section)
	return l.End()
}

func (s *Section) property(key Word, l *text.Line) error {
	var dst *[]Word
	f := header
	switch key.Text {
	case "within":
		s.Within = true
		return l.End()
	case "machine":
		s.Machine = true
		return l.End()
	case "include":
		dst = &s.Include
	case "define":
		dst, f = &s.Define, cName
	default:
		return key.Errorf("unknown property %q of a header: include, define, within or machine", key.Text)
	}
	words, err := takeAll(l, f, key.Text)
	*dst = append(*dst, words...)
	return err
}
