package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// Most files are the same on all ports, or on those with one size of a word. They
// are type-checked once, and what they declare is put into the packages of all
// those ports: the compiler would find the same in them each time.

// source is a parsed file, and how it depends on others of its directory.
type source struct {
	*ast.File
	declares []string // names of the package
	uses     map[string]bool
	extends  []string // types that its methods are of
	sizes    bool     // it can ask for the size of something
}

func newSource(file *ast.File) *source {
	s := &source{File: file, uses: make(map[string]bool)}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				s.declares = append(s.declares, d.Name.Name)
			} else {
				ast.Inspect(d.Recv, func(n ast.Node) bool { return s.method(n) })
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				s.spec(spec)
			}
		}
		ast.Inspect(d, s.use)
	}
	return s
}

func (s *source) spec(spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		s.declares = append(s.declares, spec.Name.Name)
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			s.declares = append(s.declares, name.Name)
		}
	case *ast.ImportSpec:
		s.sizes = s.sizes || spec.Path.Value == `"unsafe"`
	}
}

// method notes a receiver's type.
func (s *source) method(n ast.Node) bool {
	if f, ok := n.(*ast.Field); ok {
		ast.Inspect(f.Type, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				s.extends = append(s.extends, id.Name)
			}
			return true
		})
		return false
	}
	return true
}

// use notes names that can be the package's: those of fields and methods are not.
func (s *source) use(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		s.uses[n.Name] = true
	case *ast.SelectorExpr:
		ast.Inspect(n.X, s.use)
		return false
	case *ast.Field:
		ast.Inspect(n.Type, s.use)
		return false
	}
	return true
}

// closed leaves of the files among all those that need nothing of the others, and
// whose types have no methods in these.
func closed(sources map[string]*source, names, all []string) []string {
	for {
		inside := make(map[string]bool)
		for _, name := range names {
			for _, d := range sources[name].declares {
				inside[d] = true
			}
		}
		outside, extended := make(map[string]bool), make(map[string]bool)
		for _, name := range all {
			if slices.Contains(names, name) {
				continue
			}
			for _, d := range sources[name].declares {
				outside[d] = !inside[d]
			}
			for _, t := range sources[name].extends {
				extended[t] = true
			}
		}
		left := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			s := sources[name]
			return slices.ContainsFunc(s.declares, func(d string) bool { return extended[d] }) ||
				slices.ContainsFunc(slices.Collect(maps.Keys(s.uses)), func(u string) bool { return outside[u] })
		})
		if len(left) == len(names) {
			return left
		}
		names = left
	}
}

// shared are files that have been type-checked, and what they declare.
type shared struct {
	names []string
	pkg   *types.Package
}

// extend returns a package with what is shared, to put more files into.
func (s *shared) extend(path string) *types.Package {
	pkg := types.NewPackage(path, path)
	if s == nil {
		return pkg
	}
	for _, name := range s.pkg.Scope().Names() {
		pkg.Scope().Insert(s.pkg.Scope().Lookup(name))
	}
	return pkg
}

// share type-checks the files that targets have in common, on top of what more of
// them share. What does not compile here is for the whole check to report.
func share(fset *token.FileSet, sources map[string]*source, targets []*target, below *shared, fits func(*source) bool) *shared {
	names, all := slices.Clone(targets[0].names), slices.Clone(targets[0].names)
	for _, t := range targets[1:] {
		names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(t.names, name) })
		all = append(all, t.names...)
	}
	other := func(name string) bool { return !inPackage(name) || !fits(sources[name]) }
	names, all = slices.DeleteFunc(names, other), slices.DeleteFunc(all, func(name string) bool { return !inPackage(name) })
	names = closed(sources, names, all)
	out := &shared{names: names, pkg: below.extend(zsys)}
	var files []*ast.File
	for _, name := range names {
		if below == nil || !slices.Contains(below.names, name) {
			files = append(files, sources[name].File)
		}
	}
	conf := types.Config{Sizes: targets[0].sizes, Importer: importer{}}
	if types.NewChecker(&conf, fset, out.pkg, nil).Files(files) != nil {
		return below
	}
	return out
}
