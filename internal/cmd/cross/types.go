package main

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rawsys-go/rawsys/internal/gotool"
	"golang.org/x/tools/go/packages"
)

// typeChecker checks the types of packages and tests from the sources of all that they
// import. The go command's vet and build compile those first, the standard library too,
// which for a target that was not built for before takes ten times as long.
type typeChecker struct {
	fset *token.FileSet
	mu   sync.Mutex
	deps map[string]*ast.File // by name: most are the same for most targets
}

func newTypeChecker() *typeChecker {
	return &typeChecker{fset: token.NewFileSet(), deps: map[string]*ast.File{}}
}

// check loads the packages for a target. The error holds every fault of the module's own.
func (c *typeChecker) check(ctx context.Context, dir string, patterns []string, t gotool.Target) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedModule,
		Context: ctx,
		Dir:     dir,
		Env:     t.Env(),
		Fset:    c.fset,
		Tests:   true,
		ParseFile: func(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
			if strings.HasPrefix(name, dir+string(filepath.Separator)) {
				return parser.ParseFile(fset, name, src, parser.SkipObjectResolution|parser.AllErrors)
			}
			return c.dependency(fset, name, src)
		},
	}, patterns...)
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	return faults(loaded)
}

// dependency parses a file of another module without what functions do.
func (c *typeChecker) dependency(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	c.mu.Lock()
	f := c.deps[name]
	c.mu.Unlock()
	if f != nil {
		return f, nil
	}
	f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return f, err
	}
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok {
			d.Body = nil
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deps[name] = f
	return f, nil
}

// faults joins the errors of the main module's packages, each once. Others' imports
// look unused where functions have no bodies. That a package without a C compiler has
// no program is no fault of its types.
func faults(loaded []*packages.Package) error {
	var errs []error
	told := map[string]bool{}
	packages.Visit(loaded, nil, func(p *packages.Package) {
		if p.Module == nil || !p.Module.Main || strings.HasSuffix(p.ID, ".test") {
			return // a test's own main package is written by the go command
		}
		for _, e := range p.Errors {
			if s := e.Error(); !told[s] && !strings.Contains(s, needsC) {
				told[s] = true
				errs = append(errs, errors.New(s))
			}
		}
	})
	return errors.Join(errs...)
}
