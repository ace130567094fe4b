package unsafefence_test

import (
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/tools/lint/unsafefence"
	"golang.org/x/tools/go/analysis/analysistest"
)

func TestAnalyzer(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	fence := []unsafefence.Entry{{Pattern: "core/fenced_*.go", Reason: "a test"}}
	analysistest.Run(t, analysistest.TestData(), unsafefence.New(fence), "github.com/rawsys-go/rawsys/core", "elsewhere")
}

// Every entry of the fence has a reason, and holds files that use what it allows.
func TestFence(t *testing.T) {
	root := needs.Tree(t)
	for _, e := range unsafefence.Fence() {
		if e.Reason == "" {
			t.Errorf("%s: no reason given", e.Pattern)
		}
		if _, err := path.Match(e.Pattern, ""); err != nil {
			t.Errorf("%s: %v", e.Pattern, err)
		}
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(e.Pattern)))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(files, func(f string) bool { return importsUnsafe(t, f) }) {
			t.Errorf("%s: no file there imports unsafe: take the entry out", e.Pattern)
		}
	}
}

func importsUnsafe(t *testing.T, name string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, imp := range f.Imports {
		if imp.Path.Value == `"unsafe"` {
			return true
		}
	}
	return false
}
