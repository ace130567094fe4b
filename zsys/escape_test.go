package zsys_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestStubsEscape asks the compiler: no pointer that a stub takes may escape, so
// that what callers point at can stay on their stacks.
func TestStubsEscape(t *testing.T) {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip("needs the go command")
	}
	for _, arch := range ports {
		want := 0
		for _, name := range sources(t, ".", arch) {
			if strings.HasPrefix(name, "calls") {
				want += pointers(t, name)
			}
		}
		cmd := exec.CommandContext(t.Context(), goCommand, "build", "-gcflags=-m", ".")
		cmd.Env = append(os.Environ(), "GOOS=freebsd", "GOARCH="+arch)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		stay := 0
		for line := range strings.Lines(string(out)) {
			if !strings.Contains(line, "calls_") {
				continue
			}
			switch {
			case strings.Contains(line, "syscall.EINVAL escapes to heap"), strings.Contains(line, "22 escapes to heap"), strings.Contains(line, "(22) escapes to heap"):
			case strings.Contains(line, "errno escapes to heap"): // into an interface: TestErrorOf counts that
			case strings.Contains(line, "does not escape"):
				stay++
			case strings.Contains(line, "leaking"), strings.Contains(line, "escapes to heap"), strings.Contains(line, "moved to heap"):
				t.Errorf("%s: %s", arch, strings.TrimSpace(line))
			}
		}
		if stay != want || want == 0 {
			t.Errorf("%s: %d pointers do not escape, want all %d", arch, stay, want)
		}
	}
}

// pointers counts the pointers among the parameters of a file's functions.
func pointers(t *testing.T, name string) int {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		for _, p := range fn.Type.Params.List {
			_, star := p.Type.(*ast.StarExpr)
			unsafePointer, qualified := p.Type.(*ast.SelectorExpr)
			slice, array := p.Type.(*ast.ArrayType)
			text, named := p.Type.(*ast.Ident)
			if star || qualified && unsafePointer.Sel.Name == "Pointer" || array && slice.Len == nil || named && text.Name == "string" {
				n += len(p.Names)
			}
		}
	}
	return n
}
