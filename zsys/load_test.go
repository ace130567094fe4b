package zsys_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ports are FreeBSD's.
var ports = []string{"amd64", "arm64", "386", "arm", "riscv64"}

// load type-checks those files of a directory that are compiled for FreeBSD on a
// port and that keep wants. Errors are passed over unless strict: what could be
// understood is there.
func load(t *testing.T, dir, arch string, strict bool, keep func(name string) bool) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range sources(t, dir, arch) {
		if !keep(name) {
			continue
		}
		f, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: stub{}, Sizes: types.SizesFor("gc", arch), IgnoreFuncBodies: true, Error: func(err error) {
		if strict {
			t.Error(err)
		}
	}}
	pkg, _ := conf.Check(dir, fset, files, nil)
	return pkg
}

// sources returns the names of the files that FreeBSD on a port compiles.
func sources(t *testing.T, dir, arch string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled = "freebsd", arch, false
	var names []string
	for _, e := range entries {
		if ok, err := ctx.MatchFile(dir, e.Name()); err != nil {
			t.Fatal(err)
		} else if ok && !strings.HasSuffix(e.Name(), "_test.go") {
			names = append(names, e.Name())
		}
	}
	return names
}

// data keeps the files of zsys that are types, constants and numbers.
func data(name string) bool { return !strings.HasPrefix(name, "calls") }

// stub imports packages that declare the two types which constants have. Bodies
// of functions are not checked here.
type stub struct{}

func (stub) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	pkg := types.NewPackage(path, filepath.Base(path))
	for name, kind := range map[string]types.BasicKind{"Errno": types.Uintptr, "Signal": types.Int} {
		obj := types.NewTypeName(token.NoPos, pkg, name, nil)
		types.NewNamed(obj, types.Typ[kind], nil)
		pkg.Scope().Insert(obj)
	}
	pkg.MarkComplete()
	return pkg, nil
}
