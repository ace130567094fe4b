package tree_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// What go mod tidy writes into the go.mod of who imports the library follows
// from every file of its packages, behind whatever build tag: a tag for tools
// would hand the linters to every importer.
func TestTidyImporters(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	root, seen := needs.Tree(t), map[string]bool{}
	for _, target := range systems {
		for path := range library(t, target) {
			if !ours(path) || seen[path] {
				continue
			}
			seen[path] = true
			checkTidy(t, filepath.Join(root, strings.TrimPrefix(path, module)))
		}
	}
	if !seen[module] {
		t.Error("the root package was not found")
	}
}

func checkTidy(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			if path, err := strconv.Unquote(imp.Path.Value); err != nil || !allowed(path) {
				t.Errorf("%s imports %s: importers of the library would get that module", name, path)
			}
		}
	}
}
