package extract

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
	"github.com/rawsys-go/rawsys/internal/needs"
)

// TestNotFound takes something away from the sample: the error has to say what
// is missing, and where it was asked for.
func TestNotFound(t *testing.T) {
	needs.RealCPU(t, "tells faults of the input apart, alike on every CPU")
	for _, tt := range []struct {
		name    string
		replace []string
		want    string
	}{
		{"struct", []string{"struct pair Pair", "struct pear Pear"}, "hard.def:13:8: struct pear is not in the headers of "},
		{"typedef", []string{"typedef mode_t Mode", "typedef moody_t Moody"}, "hard.def:6:9: moody_t is not in the headers of "},
		{"union", []string{"union either Either", "union neither Neither"}, "hard.def:24:7: union neither is not in the headers of "},
		{"enum", []string{"enum.mood", "enum.moods"}, "hard.def:30:17: enum moods is not in the headers of "},
		{"struct without body", []string{"struct pair Pair", "struct unknown Unknown"}, "hard.def:13:8: struct unknown is not in the headers of "},
		{"constant", []string{"const SINGLE", "const DOUBLE"}, "hard.def:33:7: constant DOUBLE is not in the headers of "},
		{"pattern", []string{"const SINGLE", "const DOUBLE_*"}, "hard.def:33:7: constant DOUBLE_* is not in the headers of "},
		{"other header", []string{"const SINGLE", "const EONE"}, "hard.def:33:7: constant EONE is defined by sys/errno.h, not by sys/hard.h: move it there"},
		{"no integer", []string{"const SINGLE", "const HARD_TEXT"}, `hard.def:33:7: constant HARD_TEXT is no integer: sys/hard.h defines it as "\"text\""`},
		{"header", []string{"header sys/hard.h", "header sys/soft.h", "	include sys/types.h\n", ""}, "hard.def:10:8: header sys/soft.h is not in "},
		{"header and what it needs", []string{"header sys/hard.h", "header sys/soft.h"}, "neither header sys/soft.h nor struct pair is in "},
		{"no message", []string{"	\"Third\"\n", ""}, "error 3 (ETHREE) has no message"},
		{"no ELAST", []string{"#define ELAST 3", ""}, "sys/errno.h does not define ELAST"},
		{"broken header", []string{"struct pair {", "struct pair <"}, "sys/hard.h:4: "},
		{"header wants another", []string{"struct pair {", "struct pair { not_a_type n;"}, "does a header of the manifest need an include or define line?"},
		{"type in the table", []string{"mode_t mode,", "mud_t mode,"}, "syscalls.master:23:7: type mud_t of system call open_it is not in the headers"},
		{"kind in the table", []string{"STD { off_t", "SPEEDY { off_t"}, `syscalls.master:28:13: unknown kind "SPEEDY" of system call`},
		{"no version", []string{"#define __FreeBSD_version 1500068", ""}, "does not define __FreeBSD_version as a number"},
		{"complex", []string{"union either {", "union either { _Complex float z;"}, "arm: union either: either.z: the facts have no word for the type complex of 8 bytes"},
		{"vector", []string{"union either {", "typedef int four __attribute__((vector_size(16)));\nunion either { four v;"}, "arm: union either: either.v: the facts have no word for a vector register's type"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options(t, unpack(t, tt.replace...))
			o.Ports = []facts.Port{facts.ARM} // the one that has all there is
			_, err := Run(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestOlderRelease: what exists since a later release is simply not there; a header
// that was split off another one is looked for in that.
func TestOlderRelease(t *testing.T) {
	dir := unpack(t, "__FreeBSD_version 1500068", "__FreeBSD_version 1201517",
		"header sys/hard.h\n", "header sys/split.h\n	include sys/hard.h\nconst SINGLE\nheader sys/hard.h\n", "const SINGLE\nheader sys/later.h", "header sys/later.h",
		"struct extra Extra\n", "struct extra Extra\n	since 14.0\nstruct coming Coming\n	since >12.1\n")
	o := options(t, dir)
	f, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if want := (facts.Release{System: "freebsd", Name: "12.1-STABLE", Version: 1201517}); f.Release != want {
		t.Errorf("release %v, want %v", f.Release, want)
	}
	if k := f.Const("SINGLE"); k == nil || k.Header != "sys/hard.h" {
		t.Errorf("SINGLE is %v, want it from sys/hard.h", k)
	}
	if f.Struct("extra") == nil || f.Struct("coming") != nil {
		t.Error("of extra and coming, extra alone should be there")
	}
	o.Release = "15.0"
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "release 15.0 was asked for, but the headers in ") {
		t.Errorf("extracting 12.1 as 15.0: %v", err)
	}
}

// TestSysroot lays the sample out as base systems, which have numbers but no
// table: signatures and messages come from the facts of before.
func TestSysroot(t *testing.T) {
	dir := unpack(t, "SYS_seek 19", "SYS_seek 20", "#define SYS_MAXSYSCALL 6", "#define SYS_brandnew 600\n#define SYS_MAXSYSCALL 601")
	o := options(t, dir)
	roots := t.TempDir()
	for port, machine := range map[string]string{"amd64": "amd64", "386": "i386", "arm": "arm"} {
		include := filepath.Join(roots, port, "usr/include")
		if err := os.MkdirAll(include, 0o777); err != nil {
			t.Fatal(err)
		}
		for from, to := range map[string]string{"sys/sys": "sys", "sys/" + machine + "/include": "machine"} {
			if err := os.CopyFS(filepath.Join(include, to), os.DirFS(filepath.Join(dir, from))); err != nil {
				t.Fatal(err)
			}
		}
	}
	o.Others = []*facts.File{hardFacts(t)}
	var err error
	if o.Tree, err = headers.OpenSysroot(roots + "/{arch}"); err != nil {
		t.Fatal(err)
	}
	var warnings []string
	o.Warn = func(msg string) { warnings = append(warnings, msg) }
	f, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if want := []facts.Port{facts.AMD64, facts.I386, facts.ARM}; !slices.Equal(f.Ports, want) {
		t.Errorf("ports %v, want %v", f.Ports, want)
	}
	for name, want := range map[string]int{"seek": 20, "leave": 1, "brandnew": 600, "obs_gone": 11} {
		if s := f.Syscall(name); s == nil || s.Number != want {
			t.Errorf("%s: %v, want number %d", name, s, want)
		}
	}
	if s := f.Syscall("seek"); len(s.Args) != 3 || f.Syscall("renamed") != nil {
		t.Errorf("seek is %v, renamed is %v", s, f.Syscall("renamed"))
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "brandnew") {
		t.Errorf("warnings %q, want one about brandnew", warnings)
	}
	if e := f.Errnos; len(e) != 3 || e[0].Message != `First "error"` {
		t.Errorf("errnos %v", e)
	}
	o.Ports = []facts.Port{facts.RISCV64}
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "has no headers for riscv64: it serves [amd64 386 arm]") {
		t.Errorf("a port that is not there: %v", err)
	}
	o.Others, o.Ports = nil, nil
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "a base system has no system call table") {
		t.Errorf("without facts of before: %v", err)
	}
}
