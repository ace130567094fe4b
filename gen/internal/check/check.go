// Package check is the proof in front of writing: generated code is type-checked
// for every port with the sizes of the gc compiler, and every size and offset
// compared with the facts.
package check

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// Generated proves the generated files.
func Generated(files map[string][]byte, m *model.Model, f *facts.File) error {
	fset := token.NewFileSet()
	parsed, err := parse(fset, files)
	if err != nil {
		return err
	}
	targets := targetsOf(parsed, m.Ports)
	errs := make([]error, len(targets))
	var wait sync.WaitGroup
	for i, t := range targets {
		wait.Go(func() { errs[i] = t.prove(fset, parsed, m, f) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// parse parses the files, all at once.
func parse(fset *token.FileSet, files map[string][]byte) (map[string]*ast.File, error) {
	names := slices.Sorted(maps.Keys(files))
	parsed, errs := make([]*ast.File, len(names)), make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() {
			parsed[i], errs[i] = parser.ParseFile(fset, name, files[name], parser.ParseComments|parser.SkipObjectResolution)
		})
	}
	wait.Wait()
	out := make(map[string]*ast.File)
	for i, name := range names {
		if errs[i] != nil {
			return nil, fmt.Errorf("generated code does not parse: %w", errs[i])
		}
		out[name] = parsed[i]
	}
	return out, nil
}

// target are ports that compile the same files with the same sizes: the compiler
// cannot tell them apart, so one type-check does for all.
type target struct {
	ports []facts.Port
	sizes types.Sizes
	names []string // of the files, sorted
	funcs []string // those of them with functions
	again bool     // an earlier target with the same sizes has the same functions: their bodies are proved
}

func targetsOf(parsed map[string]*ast.File, ports []facts.Port) []*target {
	var out []*target
	names := slices.Sorted(maps.Keys(parsed))
	for _, p := range ports {
		t := &target{ports: []facts.Port{p}, sizes: types.SizesFor("gc", p.String())}
		for _, name := range names {
			if builds(name, parsed[name], p) {
				t.names = append(t.names, name)
				if slices.ContainsFunc(parsed[name].Decls, isFunc) {
					t.funcs = append(t.funcs, name)
				}
			}
		}
		if i := slices.IndexFunc(out, t.like); i >= 0 {
			out[i].ports = append(out[i].ports, p)
		} else {
			t.again = slices.ContainsFunc(out, func(u *target) bool { return t.sameSizes(u) && slices.Equal(t.funcs, u.funcs) })
			out = append(out, t)
		}
	}
	return out
}

func isFunc(d ast.Decl) bool { _, ok := d.(*ast.FuncDecl); return ok }

// like reports whether u compiles the same files with the same sizes.
func (t *target) like(u *target) bool { return t.sameSizes(u) && slices.Equal(t.names, u.names) }

// sameSizes compares what gc's sizes are made of: the word and the largest
// alignment.
func (t *target) sameSizes(u *target) bool {
	word, wide := types.Typ[types.Uintptr], types.Typ[types.Complex128]
	return t.sizes.Sizeof(word) == u.sizes.Sizeof(word) && t.sizes.Alignof(wide) == u.sizes.Alignof(wide)
}

// prove proves the files of a target, and its layouts on each port.
func (t *target) prove(fset *token.FileSet, parsed map[string]*ast.File, m *model.Model, f *facts.File) error {
	var errs []error
	for _, dir := range []string{".", "zsys"} {
		pkg, err := t.typeCheck(fset, parsed, dir)
		for _, p := range t.ports {
			if err != nil {
				errs = append(errs, fmt.Errorf("generated code does not compile on %v: %w", p, err))
			} else if dir == "zsys" {
				errs = append(errs, layouts(pkg, m, f, p))
			}
		}
	}
	return errors.Join(errs...)
}

// typeCheck checks one directory's files.
func (t *target) typeCheck(fset *token.FileSet, parsed map[string]*ast.File, dir string) (*types.Package, error) {
	var list []*ast.File
	for _, name := range t.names {
		if path.Dir(name) == dir {
			list = append(list, parsed[name])
		}
	}
	if dir == "." {
		errno, err := parser.ParseFile(fset, "errno_freebsd.go", "package rawsys\nimport \"syscall\"\ntype Errno = syscall.Errno", 0)
		if err != nil {
			return nil, err
		}
		list = append(list, errno)
	}
	conf := types.Config{Sizes: t.sizes, Importer: importer{}, IgnoreFuncBodies: t.again}
	return conf.Check(dir, fset, list, nil)
}

// builds reports whether a file is compiled for FreeBSD on a port: by its name,
// and by its constraint.
func builds(name string, file *ast.File, p facts.Port) bool {
	base := strings.TrimSuffix(path.Base(name), ".go")
	for _, q := range facts.AllPorts() {
		if strings.HasSuffix(base, "_"+q.String()) && q != p {
			return false
		}
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() > file.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			expr, err := constraint.Parse(c.Text)
			if err != nil || !expr.Eval(func(tag string) bool { return tag == "freebsd" || tag == p.String() }) {
				return false
			}
		}
	}
	return true
}

// layouts compares what the compiler will lay out with the facts.
func layouts(pkg *types.Package, m *model.Model, f *facts.File, p facts.Port) error {
	sizes := types.SizesFor("gc", p.String())
	var errs []error
	for _, s := range m.Structs {
		if _, ok := s.Layout.On(p); !ok {
			continue // the port has none
		}
		obj := pkg.Scope().Lookup(s.Go)
		tag, _ := s.Tag.Tag()
		errs = append(errs, layout(sizes, obj.Type().Underlying().(*types.Struct), s, f.Struct(tag), p))
	}
	return errors.Join(errs...)
}

// layout compares one struct.
func layout(sizes types.Sizes, t *types.Struct, s *model.Struct, want *facts.Struct, p facts.Port) error {
	if got, size := sizes.Sizeof(t), want.Size.On(p); got != size {
		return fmt.Errorf("%s (%s) on %v: %d bytes in Go, %d in the facts", s.Go, s.C, p, got, size)
	}
	if got, align := sizes.Alignof(t), min(want.Align.On(p), p.PointerSize()); got > align {
		return fmt.Errorf("%s (%s) on %v: aligned to %d in Go, %d in the facts", s.Go, s.C, p, got, want.Align.On(p))
	}
	if s.Storage() {
		return nil
	}
	vars := make([]*types.Var, t.NumFields())
	for i := range vars {
		vars[i] = t.Field(i)
	}
	offsets := sizes.Offsetsof(vars)
	planned, _ := s.Layout.On(p)
	for i, field := range planned.Fields {
		if field.C == "" {
			continue
		}
		fact := want.Field(field.C)
		if got := offsets[i]; vars[i].Name() != field.Go || got != fact.Offset.On(p) {
			return fmt.Errorf("%s (%s), field %s (%s) on %v: at %d in Go, at %d in the facts", s.Go, s.C, field.Go, field.C, p, got, fact.Offset.On(p))
		}
		lay := sizes.Sizeof(vars[i].Type())
		if lay != field.Size {
			return fmt.Errorf("%s (%s), field %s (%s) on %v: %d bytes in Go, %d in the facts", s.Go, s.C, field.Go, field.C, p, lay, field.Size)
		}
	}
	return nil
}
