package zsys_test

import (
	"bufio"
	"bytes"
	"fmt"
	"go/types"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// migration is what becomes of a name of x/sys/unix.
type migration struct{ here, why string }

// TestMigrate: every exported function, type and constant that x/sys/unix has on
// FreeBSD has a counterpart here, by the same name or by testdata/migrate.txt, or
// a reason there why not. docs/xsys.md is what comes of it.
func TestMigrate(t *testing.T) {
	theirs := load(t, xsysDir(t), "amd64", false, goFile)
	own := load(t, ".", "amd64", false, goFile)
	rules := readMigrations(t)
	var page bytes.Buffer
	page.WriteString(migrateHead)
	counts := make(map[string]int)
	for _, kind := range []string{"function", "type", "constant"} {
		fmt.Fprintf(&page, "\n## %ss\n\n| x/sys/unix | here | |\n| --- | --- | --- |\n", strings.ToUpper(kind[:1])+kind[1:])
		same := 0
		for _, name := range theirs.Scope().Names() {
			obj := theirs.Scope().Lookup(name)
			if !obj.Exported() || kindOf(obj) != kind {
				continue
			}
			counts[kind]++
			m, exact, listed := find(rules, name)
			switch {
			case own.Scope().Lookup(name) != nil && !exact:
				same++
				if kind != "constant" {
					fmt.Fprintf(&page, "| %s | %[1]s | |\n", name)
				}
			case !listed:
				t.Errorf("%s %s of x/sys/unix is not here: add it, or a line to testdata/migrate.txt", kind, name)
			case m.here != "-":
				checkHere(t, own, name, m.here)
				fmt.Fprintf(&page, "| %s | %s | %s |\n", name, m.here, m.why)
			default:
				counts["no "+kind]++
				fmt.Fprintf(&page, "| %s | – | %s |\n", name, m.why)
			}
		}
		if kind == "constant" {
			fmt.Fprintf(&page, "| %d others | the same name | |\n", same)
		}
		fmt.Fprintf(&page, "\n%d %ss of x/sys/unix, %d by the same name here, %d without a counterpart.\n", counts[kind], kind, same, counts["no "+kind])
	}
	t.Log(counts)
	const file = "../docs/xsys.md"
	if *update {
		if err := os.WriteFile(file, page.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, page.Bytes()) {
		t.Errorf("docs/xsys.md is not what x/sys and this package say now: go test ./zsys -update (%v)", err)
	}
}

func goFile(name string) bool { return strings.HasSuffix(name, ".go") }

const migrateHead = `# From golang.org/x/sys/unix

What a FreeBSD program that uses x/sys/unix finds in package zsys. A test reads the sources of both and writes this page.

In zsys an int argument is int32 unless it is a descriptor, errors are nil or a syscall.Errno as in x/sys, strings and slices are what
they are there, and structs have no _t behind their names, but where a function has the same name: Kevent and KeventT.
`

func kindOf(obj types.Object) string {
	switch obj.(type) {
	case *types.Func:
		return "function"
	case *types.TypeName:
		return "type"
	case *types.Const:
		return "constant"
	}
	return ""
}

// checkHere wants names of this package that a rule mentions to be there.
func checkHere(t *testing.T, own *types.Package, name, here string) {
	t.Helper()
	for word := range strings.FieldsSeq(here) {
		if word = strings.Trim(word, ",;"); own.Scope().Lookup(word) == nil {
			t.Errorf("testdata/migrate.txt: %s is said to be %s, which is not here", name, word)
		}
	}
}

// rule is a line of testdata/migrate.txt.
type rule struct {
	pattern string
	migration
}

// find returns the rule for a name, and whether it names it or is a pattern.
func find(rules []rule, name string) (m migration, exact, ok bool) {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.pattern == name })
	if i >= 0 {
		return rules[i].migration, true, true
	}
	if i = slices.IndexFunc(rules, func(r rule) bool { ok, _ := path.Match(r.pattern, name); return ok }); i < 0 {
		return m, false, false
	}
	return rules[i].migration, false, true
}

func readMigrations(t *testing.T) []rule {
	t.Helper()
	src, err := os.ReadFile("testdata/migrate.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []rule
	for s := bufio.NewScanner(bytes.NewReader(src)); s.Scan(); {
		if line := s.Text(); line != "" && !strings.HasPrefix(line, "#") {
			words := strings.SplitN(line, "  ", 3)
			if len(words) < 2 || words[1] == "-" && len(words) < 3 {
				t.Errorf("testdata/migrate.txt: %q is not a name, what it is here or -, and the reason, two blanks in between", line)
				continue
			}
			out = append(out, rule{words[0], migration{words[1], append(words, "")[2]}})
		}
	}
	return out
}
