package extract

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
	"github.com/rawsys-go/rawsys/gen/internal/text"
	"github.com/rawsys-go/rawsys/gen/internal/witness"
	"github.com/rawsys-go/rawsys/internal/needs"
)

// kinds are the sample system with what once went wrong over it. Lines in more
// are added to the manifest, and C code to sys/kinds.h.
func kinds(t *testing.T, more, code string) Options {
	t.Helper()
	cc := needClang(t)
	dir := unpack(t)
	archive, err := txtar.ParseFile("testdata/kinds.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if f.Name == "sys/sys/kinds.h" {
			f.Data = append([]byte(code+"\n"), f.Data...)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	src, err := os.ReadFile(filepath.Join(dir, "kinds.def"))
	if err != nil {
		t.Fatal(err)
	}
	if more != "" {
		src = []byte(strings.Replace(string(src), "header sys/kinds.h\n", "header sys/kinds.h\n"+more+"\n", 1))
	}
	m, err := def.Parse("kinds.def", src)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := headers.OpenSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return Options{CC: cc, Tree: tree, Request: FromManifest(m)}
}

// TestKinds extracts what once went wrong. What it should be is what the
// compiler's own layouts of records say, and what a witness confirms.
func TestKinds(t *testing.T) {
	o := kinds(t, "", "")
	var warnings []string
	o.Warn = func(msg string) { warnings = append(warnings, msg) }
	f, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"constant KINDS_WIDE is left out: it has more than 64 bits"}; !slices.Equal(warnings, want) {
		t.Errorf("warnings %q, want %q", warnings, want)
	}
	checkLayouts(t, o, f)
	checkValues(t, f)
	res, err := witness.Run(t.Context(), witness.Options{
		Tree: o.Tree, CC: o.CC, Facts: f, Ports: f.Ports,
		Include: []string{"sys/types.h", "sys/kinds.h", "machine/redirects.h", "machine/moved.h", "arm-only.h", "sys/after-arm.h", "errno.h", "sys/syscall.h"},
	})
	if err != nil || res.Assertions < 2300 {
		t.Errorf("%d assertions: %v", res.Assertions, err)
	}
	bits := []string{"struct.across, field a", "struct.across, field b", "struct.across, field c", "struct.um, field a"}
	if !slices.Equal(slices.DeleteFunc(res.Skipped, func(s string) bool { return s == "struct.across" }), bits) {
		t.Errorf("nobody has confirmed %q", res.Skipped)
	}
	if f.Struct("only_unnamed").Field(":") == nil || f.Struct("um").Field(":b") == nil || f.Struct("unnamed_tail").Field(":") == nil {
		t.Error("bits without a name are missing")
	}
	if s := f.Struct("atomics"); s.Field("x").Align.On(facts.I386) != 8 || s.Field(":x") != nil {
		t.Errorf("the alignment of an _Atomic long long on 386 is %d, with the bits %v in front of it", s.Field("x").Align.On(facts.I386), s.Field(":x"))
	}
	if s := f.Struct("untagged"); s == nil || !s.Typedef || s.Size.On(facts.ARM) != 12 {
		t.Errorf("what has no tag and another struct holds is %v", s)
	}
	if s := f.Struct("wide_regs"); s.Field("q").Type.On(facts.ARM64) != "[2]uint128" || s.Field("s").Type.On(facts.AMD64) != "int128" || s.Field("q").Offset.Has(facts.I386) {
		t.Errorf("registers of 128 bits are %v and %v", s.Field("q").Type, s.Field("s").Type)
	}
}

// checkLayouts compares sizes, alignments, offsets and bits of every struct with
// a tag with the compiler's own layouts.
func checkLayouts(t *testing.T, o Options, f *facts.File) {
	t.Helper()
	compared := 0
	for _, port := range f.Ports {
		records := recordLayouts(t, o, f, port)
		for _, s := range f.Structs {
			want, ok := records[s.Name]
			if !ok {
				continue
			}
			compared++
			got := record{s.Size.On(port), s.Align.On(port), map[string]string{}}
			for _, field := range s.InOrder(port) {
				at := fmt.Sprint(field.Offset.On(port))
				if b, ok := field.Bits.Get(port); ok {
					bit := field.Offset.On(port)*8 + b.First
					at = fmt.Sprintf("%d:%d-%d", bit/8, bit%8, bit%8+b.Width-1)
				}
				if !strings.HasPrefix(field.Name, ":") && !strings.HasPrefix(field.Name, "$") {
					got.fields[field.Name] = at
				}
			}
			if got.size != want.size || got.align != want.align || !maps.Equal(got.fields, want.fields) {
				t.Errorf("%s on %s: %v, the compiler says %v", s.Name, port, got, want)
			}
		}
	}
	if compared < 20*len(f.Ports) {
		t.Errorf("%d structs were compared with the compiler's layouts", compared)
	}
}

type record struct {
	size, align int64
	fields      map[string]string
}

var (
	recordLine = regexp.MustCompile(`^ +0 \| (?:struct|union) (\w+)$`)
	memberLine = regexp.MustCompile(`^ *([0-9:-]+) \|   (\S.*)$`)
	sizeLine   = regexp.MustCompile(`\[sizeof=(\d+), align=(\d+)`)
	memberName = regexp.MustCompile(`(\w+)$`)
)

// recordLayouts reads what the compiler prints of how it lays records out.
func recordLayouts(t *testing.T, o Options, f *facts.File, port facts.Port) map[string]record {
	t.Helper()
	src := "#include <sys/types.h>\n#include <sys/kinds.h>\n"
	for _, s := range f.Structs {
		if !strings.Contains(s.Name, ".") && !s.Typedef {
			src += fmt.Sprintf("int size_%s = sizeof(%s);\n", s.Name, strings.Replace(string(s.Type()), ".", " ", 1))
		}
	}
	out, err := o.CC.Run(t.Context(), o.Tree.Job(port, "15.0", src, "-S", "-o", os.DevNull, "-Xclang", "-fdump-record-layouts"))
	if err != nil {
		t.Fatal(err)
	}
	return parseRecords(string(out))
}

func parseRecords(dump string) map[string]record {
	records := map[string]record{}
	name := ""
	r := record{}
	for line := range strings.SplitSeq(dump, "\n") {
		if m := recordLine.FindStringSubmatch(line); m != nil {
			name, r = m[1], record{fields: map[string]string{}}
		} else if m := sizeLine.FindStringSubmatch(line); m != nil && name != "" {
			r.size, _ = strconv.ParseInt(m[1], 10, 64)
			r.align, _ = strconv.ParseInt(m[2], 10, 64)
			records[name], name = r, ""
		} else if m := memberLine.FindStringSubmatch(line); m != nil && name != "" && !strings.HasSuffix(m[2], " ") {
			if n := memberName.FindString(m[2]); n != "" {
				r.fields[n] = m[1]
			}
		}
	}
	return records
}

// checkValues checks what is no layout.
func checkValues(t *testing.T, f *facts.File) {
	t.Helper()
	for name, want := range map[string]string{
		"REDIRECTED_LEN": "[12 31 12 64 63]", "MOVED_LEN": "[8 7 7 7 -]", "ARM_ONLY_ONE": "[- - - 1 -]", "AFTER_ALL": "[2 2 2 2 2]", "ETWO": "", "KINDS_FLT": "[24 24 24 24 24]",
		"KINDS_ANONYMOUS": "[5 5 5 5 5]", "KINDS_NEXT": "[6 6 6 6 6]", "KINDS_WIDE": "", "KINDS_EMPTY": "[4 4 4 - 4]", "KINDS_TEXT": "[6 6 6 - 6]",
		"KINDS_NARROW": "[-5 -5 -5 -5 -5]", "KINDS_TUNNEL": "", "KINDS_PURPLE": "",
		"KINDS_OCTAL": "[493 493 493 493 493]", "KINDS_UNSIGNED": "[0x80000000 0x80000000 0x80000000 0x80000000 0x80000000]",
	} {
		got := ""
		if k := f.Const(name); k != nil {
			var list []string
			for _, p := range facts.AllPorts() {
				v := "-"
				if n, ok := k.Value.Get(p); ok {
					v = n.String()
				}
				list = append(list, v)
			}
			got = fmt.Sprint(list)
		}
		if want != "" && got != want || want == "" && (name == "KINDS_WIDE" || name == "KINDS_PURPLE") && got != "" {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if hue := f.Enum("hue"); hue == nil || fmt.Sprint(hue.Values[3].Value.Any()) != "8 amd64" {
		t.Errorf("the enumerator with a macro of its name is missing from %v", hue)
	}
	for name, want := range map[string]facts.Type{"d": "*void", "f": "*func", "list": "**char"} {
		if got := f.Struct("far").Field(name).Type.On(facts.AMD64); got != want {
			t.Errorf("far.%s is %s, want %s", name, got, want)
		}
	}
	if s := f.Struct("holder"); s.Field("one").Type.On(facts.ARM) != "struct.dup.typedef" || s.Field("two").Type.On(facts.ARM) != "struct.dup" {
		t.Errorf("the typedef and the tag of one name are %v and %v", s.Field("one").Type, s.Field("two").Type)
	}
}

// TestRefused asks for what the facts cannot express: that item is left out with
// the reason, and the rest goes on.
func TestRefused(t *testing.T) {
	needs.RealCPU(t, "tells faults of the input apart, alike on every CPU")
	for _, tt := range []struct{ name, item, code, want string }{
		{"_BitInt", "struct odd Odd", "struct odd { int a; _BitInt(24) b; };", "odd.b: the facts have no word for the type _BitInt of 4 bytes"},
		{"_Atomic struct", "struct odd Odd", "struct odd { _Atomic struct { char c[3]; } a; };", "odd.a: the facts have no word for a type of 4 bytes made of one of 3: is it an _Atomic struct?"},
		{"macro for a tag", "struct zz Zz", "struct xx { int a; };\n#define zz xx", "struct zz: it is struct xx in the headers, where zz is a macro: name that"},
		{"long double", "struct odd Odd", "struct odd { long double d; };", "odd.d: the facts have no word for the type long double of "},
		{"within another", "struct outer Outer", "struct inner { _Complex float z; }; struct outer { struct inner i; };", "outer.i: inner.z: the facts have no word for the type complex of 8 bytes"},
		{"struct and union", "struct outer Outer", "#ifdef __LP64__\nstruct odd { int a, b; };\nstruct outer { struct odd o; };\n#else\nunion odd { int a, b; };\nstruct outer { union odd o; };\n#endif", "struct outer: odd is not on arm what it is on other ports, a struct or a union: the facts have no form for that"},
		{"wide constant", "const WIDE", "#ifdef __SIZEOF_INT128__\n#define WIDE ((unsigned __int128)1 << 100)\n#else\n#define WIDE 1\n#endif", "constant WIDE has more than 64 bits"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := kinds(t, tt.item, tt.code)
			o.Ports = []facts.Port{facts.ARM64, facts.ARM}
			var refused []*text.Error
			o.Refuse = func(err *text.Error) { refused = append(refused, err) }
			f, err := Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if len(refused) != 1 || !strings.Contains(refused[0].Error(), tt.want) || !strings.HasPrefix(refused[0].Error(), "kinds.def:7:") {
				t.Errorf("refused %v, want one at kinds.def:7: %s", refused, tt.want)
			}
			if f.Struct("odd") != nil || f.Struct("zz") != nil || f.Struct("outer") != nil || f.Struct("um") == nil {
				t.Error("what was refused is there, or what was not is missing")
			}
			o.Refuse = nil
			if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("without a place to report to: %v", err)
			}
		})
	}
}
