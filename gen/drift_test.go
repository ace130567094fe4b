package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/check"
	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/emit"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
	"github.com/rawsys-go/rawsys/internal/needs"
)

const (
	currentManifest = "../defs/freebsd.def"
	currentFacts    = "../defs/freebsd15.facts"
)

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// committed reads the generated files of this repository.
func committed(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../zsys/*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]byte)
	for _, path := range append(paths, "../errno_gen.go") {
		if content := readFile(t, path); bytes.HasPrefix(content, []byte("// "+emit.Marker)) {
			out[filepath.ToSlash(path[len("../"):])] = content
		}
	}
	return out
}

// TestRestore generates into a directory that has the definitions alone: what
// comes out must be the committed files, byte for byte, twice.
func TestRestore(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "defs"), 0o777); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../defs/*.facts") // older ones tell since when things exist
	if err != nil || len(paths) < 3 {
		t.Fatalf("the facts are %v: %v", paths, err)
	}
	paths = append(paths, currentManifest)
	for _, path := range paths {
		if err := os.WriteFile(filepath.Join(dir, "defs", filepath.Base(path)), readFile(t, path), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if status, _, stderr := gen(t, dir, "generate"); status != 0 {
			t.Fatalf("exit status %d: %s", status, stderr)
		}
	}
	got := tree(t, dir)
	want := committed(t)
	for name, content := range want {
		if got[filepath.Join(dir, filepath.FromSlash(name))] != string(content) {
			t.Errorf("%s is not what the definitions give: run go generate ./...", name)
		}
	}
	if len(got) != len(want)+len(paths) {
		t.Errorf("%d files were generated, but %d are committed: run go generate ./...", len(got)-len(paths), len(want))
	}
}

// ambiguous are fields that, moved, would fit into padding as well, or beside
// bit-fields: the order of the facts says where they belong.
var ambiguous = map[string]string{"struct.jail": "ip6s", "struct.msghdr": "msg_flags", "struct.tcp_info": "__tcpi_backoff"}

// TestEveryOffset changes offsets in the facts, on each port that it is given
// for: generation must fail and name struct, field, port and both numbers.
func TestEveryOffset(t *testing.T) {
	lines := strings.SplitAfter(string(readFile(t, currentFacts)), "\n")
	item := regexp.MustCompile(`^(struct|union) (\S+) `)
	field := regexp.MustCompile(`^(\s+field (\S+) offset )([0-9-]+)((?: [0-9a-z]+:[0-9-]+)*)`)
	name, changed := "", 0
	for i, line := range lines {
		if m := item.FindStringSubmatch(line); m != nil {
			name = m[1] + "." + m[2]
		}
		m := field.FindStringSubmatch(line)
		if m == nil || ambiguous[name] != m[2] && (i%7 != 0 || needs.Brevity() && i%119 != 0) {
			continue
		}
		for _, tt := range offsets(m[3], m[4]) {
			changed++
			lines[i] = m[1] + tt.text + line[len(m[0]):]
			_, err := facts.Parse("facts", []byte(strings.Join(lines, "")))
			want := fmt.Sprintf("facts:%d:", i+1)
			if err == nil {
				t.Errorf("%s, field %s: %s is accepted for%s%s", name, m[2], tt.text, m[3], m[4])
			} else if msg := err.Error(); !mentions(msg, want, name, m[2], tt.port) || !mentions(msg, fmt.Sprint(tt.was), fmt.Sprint(tt.is)) {
				t.Errorf("%s: the error does not name %s, %s, %s, %d and %d: %v", tt.text, name, m[2], tt.port, tt.was, tt.is, err)
			}
		}
		lines[i] = line
	}
	t.Logf("%d offsets were changed", changed)
	if changed < 10 {
		t.Errorf("only %d offsets were changed: were the facts understood?", changed)
	}
}

// altered is an offset of the facts with one number changed.
type altered struct {
	text, port string
	was, is    int
}

// offsets changes each number of "N arch:N…" once.
func offsets(first, others string) []altered {
	words := append([]string{"amd64:" + first}, strings.Fields(others)...)
	var out []altered
	for i, w := range words {
		port, n, _ := strings.Cut(w, ":")
		var was int
		if _, err := fmt.Sscan(n, &was); err != nil {
			continue // a port that lacks the field
		}
		changed := slices.Clone(words)
		changed[i] = fmt.Sprintf("%s:%d", port, was+3)
		out = append(out, altered{strings.TrimPrefix(strings.Join(changed, " "), "amd64:"), port, was, was + 3})
	}
	return out
}

func mentions(msg string, words ...string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(msg, w) })
}

// layoutFile are the files with types and what they need to compile.
var layoutFile = regexp.MustCompile(`^zsys/(types|proof|enums)`)

// TestEveryField changes fields of the generated types, one at a time: the
// code must no longer compile, because of the assertions in it.
func TestEveryField(t *testing.T) {
	manifest, err := def.Parse(currentManifest, readFile(t, currentManifest))
	if err != nil {
		t.Fatal(err)
	}
	f, err := facts.Parse(currentFacts, readFile(t, currentFacts))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Build(manifest, f)
	if err != nil {
		t.Fatal(err)
	}
	files := committed(t)
	maps.DeleteFunc(files, func(name string, _ []byte) bool { return !layoutFile.MatchString(name) })
	field := regexp.MustCompile(`(?m)^\t(\w+)( +)(\S+)( +// .*, at [0-9].*)$`)
	changed := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasPrefix(name, "zsys/types") {
			continue
		}
		original := files[name]
		for i, at := range field.FindAllSubmatchIndex(original, -1) {
			if every := 23; i%every != 0 || needs.Brevity() && i%(10*every) != 0 {
				continue // each takes a type-check of all
			}
			changed++
			files[name] = slices.Concat(original[:at[6]], []byte("[3]"), original[at[6]:])
			err := check.Generated(files, m, f)
			if err == nil || !strings.Contains(err.Error(), "does not compile on") {
				t.Errorf("%s compiles although a field has changed: %s", name, original[at[0]:at[1]])
			}
		}
		files[name] = original
	}
	t.Logf("%d fields were changed", changed)
	if changed < 10 {
		t.Errorf("only %d fields were changed: was the code understood?", changed)
	}
}
