package zsys_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shapes are how the arguments of system calls lie in machine words, by number's
// name: several where there are several stubs.
type shapes map[string][]string

// TestSlots compares with package syscall and x/sys/unix how 64-bit arguments are
// split and padded in the calls that they make too. Both were tried on each port.
func TestSlots(t *testing.T) {
	own, others := 0, 0
	for _, arch := range ports {
		stubs := readShapes(t, ".", arch, "calls_")
		own += len(stubs)
		for _, dir := range []string{filepath.Join(goRun(t, "env", "GOROOT"), "src", "syscall"), xsysDir(t)} {
			theirs := readShapes(t, dir, arch, "zsyscall_freebsd")
			for number, list := range stubs {
				if theirs[number] == nil {
					continue
				}
				others++
				for _, shape := range list {
					if !slices.Contains(theirs[number], shape) && otherwise[number] == "" {
						t.Errorf("%s on %s: words are %q, but %q in %s", number, arch, shape, theirs[number], dir)
					}
				}
			}
		}
		if got, want := stubs["SYS_PREAD"][0], padded[arch]; got != want {
			t.Errorf("pread on %s: words are %q, want %q", arch, got, want)
		}
	}
	t.Logf("%d stubs on %d ports, %d of them compared", own, len(ports), others)
	if others < 80 {
		t.Errorf("only %d stubs are made by others too: were the sources understood?", others)
	}
}

// otherwise are calls that others make in another way.
var otherwise = map[string]string{
	"SYS_GETTIMEOFDAY": "without the time zone",
	"SYS_SETTIMEOFDAY": "without the time zone",
	"SYS_MKNODAT":      "package syscall makes the one of FreeBSD 11, whose dev_t has 32 bits",
}

// padded is pread(fd, buf, nbyte, offset).
var padded = map[string]string{
	"amd64": "word word word word", "arm64": "word word word word", "riscv64": "word word word word",
	"386": "word word word word high",
	"arm": "word word word 0 word high",
}

// readShapes finds the calls of package syscall's entries.
func readShapes(t *testing.T, dir, arch, prefix string) shapes {
	t.Helper()
	out := make(shapes)
	for _, name := range sources(t, dir, arch) {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if ok && strings.Contains(last(call.Fun), "Syscall") {
				number := last(call.Args[0])
				out[number] = append(out[number], shape(call.Args[1:]))
			}
			return true
		})
	}
	return out
}

// last returns the name that an identifier or selector ends with.
func last(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// shape says what each word is: 0, the high half of an argument, or a word of
// one. Zeros at the end only fill up.
func shape(args []ast.Expr) string {
	var words []string
	for _, a := range args {
		word := "word"
		ast.Inspect(a, func(n ast.Node) bool {
			if b, ok := n.(*ast.BinaryExpr); ok && b.Op == token.SHR {
				word = "high"
			}
			return true
		})
		if lit, ok := a.(*ast.BasicLit); ok && lit.Value == "0" {
			word = "0"
		}
		words = append(words, word)
	}
	for len(words) > 0 && words[len(words)-1] == "0" {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}
