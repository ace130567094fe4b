package text

import (
	"errors"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	lines, err := Lines("f", []byte("a  \"b c\" # d\n\n\t e #f\n"))
	if err != nil || len(lines) != 2 {
		t.Fatalf("Lines = %d lines, %v; want 2", len(lines), err)
	}
	var got []string
	for i := range lines {
		words, err := lines[i].Words()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			got = append(got, w.Pos.String()+"="+w.Text)
		}
	}
	if want := "f:1:1=a f:1:4=b c f:3:3=e"; strings.Join(got, " ") != want {
		t.Errorf("words are %q, want %q", got, want)
	}
	if lines[0].Indented || !lines[1].Indented {
		t.Error("only the second line is indented")
	}
}

func TestRestKeepsNumberSigns(t *testing.T) {
	lines, err := Lines("f", []byte("doc number # one  \n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lines[0].Next(); err != nil {
		t.Fatal(err)
	}
	if w := lines[0].Rest(); w.Text != "number # one" || w.Pos.Col != 5 {
		t.Errorf("Rest = %q at %v", w.Text, w.Pos)
	}
	if err := lines[0].End(); err != nil {
		t.Errorf("nothing is left, but End says %v", err)
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct{ name, src, want string }{
		{"CRLF", "a\r\n", "f:1:2: carriage return: save"},
		{"NUL", "a\nb\x00\n", "f:2:2: NUL byte: save"},
		{"control", "a\x1b\n", "f:1:2: control character 0x1b: remove"},
		{"encoding", "a \xff\n", "f:1:3: invalid UTF-8: save"},
		{"cut off", "a\nb", "f:2:2: unterminated last line: end"},
		{"long line", strings.Repeat("x", MaxLine+1) + "\n", "at most 65536; split it"},
		{"huge", strings.Repeat("x\n", MaxFile/2+1), "is this the right file?"},
	} {
		_, err := Lines("f", []byte(tc.src))
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
	for src, want := range map[string]string{
		"\"a\n":    "f:1:1: unterminated string: close it",
		"x \"\"\n": "f:1:3: bad string",
		"a b\n":    "",
	} {
		lines, err := Lines("f", []byte(src))
		if err == nil {
			_, err = lines[0].Words()
		}
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", src, err, want)
		}
	}
}
