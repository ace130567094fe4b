// Package module tells which files are this module's own.
package module

import (
	"go/ast"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Path is the module's.
const Path = "github.com/rawsys-go/rawsys"

// Files yields the module's files of the package under analysis that are no
// tests, by their slash-separated path in the module.
func Files(pass *analysis.Pass) func(yield func(name string, f *ast.File) bool) {
	return func(yield func(string, *ast.File) bool) {
		dir, ok := Dir(pass.Pkg.Path())
		if !ok {
			return
		}
		for _, f := range pass.Files {
			base := filepath.Base(pass.Fset.File(f.FileStart).Name())
			if strings.HasSuffix(base, "_test.go") || !strings.HasSuffix(base, ".go") {
				continue
			}
			if !yield(path.Join(dir, base), f) {
				return
			}
		}
	}
}

// Dir returns a package's directory in the module.
func Dir(pkgPath string) (dir string, ok bool) {
	if pkgPath == Path {
		return ".", true
	}
	return strings.CutPrefix(pkgPath, Path+"/")
}
