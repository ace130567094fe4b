package extract

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// A table is the system call table.
type table struct {
	calls []facts.Syscall
	typed []text.Word // the type names it uses, and where each first is
}

// parseMaster reads syscalls.master: entries of a number, an audit event, a
// kind, and a prototype in braces or, for calls that are gone, a name.
func parseMaster(name string, src []byte) (*table, error) {
	m := &master{words: splitMaster(name, src), table: &table{}}
	m.end.Pos = text.Pos{File: name, Line: 1 + bytes.Count(src, []byte("\n")), Col: 1}
	for len(m.words) > 0 && m.err == nil {
		m.entry()
	}
	if m.err == nil && len(m.table.calls) == 0 {
		m.fail(m.end, "no system call in this file: is it syscalls.master?")
	}
	return m.table, m.err
}

// masterWord matches what the table consists of.
var masterWord = regexp.MustCompile(`[A-Za-z0-9_|-]+|\.\.\.|[^\sA-Za-z0-9_]`)

// splitMaster cuts the table into words. Comments and preprocessor lines are
// left out; the lines of one entry count as one where they are continued.
func splitMaster(name string, src []byte) []masterToken {
	var words []masterToken
	logical := 0
	for i, line := range strings.Split(string(src), "\n") {
		code, comment, _ := strings.Cut(line, ";")
		if strings.TrimSpace(code) != "" || comment == "" {
			code = line // a semicolon that ends a prototype
		}
		trimmed := strings.TrimSpace(code)
		if trimmed == "" || strings.HasPrefix(trimmed, ";") || trimmed[0] == '#' || trimmed[0] == '%' || trimmed[0] == '$' {
			logical++
			continue
		}
		for _, at := range masterWord.FindAllStringIndex(strings.TrimSuffix(trimmed, `\`), -1) {
			pos := text.Pos{File: name, Line: i + 1, Col: strings.Index(line, trimmed) + at[0] + 1}
			words = append(words, masterToken{text.Word{Text: trimmed[at[0]:at[1]], Pos: pos}, logical})
		}
		if !strings.HasSuffix(trimmed, `\`) {
			logical++
		}
	}
	return words
}

type masterToken struct {
	text.Word
	line int // of continued lines, one
}

type master struct {
	words []masterToken
	end   masterToken
	table *table
	err   error
}

func (m *master) peek() masterToken {
	if m.err != nil || len(m.words) == 0 {
		return m.end
	}
	return m.words[0]
}

func (m *master) next() masterToken {
	w := m.peek()
	if w.Text == "" {
		m.fail(w, "the table ends inside an entry: was it cut off?")
	} else {
		m.words = m.words[1:]
	}
	return w
}

func (m *master) fail(w masterToken, format string, args ...any) {
	if m.err == nil {
		m.err = w.Errorf(format, args...)
	}
}

func (m *master) want(s string) {
	if w := m.next(); w.Text != s {
		m.fail(w, "unexpected %q in the table: %q should stand here", w.Text, s)
	}
}

// entry reads one entry. Those without a name of their own, reserved or for
// modules to fill in, are no system calls.
func (m *master) entry() {
	number := m.next()
	first, _, _ := strings.Cut(number.Text, "-")
	n, err := strconv.Atoi(first)
	if err != nil {
		m.fail(number, "unexpected %q in the table: an entry starts with its number", number.Text)
	}
	m.next() // the audit event
	kind := m.next()
	if kind.Text == "RESERVED" || kind.Text == "UNIMPL" {
		m.rest(kind.line)
		return
	}
	for flag := range strings.SplitSeq(kind.Text, "|") {
		if !facts.IsKind(flag) {
			m.fail(kind, "unknown kind %q of system call: the table has changed, the extractor has to learn it", flag)
		}
	}
	s := facts.Syscall{Number: n, Kind: kind.Text}
	if m.peek().Text == "{" {
		m.prototype(&s)
	} else if names := m.rest(kind.line); len(names) > 0 {
		s.Name = names[0]
		if s.Kind == "OBSOL" { // the name may have the system in front
			s.Name = "obs_" + names[len(names)-1]
		}
	}
	if s.Name == "" || s.Name == "lkmnosys" || s.Name == "nosys" {
		return
	}
	s.Name = oldName(s.Kind, s.Name)
	m.table.calls = append(m.table.calls, s)
}

// rest takes the words up to the end of a line.
func (m *master) rest(line int) []string {
	var out []string
	for m.err == nil && len(m.words) > 0 && m.words[0].line == line {
		out = append(out, m.next().Text)
	}
	return out
}

// prototype reads { TYPE NAME(ARGUMENTS); }, and the name in C's library that
// may stand behind it.
func (m *master) prototype(s *facts.Syscall) {
	m.want("{")
	var head []masterToken
	for m.err == nil && m.peek().Text != "(" {
		head = append(head, m.next())
	}
	m.want("(")
	if len(head) < 2 {
		m.fail(m.peek(), "a prototype without a result and a name")
		return
	}
	s.Name = head[len(head)-1].Text
	s.Result = m.ctype(head[:len(head)-1])
	m.arguments(s)
	m.want(")")
	if m.peek().Text == ";" {
		m.next()
	}
	closing := m.peek()
	m.want("}")
	if alias := m.rest(closing.line); len(alias) > 0 {
		s.Name = alias[0]
	}
}

func (m *master) arguments(s *facts.Syscall) {
	var arg []masterToken
	for depth := 0; m.err == nil; {
		w := m.peek()
		switch {
		case depth == 0 && (w.Text == "," || w.Text == ")"):
			m.argument(s, arg)
			arg = nil
			if w.Text == ")" {
				return
			}
			m.next()
			continue
		case w.Text == "(":
			depth++
		case w.Text == ")":
			depth--
		}
		arg = append(arg, w)
		m.next()
	}
}

// annotation matches what says how an argument is used.
var annotation = regexp.MustCompile(`^_(In|Out|Inout|Outptr|Contains)_`)

// annotations cuts them off the front of an argument. What stands in parentheses
// belongs to the one before it.
func annotations(words []masterToken) (marks string, rest []masterToken) {
	var list []string
	for len(words) > 0 && annotation.MatchString(words[0].Text) {
		mark, depth := words[0].Text, 0
		words = words[1:]
		for len(words) > 0 && (depth > 0 || words[0].Text == "(") {
			switch words[0].Text {
			case "(":
				depth++
			case ")":
				depth--
			}
			mark += words[0].Text
			words = words[1:]
		}
		list = append(list, mark)
	}
	return strings.Join(list, ","), words
}

func (m *master) argument(s *facts.Syscall, words []masterToken) {
	mark, words := annotations(words)
	words = slices.DeleteFunc(words, func(w masterToken) bool { return w.Text == "__restrict" })
	switch {
	case len(words) == 0 && m.peek().Text == ")": // the table has a comma too many somewhere
	case len(words) == 0:
		m.fail(m.peek(), "an argument is missing in %s", s.Name)
	case len(words) == 1 && words[0].Text == "void":
	case words[0].Text == "...":
		s.Variadic = true
	case len(words) == 1:
		m.fail(words[0], "argument %s of %s has no name", words[0].Text, s.Name)
	default:
		name, typ := m.declarator(s, words)
		s.Args = append(s.Args, facts.Arg{Name: name, Type: typ, Mark: mark})
	}
}

// declarator takes an argument apart: TYPE NAME, TYPE NAME[N], which is a pointer,
// or TYPE (*NAME)(…), which points to a function.
func (m *master) declarator(s *facts.Syscall, words []masterToken) (string, facts.Type) {
	if i := slices.IndexFunc(words, func(w masterToken) bool { return w.Text == "(" }); i >= 0 {
		if i+3 < len(words) && words[i+1].Text == "*" && words[i+3].Text == ")" {
			return words[i+2].Text, "*func"
		}
		m.fail(words[i], "an argument of %s has a type that the extractor has to learn", s.Name)
		return "", ""
	}
	stars := facts.Type("")
	if i := slices.IndexFunc(words, func(w masterToken) bool { return w.Text == "[" }); i > 1 {
		words, stars = words[:i], "*"
	}
	return words[len(words)-1].Text, stars + m.ctype(words[:len(words)-1])
}

// ctype puts a C type into the facts' words.
func (m *master) ctype(words []masterToken) facts.Type {
	var stars, base string
	var at masterToken
	for _, w := range words {
		switch w.Text {
		case "*":
			stars += "*"
		case "const", "volatile":
		case "struct", "union":
			base = w.Text + "."
		case "unsigned":
			base, at = "u_int", w
		case "int", "long":
			if base == "u_int" {
				base = "u_" + w.Text
			} else {
				base += w.Text
			}
		default:
			base, at = base+w.Text, w
		}
	}
	t, err := facts.ParseType(stars + base)
	if err != nil {
		m.fail(words[0], "%v", err)
	}
	if at.Text = base; isTypeName(t) {
		m.uses(at.Word)
	}
	return t
}

func (m *master) uses(name text.Word) {
	if !slices.ContainsFunc(m.table.typed, func(w text.Word) bool { return w.Text == name.Text }) {
		m.table.typed = append(m.table.typed, name)
	}
}

// isTypeName reports whether a typedef has to explain a type.
func isTypeName(t facts.Type) bool {
	base := t.Base()
	_, tagged := base.Tag()
	return !tagged && !slices.Contains([]facts.Type{"int", "long", "char", "void"}, base)
}

// compat matches the kind of a call that is kept for programs of old releases.
var compat = regexp.MustCompile(`\bCOMPAT(\d*)\b`)

// oldName returns the name that such a call has in sys/syscall.h, so that the
// present one can have its own.
func oldName(kind, name string) string {
	switch m := compat.FindStringSubmatch(kind); {
	case m == nil:
		return name
	case m[1] == "":
		return "o" + name
	default:
		return "freebsd" + m[1] + "_" + name
	}
}
