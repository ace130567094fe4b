// Package text reads the line-based files of defs/: words, and where they
// stand, so that every complaint can name file, line and column.
package text

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits that no honest definition reaches. They keep a wrong file (a core
// dump, a tarball) from being read word by word.
const (
	MaxFile = 16 << 20
	MaxLine = 64 << 10
)

// Pos is a place in a definition file. Line and Col start at 1; Col counts
// bytes, as the go command's messages do.
type Pos struct {
	File      string
	Line, Col int
}

func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// Errorf returns an *Error at p.
func (p Pos) Errorf(format string, args ...any) error {
	return &Error{Pos: p, Msg: fmt.Sprintf(format, args...)}
}

// Error is a complaint about one place: what is wrong there, and the fix.
type Error struct {
	Pos Pos
	Msg string
}

func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// Word is one word of a line. The zero Word stands for the end of a line.
type Word struct {
	Text string
	Pos  Pos
}

func (w Word) String() string { return w.Text }

// Errorf returns an *Error at the word.
func (w Word) Errorf(format string, args ...any) error { return w.Pos.Errorf(format, args...) }

// Line is one line that holds more than blanks. Words are taken from its front.
type Line struct {
	Pos      Pos  // of the next word, or of the end of the line
	Indented bool // the line starts with a blank: it belongs to the item above
	rest     string
}

// Comment returns the text of a line that is nothing but a comment.
func (l *Line) Comment() (string, bool) {
	s, ok := strings.CutPrefix(l.rest, "#")
	return strings.TrimSpace(s), ok
}

// Next takes the next word. A word in double quotes is unquoted by Go's rules.
// At the end of the line, or before a comment, it returns a Word with no Text.
func (l *Line) Next() (Word, error) {
	w := Word{Pos: l.Pos}
	switch {
	case l.rest == "" || l.rest[0] == '#':
		return w, nil
	case l.rest[0] == '"':
		quoted, err := strconv.QuotedPrefix(l.rest)
		if err != nil {
			return w, w.Errorf("unterminated string: close it with a double quote on the same line")
		}
		if w.Text, err = strconv.Unquote(quoted); err != nil || w.Text == "" {
			return w, w.Errorf("bad string %s: write a non-empty string by Go's rules", quoted)
		}
		l.advance(len(quoted))
		return w, nil
	}
	n := strings.IndexAny(l.rest, " \t")
	if n < 0 {
		n = len(l.rest)
	}
	w.Text = l.rest[:n]
	l.advance(n)
	return w, nil
}

// advance drops n bytes and the blanks after them.
func (l *Line) advance(n int) {
	trimmed := strings.TrimLeft(l.rest[n:], " \t")
	l.Pos.Col += len(l.rest) - len(trimmed)
	l.rest = trimmed
}

// Rest takes what is left of the line as it stands, number signs included.
func (l *Line) Rest() Word {
	w := Word{Text: strings.TrimRight(l.rest, " \t"), Pos: l.Pos}
	l.advance(len(l.rest))
	return w
}

// Words takes all words that are left.
func (l *Line) Words() ([]Word, error) { return l.AppendWords(nil) }

// AppendWords puts all words that are left behind words.
func (l *Line) AppendWords(words []Word) ([]Word, error) {
	for {
		w, err := l.Next()
		if err != nil || w.Text == "" {
			return words, err
		}
		words = append(words, w)
	}
}

// End complains about words that are left.
func (l *Line) End() error {
	w, err := l.Next()
	if err != nil || w.Text == "" {
		return err
	}
	return w.Errorf("unexpected %q: the line should end here", w.Text)
}

// Lines splits src into the lines that hold something, and refuses what is not
// clean UTF-8 text with LF line ends.
func Lines(file string, src []byte) ([]Line, error) {
	if len(src) > MaxFile {
		return nil, Pos{file, 1, 1}.Errorf("%d bytes: a definition file has at most %d; is this the right file?", len(src), MaxFile)
	}
	lines := make([]Line, 0, bytes.Count(src, []byte{'\n'}))
	rest := string(src) // once for all lines
	for n := 1; rest != ""; n++ {
		raw, after, found := strings.Cut(rest, "\n")
		if !found {
			return nil, Pos{file, n, len(raw) + 1}.Errorf("unterminated last line: end the file with a newline (was it cut off?)")
		}
		rest = after
		l, err := newLine(Pos{file, n, 1}, raw)
		if err != nil {
			return nil, err
		}
		if l.rest != "" {
			lines = append(lines, l)
		}
	}
	return lines, nil
}

func newLine(pos Pos, raw string) (Line, error) {
	at := func(i int) Pos { return Pos{pos.File, pos.Line, i + 1} }
	if len(raw) > MaxLine {
		return Line{}, at(MaxLine).Errorf("line of %d bytes: at most %d; split it", len(raw), MaxLine)
	}
	for i := range len(raw) {
		switch b := raw[i]; {
		case b == '\r':
			return Line{}, at(i).Errorf("carriage return: save the file with LF line ends")
		case b == 0:
			return Line{}, at(i).Errorf("NUL byte: save the file as UTF-8 text")
		case b < ' ' && b != '\t', b == 0x7f:
			return Line{}, at(i).Errorf("control character %#02x: remove it", b)
		}
	}
	if !utf8.ValidString(raw) {
		return Line{}, at(invalidUTF8(raw)).Errorf("invalid UTF-8: save the file as UTF-8 text")
	}
	l := Line{Pos: pos, rest: raw}
	l.Indented = strings.HasPrefix(l.rest, " ") || strings.HasPrefix(l.rest, "\t")
	l.advance(0)
	return l, nil
}

// invalidUTF8 returns where a string that is no UTF-8 goes wrong.
func invalidUTF8(s string) int {
	i := 0
	for {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}
