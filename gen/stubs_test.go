package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// stubComment is what the comment of a stub says of its call in C.
var stubComment = regexp.MustCompile(`C: (.*\)), number (\d+)\. `)

// TestStubsAreFacts reads the committed stubs as a reader would, without the
// generator: C prototype, number, capability mode and the number that is called
// are those of the facts, and all stubs are those of live calls.
func TestStubsAreFacts(t *testing.T) {
	f, err := facts.Parse(currentFacts, readFile(t, currentFacts))
	if err != nil {
		t.Fatal(err)
	}
	byNumber := make(map[string]*facts.Syscall)
	for i := range f.Syscalls {
		byNumber[fmt.Sprint(f.Syscalls[i].Number)] = &f.Syscalls[i]
	}
	stubs := 0
	for _, fn := range committedStubs(t) {
		text := strings.Join(strings.Fields(fn.Doc.Text()), " ")
		m := stubComment.FindStringSubmatch(text)
		if m == nil {
			t.Errorf("%s: the comment has no prototype and number: %s", fn.Name.Name, text)
			continue
		}
		stubs++
		s := byNumber[m[2]]
		if s == nil || !numbered(s) {
			t.Errorf("%s: %s is the number of no live call", fn.Name.Name, m[2])
			continue
		}
		if got, want := plain(m[1]), plain(prototype(s)); got != want {
			t.Errorf("%s: the comment says %q, the facts %q", fn.Name.Name, got, want)
		}
		if got, want := entryNumber(fn), "SYS_"+strings.ToUpper(s.Name); got != want {
			t.Errorf("%s: it calls %s, not %s", fn.Name.Name, got, want)
		}
		if strings.Contains(text, "Capability mode allows it") != strings.Contains(s.Kind, "CAPENABLED") {
			t.Errorf("%s: the comment is wrong about capability mode, the kind is %s", fn.Name.Name, s.Kind)
		}
	}
	if t.Logf("%d stubs", stubs); stubs < 400 {
		t.Errorf("only %d stubs: were the files understood?", stubs)
	}
}

// TestNumbersAreFacts compares the committed numbers with the facts.
func TestNumbersAreFacts(t *testing.T) {
	f, err := facts.Parse(currentFacts, readFile(t, currentFacts))
	if err != nil {
		t.Fatal(err)
	}
	text := string(readFile(t, "../zsys/numbers.go"))
	found := 0
	for _, s := range f.Syscalls {
		line := regexp.MustCompile(`(?m)^\tSYS_` + strings.ToUpper(s.Name) + ` += (\d+) `).FindStringSubmatch(text)
		if line != nil {
			found++
		}
		if numbered(&s) && (line == nil || line[1] != fmt.Sprint(s.Number)) {
			t.Errorf("%s is %d in the facts, and in numbers.go %q", s.Name, s.Number, line)
		}
	}
	if all := strings.Count(text, "\tSYS_"); found != all {
		t.Errorf("%d numbers, %d of them in the facts", all, found)
	}
}

// committedStubs returns the exported functions of the files with stubs.
func committedStubs(t *testing.T) []*ast.FuncDecl {
	t.Helper()
	paths, err := filepath.Glob("../zsys/calls_*_freebsd*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []*ast.FuncDecl
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.IsExported() {
				out = append(out, fn)
			}
		}
	}
	return out
}

// entryNumber returns the number's name in the one call of package syscall's entries.
func entryNumber(fn *ast.FuncDecl) string {
	var names []string
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if ok && strings.Contains(sel.Sel.Name, "Syscall") {
				names = append(names, fmt.Sprint(call.Args[0]))
			}
		}
		return true
	})
	return strings.Join(names, " and ")
}

// prototype spells a call as C does.
func prototype(s *facts.Syscall) string {
	args := make([]string, len(s.Args))
	for i, a := range s.Args {
		args[i] = ctype(a.Type) + " " + a.Name
	}
	if s.Variadic {
		args = append(args, "...")
	}
	if len(args) == 0 {
		args = []string{"void"}
	}
	return fmt.Sprintf("%s %s(%s)", ctype(s.Result), s.Name, strings.Join(args, ", "))
}

// ctype spells a type of the facts as C does: *struct.stat is struct stat *.
func ctype(t facts.Type) string {
	text := strings.TrimLeft(string(t), "*")
	stars := strings.Repeat("*", len(t)-len(text))
	for _, kind := range []string{"struct", "union"} {
		if tag, ok := strings.CutPrefix(text, kind+"."); ok {
			text = kind + " " + tag
		}
	}
	return text + " " + stars
}

// plain is a prototype without blanks between a star and what it points with.
func plain(s string) string {
	for _, pair := range []string{" *", "* "} {
		for strings.Contains(s, pair) {
			s = strings.ReplaceAll(s, pair, "*")
		}
	}
	return strings.Join(strings.Fields(s), " ")
}
