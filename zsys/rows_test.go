package zsys_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestRows reads the tables of TestEveryStub: a row that names a stub calls it, by
// itself or through a function of these tests. TestEveryStub counts what rows
// name, so that a stub could be named and never be called.
func TestRows(t *testing.T) {
	paths, err := filepath.Glob("*_freebsd_test.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%v: %v", paths, err)
	}
	helpers := make(map[string]ast.Node) // functions of these tests
	var rows []row
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				helpers[fn.Name.Name] = fn.Body
			}
		}
		rows = append(rows, readRows(t, f)...)
	}
	named := 0
	for _, r := range rows {
		calls := make(map[string]bool)
		collect(r.body, helpers, calls)
		for _, name := range r.names {
			named++
			if !calls["zsys."+name] {
				t.Errorf("the row of %s does not call it", name)
			}
		}
	}
	if t.Logf("%d rows name %d stubs", len(rows), named); named < 400 {
		t.Errorf("%d rows with %d stubs: were the tables understood?", len(rows), named)
	}
}

// row is a line of a table: the stubs that it names, and what it does.
type row struct {
	names []string
	body  ast.Expr
}

// readRows finds the rows of a file's tables of effects and of errnoCases.
func readRows(t *testing.T, f *ast.File) []row {
	t.Helper()
	var rows []row
	ast.Inspect(f, func(n ast.Node) bool {
		table, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		of, ok := table.Type.(*ast.ArrayType)
		if !ok || !slices.Contains([]string{"effect", "errnoCase"}, last(of.Elt)) {
			return true
		}
		for _, e := range table.Elts {
			rows = append(rows, readRow(t, e))
		}
		return false
	})
	return rows
}

// readRow takes a row apart, a literal or what a call makes of its arguments: the
// first value names stubs, and a function calls them.
func readRow(t *testing.T, e ast.Expr) row {
	t.Helper()
	var values []ast.Expr
	switch e := e.(type) {
	case *ast.CompositeLit:
		values = e.Elts
	case *ast.CallExpr:
		values = e.Args
	}
	var r row
	for i, v := range values {
		key := "run"
		if kv, ok := v.(*ast.KeyValueExpr); ok {
			key, v = last(kv.Key), kv.Value
		}
		switch v := v.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(v.Value); i == 0 && err == nil {
				r.names = strings.Fields(text)
			}
		case *ast.FuncLit, *ast.Ident, *ast.CallExpr:
			if key == "run" && r.body == nil {
				r.body = v
			}
		}
	}
	if len(r.names) == 0 || r.body == nil {
		t.Fatalf("a row of %v names no stub, or calls none", r.names)
	}
	return r
}

// collect adds the functions of zsys that a node uses, and those that the
// functions which it uses do.
func collect(n ast.Node, helpers map[string]ast.Node, calls map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if last(n.X) == "zsys" {
				calls["zsys."+n.Sel.Name] = true
			}
		case *ast.Ident:
			if body, ok := helpers[n.Name]; ok && !calls[n.Name] {
				calls[n.Name] = true
				collect(body, helpers, calls)
			}
		}
		return true
	})
}
