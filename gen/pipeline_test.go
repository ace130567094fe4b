package main

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/extract"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
)

// hardHeader has structs that are hard to lay out in Go.
const hardHeader = `
#include <sys/types.h>
struct empty { };
struct by_port {
#ifdef __i386__
	int b; char a; int c;
#else
	char a; int b, c;
#endif
};
struct by_64bit_port {
#ifdef __aarch64__
	int b, a;
#else
	int a, b;
#endif
};
struct none_behind { int n; char d[0]; };
struct empty_behind { int n; struct empty e; };
struct empties_behind { int n; struct empty e, f; };
struct none_before_pad { int l; char c; char d[0]; };
struct none_between { char c; int d[0]; char e; };
struct none_alone { char d[0]; };
struct bits { unsigned a:1; unsigned :31; unsigned :32; int b, c; };
struct bits_behind { int a; int :32; };
typedef struct { char c; short s; } pairs_t[2];
struct arrays {
	char n;
	struct { char c; int i; } one[3];
	struct { short s; struct { int i; } in[2]; } two[2][3];
	union { int i; char c[5]; } u[2];
	struct { pairs_t p; } *far;
	pairs_t p[2];
};
struct in_union { int kind; union { struct { int a; } s[2][2]; union { char c[4]; int i; } u[3]; } un; };
`

const hardStart = "manifest 1\nrelease freebsd 15.0\narch amd64 arm64 386 arm riscv64\nheader sys/hard_header.h\n"

// arrayItems bind arrays of what has no tag, each by its place.
const arrayItems = `struct arrays Arrays
struct arrays.one One
struct arrays.two Two
struct arrays.two.in In
struct arrays.far Far
	field p P
struct arrays.far.p FarPair
struct arrays.p Pair`

const unionItems = `struct in_union InUnion
view in_union un.s S Elem
view in_union un.u U
union in_union.un.u Either
view in_union.un.u c Bytes`

// TestPipeline takes structs all the way from C to Go. What comes out is
// type-checked on every port, and its offsets are compared with the facts.
func TestPipeline(t *testing.T) {
	f := hardFacts(t)
	for _, tt := range []struct {
		name, items string
		file, want  string // what a generated file has; or
		err         string
	}{
		{
			name: "another order on a port", items: "struct by_port S",
			file: "zsys/types_386.go", want: "\tB int32 // b, int, at 0\n\tA byte  // a, char, at 4\n\tC int32 // c, int, at 8\n}",
		},
		{
			name: "the order that the others have", items: "struct by_port S",
			file: "zsys/types_not386.go", want: "\tA byte  // a, char, at 0\n\tB int32 // b, int, at 4\n\tC int32 // c, int, at 8\n}",
		},
		{
			name: "another order where ports share code", items: "struct by_64bit_port S",
			err: "hard.def:5:22: struct by_64bit_port differs between amd64 and arm64, which share their types: field a is int32 at 0 and b int32 at 0",
		},
		{
			name: "an array of none behind", items: "struct none_behind S\n	hide d",
			file: "zsys/types.go", want: "\tN int32 // n, int, at 0\n}",
		},
		{
			name: "an array of none behind, not left out", items: "struct none_behind S",
			err: "hard.def:5:20: struct none_behind ends in d, which takes no room, but would in Go: leave it out with hide d",
		},
		{
			name: "an empty struct behind", items: "struct empty_behind S\n	hide e",
			file: "zsys/types.go", want: "\tN int32 // n, int, at 0\n}",
		},
		{
			name: "empty structs behind, not left out", items: "struct empty Empty\nstruct empties_behind S",
			err: "hard.def:6:23: struct empties_behind ends in e f, which takes no room, but would in Go: leave it out with hide e f",
		},
		{
			name: "one of none before padding", items: "struct none_before_pad S",
			file: "zsys/types.go", want: "\tL int32   // l, int, at 0\n\tC byte    // c, char, at 4\n\tD [0]byte // d, char[0], at 5\n}",
		},
		{
			name: "one of none in between", items: "struct none_between S",
			file: "zsys/types.go", want: "\tC byte     // c, char, at 0\n\tD [0]int32 // d, int[0], at 4\n\tE byte     // e, char, at 4\n}",
		},
		{
			name: "nothing but one of none", items: "struct none_alone S",
			file: "zsys/types.go", want: "\tD [0]byte // d, char[0], at 0\n}",
		},
		{
			name: "an empty struct", items: "struct empty Empty",
			file: "zsys/types.go", want: "type Empty struct{}",
		},
		{
			name: "bits without a name", items: "struct bits S\n	field a Bits",
			file: "zsys/types.go", want: "\tBits uint32  // a, unsigned int, at 0\n\t_    [4]byte // padding that C has here, at 4\n\tB    int32   // b, int, at 8\n\tC    int32   // c, int, at 12\n}",
		},
		{
			name: "bits without a name behind", items: "struct bits_behind S",
			file: "zsys/types.go", want: "\tA int32   // a, int, at 0\n\t_ [4]byte // padding that C has here, at 4\n}",
		},
		{
			name: "arrays of what has no tag", items: arrayItems,
			file: "zsys/types.go", want: `
type Arrays struct {
	N   byte         // n, char, at 0
	One [3]One       // one, struct {...}[3], at 4
	Two [2][3]Two    // two, struct {...}[2][3], at 28
	U   [2][2]uint32 // u, union {...}[2], at 100
	Far *Far         // far, struct {...} *, at 120 (32-bit: 116)
	P   [2][2]Pair   // p, pairs_t[2][2], at 128 (32-bit: 120)
}
`,
		},
		{
			name: "one that is not bound", items: "struct arrays Arrays",
			err: "hard.def:5:15: struct arrays field one has type struct.arrays.one, which is not bound: add struct arrays.one GONAME, or a view of it",
		},
		{
			name: "arrays in a union", items: unionItems,
			file: "zsys/types.go", want: `
// S returns the view un.s, which shares its memory with s.
func (s *InUnion) S() *[2][2]Elem {
	return (*[2][2]Elem)(unsafe.Pointer(&s.Un))
}

// U returns the view un.u, which shares its memory with s.
func (s *InUnion) U() *[3]Either {
	return (*[3]Either)(unsafe.Pointer(&s.Un))
}
`,
		},
		{
			name: "views of what has no tag", items: unionItems,
			file: "zsys/types.go", want: `
// C: un.u of struct in_union, sys/hard_header.h, 4 bytes aligned to 4.
type Either struct {
	Storage [1]uint32 // all members, at 0
}

// Bytes returns the view c, which shares its memory with s.
func (s *Either) Bytes() *[4]byte {
	return (*[4]byte)(unsafe.Pointer(&s.Storage))
}
`,
		},
		{
			name: "an element that is another's", items: "union in_union.un InUnion",
			err: "hard.def:5:7: in_union.un lies in in_union, which is not bound: bind that too",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := def.Parse("hard.def", []byte(hardStart+tt.items+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			files, err := produce(m, f)
			if tt.err != "" || err != nil {
				if tt.err == "" || err == nil || err.Error() != tt.err {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if got := string(files[tt.file]); !strings.Contains(got, tt.want) {
				t.Errorf("%s is\n%s\nwant in it\n%s", tt.file, got, tt.want)
			}
		})
	}
}

// hardFacts extracts all of hardHeader, in the sample system of package extract.
func hardFacts(t *testing.T) *facts.File {
	t.Helper()
	cc, err := clang.Find("")
	if err != nil {
		t.Skip(err)
	}
	archive, err := txtar.ParseFile("internal/extract/testdata/tree.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range append(archive.Files, txtar.File{Name: "sys/sys/hard_header.h", Data: []byte(hardHeader)}) {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
	}
	var items strings.Builder
	for line := range strings.Lines(hardHeader) {
		if rest, ok := strings.CutPrefix(line, "struct "); ok {
			tag, _, _ := strings.Cut(rest, " ")
			items.WriteString("struct " + tag + " " + def.CamelCase(tag) + "\n")
		}
	}
	m, err := def.Parse("all.def", []byte(hardStart+items.String()))
	if err != nil {
		t.Fatal(err)
	}
	source, err := headers.OpenSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	f, err := extract.Run(t.Context(), extract.Options{Tree: source, CC: cc, Request: extract.FromManifest(m)})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
