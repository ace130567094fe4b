package extract

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
	"github.com/rawsys-go/rawsys/gen/internal/witness"
)

var update = flag.Bool("update", false, "rewrite testdata/hard.facts")

func needClang(t *testing.T) clang.Compiler {
	t.Helper()
	cc, err := clang.Find("")
	if err != nil {
		t.Skip(err)
	}
	return cc
}

// unpack writes the sample system, with some of its text replaced, into a
// directory.
func unpack(t *testing.T, replace ...string) string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/tree.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := strings.NewReplacer(replace...)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(string(txtar.Format(archive)), replace[i]) {
			t.Fatalf("the sample has no %q to replace", replace[i])
		}
	}
	for _, f := range archive.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(r.Replace(string(f.Data))), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// options extract from the sample in dir.
func options(t *testing.T, dir string) Options {
	t.Helper()
	o := Options{CC: needClang(t)}
	src, err := os.ReadFile(filepath.Join(dir, "hard.def"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := def.Parse("hard.def", src)
	if err != nil {
		t.Fatal(err)
	}
	o.Request = FromManifest(m)
	if o.Tree, err = headers.OpenSource(dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Tree.Close() })
	return o
}

// TestExtract compares the facts of the sample with a file that was checked by
// hand, and lets the compiler confirm them.
func TestExtract(t *testing.T) {
	o := options(t, unpack(t))
	f, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	got := facts.Format(f)
	if *update {
		if err := os.WriteFile("testdata/hard.facts", got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/hard.facts")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("facts differ from testdata/hard.facts (-update rewrites it):\n%s", lineDiff(string(want), string(got)))
	}
	confirm(t, o, f)
}

func confirm(t *testing.T, o Options, f *facts.File) {
	t.Helper()
	res, err := witness.Run(t.Context(), witness.Options{
		Tree: o.Tree, CC: o.CC, Facts: f, Ports: f.Ports, Define: []string{"WANT_EXTRA"},
		Include: []string{"sys/types.h", "sys/hard.h", "sys/errno.h", "sys/syscall.h"},
	})
	if err != nil || res.Assertions < 500 {
		t.Errorf("%d assertions: %v", res.Assertions, err)
	}
	skipped := []string{"struct.bits, field a", "struct.bits, field b", "struct.bits, field c", "struct.bits, field d", "struct.bits, field f"}
	if !slices.Equal(res.Skipped, skipped) {
		t.Errorf("not confirmed: %q, want only bit-fields: %q", res.Skipped, skipped)
	}
}

// lineDiff lists lines that only one of two texts has.
func lineDiff(a, b string) string {
	var out strings.Builder
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range as {
		if !slices.Contains(bs, l) {
			out.WriteString("- " + l + "\n")
		}
	}
	for _, l := range bs {
		if !slices.Contains(as, l) {
			out.WriteString("+ " + l + "\n")
		}
	}
	return out.String()
}

// TestByHand checks figures in testdata/hard.facts that were worked out on
// paper from the rules of the ports' ABIs. It needs no compiler.
func TestByHand(t *testing.T) {
	f := hardFacts(t)
	type figures [5]int64 // in the order of facts.AllPorts
	for _, tt := range []struct {
		of   string
		want figures
		get  func(facts.Port) int64
	}{
		{"size of pair", figures{16, 16, 12, 16, 16}, func(p facts.Port) int64 { return f.Struct("pair").Size.On(p) }},
		{"align of pair", figures{8, 8, 4, 8, 8}, func(p facts.Port) int64 { return f.Struct("pair").Align.On(p) }},
		{"size of tight", figures{7, 7, 7, 7, 7}, func(p facts.Port) int64 { return f.Struct("tight").Size.On(p) }},
		{"align of tightest", figures{1, 1, 1, 1, 1}, func(p facts.Port) int64 { return f.Struct("tightest").Align.On(p) }},
		{"wide.i", figures{16, 16, 16, 16, 16}, func(p facts.Port) int64 { return f.Struct("wide").Field("i").Offset.On(p) }},
		{"size of big", figures{64, 64, 64, 64, 64}, func(p facts.Port) int64 { return f.Struct("big").Size.On(p) }},
		{"size of flex", figures{4, 4, 4, 4, 4}, func(p facts.Port) int64 { return f.Struct("flex").Size.On(p) }},
		{"differs.wide", figures{0, 0, 4, 0, 0}, func(p facts.Port) int64 { return f.Struct("differs").Field("wide").Offset.On(p) }},
		{"differs.last", figures{8, 8, 12, 11, 8}, func(p facts.Port) int64 { return f.Struct("differs").Field("last").Offset.On(p) }},
		{"nested.u", figures{8, 8, 4, 8, 8}, func(p facts.Port) int64 { return f.Struct("nested").Field("u").Offset.On(p) }},
		{"nested.u.a.l", figures{8, 8, 4, 4, 8}, func(p facts.Port) int64 { return f.Struct("nested.u.a").Field("l").Offset.On(p) }},
		{"bits.b", figures{3, 3, 3, 3, 3}, func(p facts.Port) int64 { return f.Struct("bits").Field("b").Bits.On(p).First }},
		{"HARD_ROOM", figures{64, 64, 48, 64, 64}, func(p facts.Port) int64 { return value(t, f, "HARD_ROOM", p) }},
		{"HARD_DIFF", figures{0, 0, -4, -4, 0}, func(p facts.Port) int64 { return value(t, f, "HARD_DIFF", p) }},
		{"HARD_CHAR", figures{-56, 200, -56, 200, 200}, func(p facts.Port) int64 { return value(t, f, "HARD_CHAR", p) }},
		{"HARD_RISCV", figures{0, 0, 0, 0, 5}, func(p facts.Port) int64 { return value(t, f, "HARD_RISCV", p) }},
	} {
		for i, p := range facts.AllPorts() {
			if got := tt.get(p); got != tt.want[i] {
				t.Errorf("%s on %s: %d, want %d", tt.of, p, got, tt.want[i])
			}
		}
	}
	for name, want := range map[string]string{
		"HARD_LEAST": "-9223372036854775808", "HARD_MOST": "0xffffffffffffffff", "HARD_TWICE": "2", "HARD_OVER": "65",
		"HARD_AFTER_OPEN": "7", "HARD_AFTER_PAREN": "8", "HARD_LAST": "9", "EALSO": "2",
	} {
		if k := f.Const(name); k == nil || k.Value.On(facts.AMD64).String() != want {
			t.Errorf("%s: %v, want %s", name, k, want)
		}
	}
	for _, name := range []string{"FLOAT", "TEXT", "POINTER", "CODE", "OPEN", "PAREN", "CLOSE", "TYPE", "CALL", "EMPTY", "GONE", "LEFT_OUT", "LATER"} {
		if k := f.Const("HARD_" + name); k != nil {
			t.Errorf("HARD_%s is a constant: %v", name, k.Value)
		}
	}
}

func hardFacts(t *testing.T) *facts.File {
	t.Helper()
	src, err := os.ReadFile("testdata/hard.facts")
	if err != nil {
		t.Fatal(err)
	}
	f, err := facts.Parse("hard.facts", src)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func value(t *testing.T, f *facts.File, name string, p facts.Port) int64 {
	t.Helper()
	k := f.Const(name)
	if k == nil {
		t.Fatalf("no constant %s", name)
	}
	v, ok := k.Value.On(p).Int64()
	if !ok {
		t.Fatalf("%s is %v", name, k.Value.On(p))
	}
	return v
}
