package facts

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rawsys-go/rawsys/gen/internal/text"
)

func parseFile(t testing.TB, path string) *File {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(filepath.Base(path), src)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestRoundTrip: the sample holds every form there is, as Format writes it.
func TestRoundTrip(t *testing.T) {
	src, err := os.ReadFile("testdata/all.facts")
	if err != nil {
		t.Fatal(err)
	}
	f := parseFile(t, "testdata/all.facts")
	if out := Format(f); !bytes.Equal(out, src) {
		t.Errorf("Format changed the file:\n%s", out)
	}
}

// TestOrder: Parse takes items in any order, Format has one.
func TestOrder(t *testing.T) {
	src, err := os.ReadFile("testdata/all.facts")
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(src), "riscv64\n\n")
	sections := strings.Split(body, "\n\n")
	var turned []string
	for _, s := range sections {
		turned = append([]string{strings.TrimSpace(s)}, turned...)
	}
	f, err := Parse("turned", []byte(head+"riscv64\n\n"+strings.Join(turned, "\n\n")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if out := Format(f); !bytes.Equal(out, src) {
		t.Errorf("Format of the turned file is not the original:\n%s", out)
	}
}

func TestValues(t *testing.T) {
	f := parseFile(t, "testdata/all.facts")
	outer := f.Struct("outer")
	for _, tt := range []struct {
		field string
		port  Port
		want  int64
		ok    bool
	}{
		{"when", AMD64, 8, true}, {"when", I386, 4, true}, {"when", ARM, 8, true},
		{"ext", AMD64, 0, false}, {"ext", I386, 8, true}, {"ext", ARM, 0, false},
	} {
		if got, ok := outer.Field(tt.field).Offset.Get(tt.port); got != tt.want || ok != tt.ok {
			t.Errorf("offset of %s on %s: %d, %t; want %d, %t", tt.field, tt.port, got, ok, tt.want, tt.ok)
		}
	}
	if got := outer.Field("none"); got != nil {
		t.Errorf("Field(none) = %v", got)
	}
	if got, _ := f.Const("LEAST").Value.On(I386).Int64(); got != -1<<31 {
		t.Errorf("LEAST on 386 = %d", got)
	}
	if got, ok := f.Const("GREATEST").Value.On(ARM).Int64(); ok {
		t.Errorf("GREATEST fits int64: %d", got)
	}
}

func TestLayoutOf(t *testing.T) {
	f := parseFile(t, "testdata/all.facts")
	for _, tt := range []struct {
		typ   Type
		port  Port
		want  Layout
		wrong string
	}{
		{typ: "int64", port: I386, want: Layout{8, 4}},
		{typ: "int64", port: ARM, want: Layout{8, 8}},
		{typ: "[3]*void", port: ARM, want: Layout{12, 4}},
		{typ: "[2]struct.outer", port: I386, want: Layout{112, 8}},
		{typ: "union.outer.u", port: ARM, want: Layout{8, 8}},
		{typ: "enum.vtype", port: AMD64, want: Layout{4, 4}},
		{typ: "[]char", port: AMD64, want: Layout{0, 1}},
		{typ: "union.outer", port: AMD64, wrong: "no size"},
		{typ: "struct.on386", port: ARM, wrong: "does not exist on arm"},
		{typ: "[2147483648]int64", port: ARM, wrong: "larger than"},
		{typ: "void", port: AMD64, wrong: "no size"},
	} {
		got, err := f.LayoutOf(tt.typ, tt.port)
		if tt.wrong == "" && (err != nil || got != tt.want) || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
			t.Errorf("LayoutOf(%s, %s) = %v, %v; want %v %s", tt.typ, tt.port, got, err, tt.want, tt.wrong)
		}
	}
}

func TestResolve(t *testing.T) {
	f := parseFile(t, "testdata/all.facts")
	for _, tt := range []struct {
		typ  Type
		port Port
		want Type
	}{
		{"long", ARM, "int32"}, {"long", RISCV64, "int64"}, {"int", AMD64, "int32"}, {"time_t", I386, "int32"},
		{"time_t", ARM, "int64"}, {"*time_t", I386, "*time_t"}, {"void", ARM, "void"}, {"uint16", ARM, "uint16"},
	} {
		if got, err := f.Resolve(tt.typ, tt.port); got != tt.want || err != nil {
			t.Errorf("Resolve(%s, %s) = %s, %v; want %s", tt.typ, tt.port, got, err, tt.want)
		}
	}
	if got, err := f.Resolve("nosuch_t", AMD64); err == nil {
		t.Errorf("Resolve(nosuch_t) = %s", got)
	}
}

func TestInt(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"0", "0"}, {"010", "8"}, {"0xFFFF", "65535"}, {"65536", "0x10000"}, {"-0x10", "-16"},
		{"0x8000000000000000", "0x8000000000000000"}, {"-9223372036854775808", "-9223372036854775808"},
	} {
		if got, err := ParseInt(tt.in); err != nil || got.String() != tt.want {
			t.Errorf("ParseInt(%s) = %s, %v; want %s", tt.in, got, err, tt.want)
		}
	}
	for _, in := range []string{"", "-", "-0", "1_000", "0x", "18446744073709551616", "-9223372036854775809", "1.0", "0b", "1u"} {
		if got, err := ParseInt(in); err == nil {
			t.Errorf("ParseInt(%q) = %s, want an error", in, got)
		}
	}
	ascending := []Int{MakeInt(1<<63, true), MakeInt(^uint64(0), true), {}, MakeInt(1, true), MakeInt(^uint64(0), false)}
	for i, a := range ascending {
		for j, b := range ascending {
			if got, want := a.Compare(b) < 0, i < j; got != want {
				t.Errorf("%s < %s is %t", a, b, got)
			}
		}
	}
}

const sampleHead = "facts 1\nrelease freebsd 15.0 1500068\narch amd64 arm64 386 arm riscv64\n"

// TestErrors reads small broken files. Each has its error behind ### in the
// line that is wrong; those named head-... bring their own first lines.
func TestErrors(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/errors.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			src := string(f.Data)
			if !strings.HasPrefix(f.Name, "head-") {
				src = sampleHead + src
			}
			before, after, ok := strings.Cut(src, "### ")
			if !ok {
				t.Fatal("no ### in the file: what should be wrong?")
			}
			want, _, _ := strings.Cut(after, "\n")
			line := 1 + strings.Count(before, "\n")
			got, err := Parse(f.Name, []byte(src))
			var e *text.Error
			if !errors.As(err, &e) {
				t.Fatalf("Parse = %v, %v; want the error %q", got, err, want)
			}
			if e.Pos.File != f.Name || e.Pos.Line != line || e.Pos.Col < 1 || !strings.Contains(e.Msg, want) {
				t.Errorf("got %v\nwant line %d: %s", err, line, want)
			}
		})
	}
	if n := len(archive.Files); n < 50 {
		t.Errorf("%d broken files: some were lost", n)
	}
}

// TestBadBytes: what cannot be shown in a text file of tests.
func TestBadBytes(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{strings.ReplaceAll(sampleHead, "\n", "\r\n"), "f:1:8: carriage return"},
		{sampleHead + "const A a.h 1\x00\n", "f:4:14: NUL byte"},
		{sampleHead + "const A a.h 1", "f:4:14: unterminated last line"},
		{sampleHead + "errno 1 EPERM \"Op\n", "f:4:15: unterminated string"},
		{sampleHead + "const \xff a.h 1\n", "f:4:7: invalid UTF-8"},
		{sampleHead + "const A a.h " + strings.Repeat("9", 70000) + "\n", "f:4:"},
		{sampleHead + strings.Repeat("#\n", 9<<20), "f:1:1:"},
		{sampleHead + "const A a.h " + strings.Repeat("9", 60000) + "\n", "f:4:13: bad number"},
		{sampleHead + "typedef t a.h " + strings.Repeat("*", 60000) + "x\n", "f:4:9: type t stands for"},
		{sampleHead + "typedef t a.h " + strings.Repeat("[1]", 20000) + "\n", "f:4:15: bad type"},
		{"", "f:1:1: no facts line"},
	} {
		if _, err := Parse("f", []byte(tt.src)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("Parse(%.60q): %.200v, want %s", tt.src, err, tt.want)
		}
	}
}

// FuzzParse: Parse never panics, and what it accepts, Format keeps.
func FuzzParse(f *testing.F) {
	src, err := os.ReadFile("testdata/all.facts")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	archive, err := txtar.ParseFile("testdata/errors.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add([]byte(sampleHead + string(file.Data)))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		first, err := Parse("f", src)
		if err != nil {
			if placed := (*text.Error)(nil); !errors.As(err, &placed) {
				t.Fatalf("error without a place: %v", err)
			}
			return
		}
		out := Format(first)
		second, err := Parse("formatted", out)
		if err != nil {
			t.Fatalf("Parse refuses what Format wrote: %v\n%s", err, out)
		}
		if !reflect.DeepEqual(first, second) {
			t.Fatalf("Parse(Format(x)) is not x:\n%s\n%s", out, Format(second))
		}
	})
}

// FuzzType: a type that ParseType accepts can be taken apart to its base.
func FuzzType(f *testing.F) {
	for _, s := range []string{"int32", "*[3]struct.a.$1.b", "[]char", "[2][3]int8", "[", "*", "[0]x", "union.9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		typ, err := ParseType(s)
		if err != nil {
			return
		}
		base := string(typ.Base())
		if !strings.HasSuffix(s, base) || base == "" || strings.ContainsAny(base, "*[]") {
			t.Errorf("ParseType(%q) has the base %q", s, base)
		}
	})
}

// TestCommitted: the facts in defs are as Format writes them.
func TestCommitted(t *testing.T) {
	files, err := filepath.Glob("../../../defs/*.facts")
	if err != nil || len(files) < 2 {
		t.Fatalf("%q, %v: there should be two releases at least", files, err)
	}
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(Format(parseFile(t, path)), src) {
			t.Errorf("%s was edited: extract it again", path)
		}
	}
}
