package zsys_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// TestStubsEscape asks the compiler, for each port: no pointer that a stub takes may
// escape, so that what callers point at can stay on their stacks; and its code
// makes one system call and calls nothing that allocates.
func TestStubsEscape(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	for _, arch := range ports {
		cmd := exec.CommandContext(t.Context(), "go", "build", "-gcflags=-m -S", ".")
		cmd.Env = append(os.Environ(), "GOOS=freebsd", "GOARCH="+arch)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want, stubs := 0, []string(nil)
		for _, name := range sources(t, ".", arch) {
			if strings.HasPrefix(name, "calls") {
				n, names := pointers(t, name)
				want, stubs = want+n, append(stubs, names...)
			}
		}
		if stay := staying(t, arch, string(out)); stay != want || want == 0 {
			t.Errorf("%s: %d pointers do not escape, want all %d", arch, stay, want)
		}
		checkCalls(t, arch, stubs, callees(string(out)))
	}
}

// staying counts the parameters of stubs that do not escape.
func staying(t *testing.T, arch, out string) int {
	t.Helper()
	n := 0
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "\t") || !strings.Contains(line, "calls_") { // of -S, or of another file
			continue
		}
		switch {
		case strings.Contains(line, "syscall.EINVAL escapes to heap"), strings.Contains(line, "22 escapes to heap"), strings.Contains(line, "(22) escapes to heap"):
		case strings.Contains(line, "errno escapes to heap"): // into an interface: TestErrorOf counts that
		case strings.Contains(line, "does not escape"):
			n++
		case strings.Contains(line, "leaking"), strings.Contains(line, "escapes to heap"), strings.Contains(line, "moved to heap"):
			t.Errorf("%s: %s", arch, strings.TrimSpace(line))
		}
	}
	return n
}

// The compiler's listing: where the code of a function starts, and a call in it.
var (
	listed = regexp.MustCompile(`^github\.com/rawsys-go/rawsys/zsys\.(\w+) STEXT`)
	called = regexp.MustCompile(`\t(?:CALL|JAL|JMP)\t(?:X\d+, )?([^\s$]+)\(SB\)`)
	entry  = regexp.MustCompile(`^syscall\.(Raw)?Syscall[69]?$`)
	// harmless is what else a stub may call. The runtime puts an errno below 256
	// into an interface without allocation, and TestErrorOf tries each; cstring
	// allocates for what is longer than PATH_MAX alone; the others grow the stack, or
	// end in a panic.
	harmless = regexp.MustCompile(`^(runtime\.(convT(32|64)|morestack\w*|panic\w+|memclrNoHeapPointers)|github\.com/rawsys-go/rawsys/zsys\.cstring(Ptr)?)$`)
)

// callees returns what each function of a listing calls.
func callees(listing string) map[string][]string {
	out, name := make(map[string][]string), ""
	for line := range strings.Lines(listing) {
		if m := listed.FindStringSubmatch(line); m != nil {
			name = m[1]
			out[name] = nil
		} else if !strings.HasPrefix(line, "\t") {
			name = ""
		} else if m := called.FindStringSubmatch(line); m != nil && name != "" {
			out[name] = append(out[name], m[1])
		}
	}
	return out
}

// checkCalls wants each stub to make one system call, and no call that allocates. One
// that makes a process may not come to the scheduler, of which nothing works there.
func checkCalls(t *testing.T, arch string, stubs []string, calls map[string][]string) {
	t.Helper()
	for _, name := range stubs {
		entries := 0
		for _, c := range calls[name] {
			switch {
			case entry.MatchString(c):
				entries++
				if strings.HasSuffix(strings.ToLower(name), "fork") && !strings.HasPrefix(c, "syscall.Raw") {
					t.Errorf("%s: %s calls %s, which tells the scheduler", arch, name, c)
				}
			case !harmless.MatchString(c):
				t.Errorf("%s: %s calls %s, which may allocate", arch, name, c)
			}
		}
		if entries != 1 {
			t.Errorf("%s: %s makes %d system calls: %v", arch, name, entries, calls[name])
		}
	}
	// Were allocations in the code, they would be seen: cstring has one.
	if !slices.Contains(calls["cstring"], "runtime.makeslice") {
		t.Errorf("%s: cstring calls %v: was the listing understood?", arch, calls["cstring"])
	}
}

// pointers counts the pointers among the parameters of a file's functions, and
// names these.
func pointers(t *testing.T, file string) (n int, names []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		names = append(names, fn.Name.Name)
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
	return n, names
}
