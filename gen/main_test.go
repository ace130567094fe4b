package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/def"
)

// TestHelp: every command says what it does in a line, and more on request.
func TestHelp(t *testing.T) {
	status, list, _ := gen(t, ".", "help")
	for _, args := range [][]string{nil, {"-h"}, {"--help"}, {"help", "-h"}} {
		if again, out, _ := gen(t, ".", args...); status != 0 || again != 0 || out != list {
			t.Errorf("gen %s: exit status %d\n%swant what gen help prints, with %d:\n%s", strings.Join(args, " "), again, out, status, list)
		}
	}
	for _, cmd := range commands() {
		if !strings.Contains(list, "  "+cmd.name) || !strings.Contains(list, cmd.summary+"\n") {
			t.Errorf("gen help does not list %s", cmd.name)
		}
		for _, args := range [][]string{{"help", cmd.name}, {cmd.name, "-h"}} {
			status, out, errOut := gen(t, ".", args...)
			if status != 0 || !strings.HasPrefix(out, "Usage: go run ./gen "+cmd.name) || len(strings.Split(out, "\n")) < 5 || errOut != "" {
				t.Errorf("gen %s: exit status %d\n%s%s", strings.Join(args, " "), status, out, errOut)
			}
			for line := range strings.Lines(out) {
				if len(line) > 100 {
					t.Errorf("gen %s: a line of %d characters: %s", strings.Join(args, " "), len(line), line)
				}
			}
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		args   string
		status int
		stderr string
	}{
		{"frobnicate", 1, `unknown command "frobnicate": go run ./gen help lists them`},
		{"help frobnicate", 1, `unknown command "frobnicate"`},
		{"generate -x", 2, "flag provided but not defined: -x\nUsage:"},
		{"generate all", 1, `gen generate: unexpected "all"`},
		{"generate -root nowhere", 1, "gen: open nowhere/defs/freebsd.def: no such file or directory: is this, or -root, the module's directory?"},
		{"layout -root .. Nonesuch", 1, "gen layout: no struct Nonesuch is bound; there are Stat, "},
		{"layout -root .. -arch vax", 1, "gen layout: no port vax is bound; there are [amd64 arm64 386 arm riscv64]"},
	} {
		status, stdout, stderr := gen(t, ".", strings.Fields(tt.args)...)
		if status != tt.status || stdout != "" || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("gen %s: exit status %d, want %d\n%s%swant %s", tt.args, status, tt.status, stdout, stderr, tt.stderr)
		}
	}
}

func TestLayoutMap(t *testing.T) {
	_, out, _ := gen(t, ".", "layout", "-root", "..", "struct stat", "Umutex")
	for _, want := range []string{
		"Stat: struct stat, sys/stat.h\namd64, arm64, arm, riscv64: 224 bytes, aligned to 8\n",
		"\n    24 |st_mode  mode_t|st_bsdflags    |st_uid  uid_t                  |\n",
		"\n   152 |st_spare  __uint64_t[9]  72 bytes                              |\n386: 208 bytes, aligned to 4\n",
		"\n    st_atim           48+16        52+8\n",
		"\n    st_atim_ext           -        48+4\n",
		"\nUmutex: struct umutex, sys/umtx.h\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the map does not have %q:\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if len(line) > 80 {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
}

// TestLayoutJSON: all bound structs on five ports, with everything said of them.
func TestLayoutJSON(t *testing.T) {
	_, out, stderr := gen(t, ".", "layout", "-root", "..", "-json")
	var list []struct {
		C, Go, Header, Arch string
		Size, Align         int64
		Fields              []struct {
			C, Go, Type, GoType string
			Offset, Size        int64
		}
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatalf("%v %s", err, stderr)
	}
	ports := make(map[string]int)
	tags := make(map[string]bool)
	machine := machineStructs(t)
	for _, s := range list {
		ports[s.Go]++
		tags[s.C] = true
		if s.C == "" || s.Header == "" || s.Size == 0 || s.Align == 0 || len(s.Fields) == 0 {
			t.Errorf("%+v is not complete", s)
		}
		for _, f := range s.Fields {
			if (f.C == "" || f.Type == "") && f.Go != "Storage" || f.Go == "" || f.GoType == "" || f.Size == 0 || f.Offset+f.Size > s.Size {
				t.Errorf("%s on %s: field %+v is not complete", s.C, s.Arch, f)
			}
		}
		if s.Go == "Stat" && s.Size != map[bool]int64{false: 224, true: 208}[s.Arch == "386"] {
			t.Errorf("stat has %d bytes on %s", s.Size, s.Arch)
		}
	}
	for name, n := range ports {
		if n != 5 && !machine[name] {
			t.Errorf("%s is shown on %d ports, want 5", name, n)
		}
	}
	if want := boundStructs(t); len(tags) != want {
		t.Errorf("%d structs are shown, but %d bound", len(tags), want)
	}
}

// machineStructs are the structs that each port has for itself, or has not.
func machineStructs(t *testing.T) map[string]bool {
	t.Helper()
	m, err := readDef("../defs/freebsd.def", def.Parse)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]bool)
	for _, s := range m.Sections {
		for _, it := range s.Items {
			if it, ok := it.(*def.Struct); ok && s.Machine {
				out[it.Go.Text] = true
			}
		}
	}
	return out
}

// boundStructs counts the manifest's structs, and the views that are structs.
func boundStructs(t *testing.T) int {
	t.Helper()
	m, err := def.Parse(currentManifest, readFile(t, currentManifest))
	if err != nil {
		t.Fatal(err)
	}
	n := len(def.Items[*def.Struct](m))
	for _, v := range def.Items[*def.View](m) {
		if v.Go.Text != "" {
			n++
		}
	}
	return n
}
