package tree_test

import (
	"go/ast"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/gotool"
	"github.com/rawsys-go/rawsys/internal/needs"
	"golang.org/x/tools/go/packages"
)

const module = "github.com/rawsys-go/rawsys"

// systems are targets that together select every file of the library.
var systems = []gotool.Target{
	{OS: "freebsd", Arch: "amd64"}, {OS: "freebsd", Arch: "386"}, {OS: "freebsd", Arch: "arm"}, {OS: "linux", Arch: "amd64"},
	{OS: "darwin", Arch: "arm64"}, {OS: "dragonfly", Arch: "amd64"}, {OS: "illumos", Arch: "amd64"}, {OS: "windows", Arch: "amd64"},
	{OS: "plan9", Arch: "386"}, {OS: "js", Arch: "wasm"},
}

// load loads packages of the module for a target.
func load(t *testing.T, target gotool.Target, mode packages.LoadMode, patterns ...string) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: mode | packages.NeedName | packages.NeedFiles,
		Dir:  needs.Tree(t),
		Env:  append(os.Environ(), "GOOS="+target.OS, "GOARCH="+target.Arch, "CGO_ENABLED=0"),
	}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pkgs {
		for _, err := range p.Errors {
			t.Errorf("%v: %v", target, err)
		}
	}
	return pkgs
}

// library returns what a program that imports the public packages is linked
// with, by import path.
func library(t *testing.T, target gotool.Target) map[string]*packages.Package {
	t.Helper()
	linked := map[string]*packages.Package{}
	for _, p := range load(t, target, packages.NeedImports|packages.NeedDeps, "./...") {
		if p.Name != "main" && len(p.GoFiles) > 0 && !strings.Contains(p.PkgPath+"/", "/internal/") {
			packages.Visit([]*packages.Package{p}, nil, func(p *packages.Package) { linked[p.PkgPath] = p })
		}
	}
	return linked
}

func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// allowed says whether the library may import path.
func allowed(path string) bool {
	standard := !strings.Contains(strings.Split(path, "/")[0], ".")
	return standard || ours(path) || strings.HasPrefix(path, "golang.org/x/sys/")
}

// Who imports the library gets the standard library, x/sys and nothing else.
func TestImportGraph(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	for _, target := range systems {
		linked := library(t, target)
		if linked[module] == nil || linked[module+"/zsys"] == nil {
			t.Errorf("%v: the public packages were not found", target)
		}
		for path := range linked {
			if !allowed(path) {
				t.Errorf("%v: the library imports %s: only the standard library and golang.org/x/sys may be", target, path)
			}
		}
	}
}

// The library's own packages have no assembly, cgo, linkname or init function,
// and no map at package level: nothing runs or is allocated at a program's
// start.
func TestLibraryContents(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	for _, target := range systems {
		var paths []string
		for path := range library(t, target) {
			if ours(path) {
				paths = append(paths, path)
			}
		}
		mode := packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports
		for _, p := range load(t, target, mode, paths...) {
			for _, f := range p.OtherFiles {
				t.Errorf("%v: %s is not Go", target, f)
			}
			for _, f := range p.Syntax {
				checkFile(t, p, f)
			}
			checkVars(t, p)
		}
	}
}

func checkFile(t *testing.T, p *packages.Package, f *ast.File) {
	t.Helper()
	for _, imp := range f.Imports {
		if imp.Path.Value == `"C"` {
			t.Errorf("%v: cgo", p.Fset.Position(imp.Pos()))
		}
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:linkname") {
				t.Errorf("%v: linkname", p.Fset.Position(c.Pos()))
			}
		}
	}
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if ok && fn.Recv == nil && fn.Name.Name == "init" {
			t.Errorf("%v: an init function", p.Fset.Position(fn.Pos()))
		}
	}
}

func checkVars(t *testing.T, p *packages.Package) {
	t.Helper()
	scope := p.Types.Scope()
	for _, name := range scope.Names() {
		v, ok := scope.Lookup(name).(*types.Var)
		if !ok {
			continue
		}
		if _, isMap := v.Type().Underlying().(*types.Map); isMap {
			t.Errorf("%v: a map at package level", p.Fset.Position(v.Pos()))
		}
	}
}

// Every core that the library has on FreeBSD is portable: it has code, and so
// tests, on the developer's own host. The last inch is in the public packages.
func TestPortableCores(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	freebsd := library(t, gotool.Target{OS: "freebsd", Arch: "amd64"})
	for _, target := range []gotool.Target{{OS: "linux", Arch: "amd64"}, {OS: "windows", Arch: "amd64"}, {OS: "js", Arch: "wasm"}} {
		host := map[string]int{}
		for _, p := range load(t, target, 0, "./internal/...") {
			host[p.PkgPath] = len(p.GoFiles)
		}
		for path := range freebsd {
			if strings.HasPrefix(path, module+"/internal/") && host[path] == 0 {
				t.Errorf("%s has no code on %v", path, target)
			}
		}
	}
}

// What only one part of the tree may import.
func TestLayers(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	for _, p := range load(t, systems[0], packages.NeedImports, "./...") {
		from := strings.TrimPrefix(p.PkgPath, module+"/")
		inGen := from == "gen" || strings.HasPrefix(from, "gen/")
		for path := range p.Imports {
			switch {
			case inGen && ours(path) && !strings.HasPrefix(path, module+"/gen/"):
				t.Errorf("%s imports %s: the generator must work while what it generates is broken", from, path)
			case !inGen && strings.HasPrefix(path, module+"/gen"):
				t.Errorf("%s imports %s: the generator is a program of its own", from, path)
			case strings.HasPrefix(path, "github.com/dave/jennifer") && from != "gen/internal/emit":
				t.Errorf("%s imports %s: gen/internal/emit alone prints Go", from, path)
			}
		}
	}
}

// TestNoAssembly: only Go, in tests too, and for every target, of which TestLibraryContents sees
// some. bench, a module of its own, compares with C, and data of a test may be C, which nothing
// builds but that test.
func TestNoAssembly(t *testing.T) {
	err := filepath.WalkDir(needs.Tree(t), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "bench", "testdata"}, d.Name()):
			return filepath.SkipDir
		case slices.Contains([]string{".s", ".S", ".c", ".syso"}, filepath.Ext(path)):
			t.Errorf("%s is not Go", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
