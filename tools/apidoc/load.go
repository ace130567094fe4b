package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// set is the packages of a module.
type set struct {
	module   string
	packages []*pkg
}

// pkg is a package as it is on FreeBSD, on amd64.
type pkg struct {
	dir   string // below the module's root
	path  string
	fset  *token.FileSet
	doc   *doc.Package
	names map[string]names // by system
	pages func() []*page
}

// names are what a package declares on a system: "Name", "Type.Method".
type names map[string]bool

// systems stand for all: the module tells FreeBSD, Linux, Unix and the rest apart.
var systems = []string{"freebsd", "linux", "darwin", "windows"}

func load(root string, dirs []string) (*set, error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	m := regexp.MustCompile(`(?m)^module (\S+)`).FindSubmatch(mod)
	if m == nil {
		return nil, fmt.Errorf("%s names no module", filepath.Join(root, "go.mod"))
	}
	s := &set{module: string(m[1])}
	for _, dir := range dirs {
		p, err := loadPackage(root, dir, path.Join(s.module, dir))
		if err != nil {
			return nil, err
		}
		s.packages = append(s.packages, p)
	}
	return s, nil
}

func loadPackage(root, dir, importPath string) (*pkg, error) {
	p := &pkg{dir: dir, path: importPath, fset: token.NewFileSet(), names: map[string]names{}}
	at, cache := filepath.Join(root, dir), map[string]*ast.File{}
	for _, system := range systems {
		found, err := files(at, system)
		if err != nil {
			return nil, err
		}
		p.names[system] = names{}
		for _, name := range found.GoFiles {
			if cache[name] == nil {
				if cache[name], err = parser.ParseFile(token.NewFileSet(), filepath.Join(at, name), nil, parser.SkipObjectResolution); err != nil {
					return nil, err
				}
			}
			p.names[system].add(cache[name])
		}
	}
	found, err := files(at, "freebsd")
	if err != nil {
		return nil, err
	}
	var parsed []*ast.File
	for _, name := range slices.Concat(found.GoFiles, found.TestGoFiles, found.XTestGoFiles) {
		f, err := parser.ParseFile(p.fset, filepath.Join(at, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	if p.doc, err = doc.NewFromFiles(p.fset, parsed, importPath); err != nil {
		return nil, err
	}
	all := p.split()
	p.pages = func() []*page { return all }
	return p, nil
}

func files(dir, system string) (*build.Package, error) {
	c := build.Default
	c.GOOS, c.GOARCH, c.CgoEnabled = system, "amd64", false
	return c.ImportDir(dir, 0)
}

func (n names) add(f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			n[receiver(d)+d.Name.Name] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					n[s.Name.Name] = true
				case *ast.ValueSpec:
					for _, name := range s.Names {
						n[name.Name] = true
					}
				}
			}
		}
	}
}

// receiver is a method's type and a dot.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.Name + "."
		default:
			return ""
		}
	}
}

// where says on which systems a name is, unless that is all.
func (p *pkg) where(name string) string {
	var on []string
	for _, system := range systems {
		if p.names[system][name] {
			on = append(on, system)
		}
	}
	switch strings.Join(on, " ") {
	case "freebsd":
		return "FreeBSD"
	case "freebsd linux":
		return "FreeBSD and Linux"
	case "freebsd linux darwin":
		return "Unix systems"
	}
	return ""
}
