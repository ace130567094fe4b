package syscallfile

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// exportFacts marks the functions of a package that reach the kernel, through
// whatever functions and variables of the package lie between.
func exportFacts(pass *analysis.Pass) {
	g := graph{pass: pass, users: map[types.Object][]types.Object{}, marked: map[types.Object]bool{}}
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			g.addDecl(decl)
		}
	}
	for obj := range g.marked {
		if f, ok := obj.(*types.Func); ok && !valueMethod(f) {
			pass.ExportObjectFact(f, new(entersKernel))
		}
	}
}

// graph holds who uses whom among a package's declarations.
type graph struct {
	pass   *analysis.Pass
	users  map[types.Object][]types.Object
	marked map[types.Object]bool // reaches the kernel
}

func (g *graph) addDecl(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		obj := g.pass.TypesInfo.Defs[decl.Name]
		switch {
		case decl.Body != nil:
			g.addUses(obj, decl.Body)
		case !servesRuntime(decl.Name.Name):
			g.mark(obj)
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			spec, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for _, name := range spec.Names {
				for _, value := range spec.Values {
					g.addUses(g.pass.TypesInfo.Defs[name], value)
				}
			}
		}
	}
}

// addUses records what a declaration's body mentions.
func (g *graph) addUses(user types.Object, body ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		used := g.pass.TypesInfo.Uses[id]
		switch {
		case used == nil || used.Pkg() == nil:
		case g.marked[used] || g.entersKernel(used):
			g.mark(user)
		case used.Pkg() == g.pass.Pkg:
			g.users[used] = append(g.users[used], user)
		}
		return true
	})
}

// entersKernel asks the facts of the packages below.
func (g *graph) entersKernel(obj types.Object) bool {
	f, ok := obj.(*types.Func)
	return ok && f.Pkg() != g.pass.Pkg && g.pass.ImportObjectFact(f, new(entersKernel))
}

// mark marks an object and all that use it, now and later.
func (g *graph) mark(obj types.Object) {
	if obj == nil || g.marked[obj] {
		return
	}
	g.marked[obj] = true
	for _, user := range g.users[obj] {
		g.mark(user)
	}
}

// servesRuntime tells the functions without a body that ask Go's runtime, not
// the kernel: syscall has them for the environment and the scheduler.
func servesRuntime(name string) bool {
	return strings.HasPrefix(name, "runtime") || name == "Getpagesize"
}

// valueMethod reports whether f belongs to a type that is only a value: on
// Windows, Errno asks the system for its message.
func valueMethod(f *types.Func) bool {
	recv := f.Signature().Recv()
	if recv == nil {
		return false
	}
	named, ok := recv.Type().(*types.Named)
	return ok && (named.Obj().Name() == "Errno" || named.Obj().Name() == "Signal")
}
