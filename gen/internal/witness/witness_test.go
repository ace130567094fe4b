package witness

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
)

const header = `
typedef unsigned short mode_t;
struct s { char c; long l; struct { int x, y; } in[2]; union { int a; short b; }; struct { char z; } *p; };
typedef struct { int only; } bare_t;
enum e { E_ONE = 1, E_LESS = -2 };
#define PLAIN 35
#define MASK (1u << 31)
#define LEAST (-9223372036854775807LL - 1)
#ifdef __i386__
#define ON_386 1
#endif
#define SYS_call 7
`

const right = `facts 1
release freebsd 15.0 1500068
arch amd64 386
typedef mode_t sys/h.h uint16
typedef bare_alias sys/h.h struct.other
const PLAIN sys/h.h 35
const MASK sys/h.h 0x80000000
const LEAST sys/h.h -9223372036854775808
const ON_386 sys/h.h - 386:1
enum e sys/h.h int32
	value E_ONE 1
	value E_LESS -2
struct s sys/h.h
	size 48 386:32
	align 8 386:4
	field c offset 0 type char c char
	field l offset 8 386:4 type int64 386:int32 c long
	field in offset 16 386:8 type [2]struct.s.in c "struct {...}"
	field $1 offset 32 386:24 type union.s.$1 c "union {...}"
	field p offset 40 386:28 type *struct.s.p c "struct {...} *"
struct s.in sys/h.h
	size 8
	align 4
	field x offset 0 type int32 c int
	field y offset 4 type int32 c int
struct s.p sys/h.h
	size 1
	align 1
	field z offset 0 type char c char
union s.$1 sys/h.h
	size 4
	align 4
	field a offset 0 type int32 c int
	field b offset 0 type int16 c short
struct bare_t sys/h.h typedef
	size 4
	align 4
	field only offset 0 type int32 c int
syscall 7 call STD int
syscall 8 not_in_the_header OBSOL
`

// run checks facts, with one text in them replaced, against the header.
func run(t *testing.T, old, with string) (Result, error) {
	t.Helper()
	cc, err := clang.Find("")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	include := filepath.Join(dir, "usr/include/sys")
	if err := os.MkdirAll(include, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"param.h": "", "h.h": header + "struct other { int i; }; typedef struct other bare_alias;\n"} {
		if err := os.WriteFile(filepath.Join(include, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(right, old) {
		t.Fatalf("the facts have no %q to replace", old)
	}
	f, err := facts.Parse("facts", []byte(strings.ReplaceAll(right, old, with)))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := headers.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	return Run(t.Context(), Options{Tree: tree, CC: cc, Facts: f, Include: []string{"sys/param.h", "sys/h.h", "sys/none.h"}, Ports: f.Ports})
}

func TestFactsHold(t *testing.T) {
	res, err := run(t, "", "")
	if err != nil || len(res.Skipped) > 0 || res.Assertions < 60 {
		t.Errorf("%+v, %v", res, err)
	}
}

// TestWrongFactIsNamed: one wrong fact at a time has to be found and named.
func TestWrongFactIsNamed(t *testing.T) {
	for _, tt := range []struct{ old, with, want string }{
		{"PLAIN sys/h.h 35", "PLAIN sys/h.h 36", "[amd64 386] PLAIN is 36: the headers say 35"},
		{"PLAIN sys/h.h 35", "PLAIN sys/h.h 35 386:34", "[386] PLAIN is 34: the headers say 35"},
		{"MASK sys/h.h 0x80000000", "MASK sys/h.h -2147483648", "MASK is negative: the headers say"},
		{"LEAST sys/h.h -9223372036854775808", "LEAST sys/h.h 0x8000000000000000", "LEAST is not negative"},
		{"ON_386 sys/h.h - 386:1", "ON_386 sys/h.h - 386:2", "[386] ON_386 is 2"},
		{"ON_386 sys/h.h - 386:1", "ON_386 sys/h.h 1", "[amd64] ON_386 is 1: use of undeclared identifier"},
		{"PLAIN sys/h.h 35", "PLAIN sys/h.h 35 386:-", "[386] PLAIN does not exist"},
		{"mode_t sys/h.h uint16", "mode_t sys/h.h int16", "typedef mode_t is int16"},
		{"mode_t sys/h.h uint16", "mode_t sys/h.h uint32", "typedef mode_t has the size 4: the headers say 2"},
		{"struct.other", "struct.another", "typedef bare_alias is struct another"},
		{"E_LESS -2", "E_LESS 2", "E_LESS is 2: the headers say -2"},
		{"e sys/h.h int32", "e sys/h.h int64", "enum e has the size 8: the headers say 4"},
		{"field y offset", "field why offset", "struct.s.in, field why has the offset 4: no member named 'why'"},
		{"field b offset 0 type int16 c short", "field b offset 0 type uint16 c short", "union.s.$1, field b is uint16"},
		{"field z offset 0 type char", "field z offset 0 type uint8", "struct.s.p, field z is uint8"},
		{"syscall 7", "syscall 9", "system call call has the number 9: the headers say 7"},
	} {
		_, err := run(t, tt.old, tt.with)
		var m *Mismatch
		if !errors.As(err, &m) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("with %q: %v\nwant %s", tt.with, err, tt.want)
		}
	}
}
