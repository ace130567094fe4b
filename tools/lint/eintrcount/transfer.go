package eintrcount

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/tools/go/types/typeutil"
)

// transfer is an assignment of a call that moves bytes and can be interrupted.
type transfer struct {
	node   ast.Node     // the assignment
	name   string       // the function called
	err    types.Object // the variable that takes its error
	counts []*types.Var // the variables that take its counts; none: discarded
}

// newTransfer recognizes n, err = Write(p) and errno = Sendfile(..., &n), by
// the function's name and by its types.
func newTransfer(info *types.Info, n ast.Node) (transfer, bool) {
	assign, ok := n.(*ast.AssignStmt)
	if !ok || len(assign.Rhs) != 1 {
		return transfer{}, false
	}
	call, ok := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr)
	if !ok {
		return transfer{}, false
	}
	t := transfer{node: n, name: calleeName(call)}
	if !movesBytes(t.name) || kernelCountsNothing(info, call) {
		return transfer{}, false
	}
	counted := false
	for i, lhs := range assign.Lhs {
		typ := resultType(info, call, i)
		id, _ := lhs.(*ast.Ident)
		switch {
		case typ == nil || id == nil:
		case isError(typ):
			t.err = info.ObjectOf(id)
		case isInteger(typ):
			counted = true
			t.addCount(info, id)
		}
	}
	if !counted {
		counted = t.addPointers(info, call.Args)
	}
	return t, counted && t.err != nil
}

func (t *transfer) addCount(info *types.Info, id *ast.Ident) {
	if v, ok := info.ObjectOf(id).(*types.Var); ok && id.Name != "_" {
		t.counts = append(t.counts, v)
	}
}

// addPointers takes the integers that the call is given the address of.
func (t *transfer) addPointers(info *types.Info, args []ast.Expr) bool {
	for _, arg := range args {
		addr, ok := ast.Unparen(arg).(*ast.UnaryExpr)
		if !ok || addr.Op != token.AND {
			continue
		}
		if id, ok := addr.X.(*ast.Ident); ok && isInteger(info.TypeOf(id)) {
			t.addCount(info, id)
		}
	}
	return len(t.counts) > 0
}

func (t *transfer) countName() string {
	if len(t.counts) == 0 {
		return "its count"
	}
	return "its count " + t.counts[0].Name()
}

// readBy reports whether n reads a count. An assignment to one is no reading.
func (t *transfer) readBy(info *types.Info, n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
				return true
			}
			for _, e := range append(slices.Clip(n.Rhs), indirect(n.Lhs)...) {
				found = found || t.readBy(info, e)
			}
			return false
		case *ast.Ident:
			for _, c := range t.counts {
				found = found || info.Uses[n] == c
			}
		}
		return !found
	})
	return found
}

// errReplacedBy reports whether n gives the error variable another value.
func (t *transfer) errReplacedBy(info *types.Info, n ast.Node) bool {
	assign, ok := n.(*ast.AssignStmt)
	if !ok {
		return false
	}
	for _, e := range assign.Lhs {
		if id, ok := e.(*ast.Ident); ok && info.ObjectOf(id) == t.err {
			return true
		}
	}
	return false
}

// indirect returns the assigned expressions that are more than a variable: the
// n in p[n] = 0 is read.
func indirect(lhs []ast.Expr) []ast.Expr {
	var out []ast.Expr
	for _, e := range lhs {
		if _, ok := e.(*ast.Ident); !ok {
			out = append(out, e)
		}
	}
	return out
}

func calleeName(call *ast.CallExpr) string {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// movesBytes reports whether a word of the name is that of a transfer:
// writeAll and copyFileRange are, threadID is not.
func movesBytes(name string) bool {
	for _, word := range words(name) {
		switch strings.TrimRight(word, "0123456789") {
		case "read", "readv", "pread", "preadv", "write", "writev", "pwrite", "pwritev",
			"send", "sendto", "sendmsg", "sendfile", "sendfilev", "recv", "recvfrom", "recvmsg",
			"copy", "splice", "transfer":
			return true
		}
	}
	return false
}

// words splits a name at underscores and where capitals begin, in lower case.
func words(name string) []string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) || r == '_' {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(strings.ReplaceAll(b.String(), "_", " "))
}

// kernelCountsNothing reports whether the callee is the kernel's own read or
// write: after EINTR POSIX has nothing moved and -1 for a count. Calls that move
// a whole file, like sendfile, promise no such thing.
func kernelCountsNothing(info *types.Info, call *ast.CallExpr) bool {
	f, ok := typeutil.Callee(info, call).(*types.Func)
	if !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
		return false
	}
	switch path := f.Pkg().Path(); {
	case path == "syscall", path == "golang.org/x/sys/unix", strings.HasSuffix(path, "/rawsys/zsys"):
	default:
		return false
	}
	for _, word := range words(f.Name()) {
		switch word {
		case "sendfile", "sendfilev", "copy", "splice":
			return false
		}
	}
	return true
}

func resultType(info *types.Info, call *ast.CallExpr, i int) types.Type {
	if tuple, ok := info.TypeOf(call).(*types.Tuple); ok {
		return tuple.At(i).Type()
	}
	return info.TypeOf(call)
}

func isInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// isError takes Errno types for errors, although they are integers too.
func isError(t types.Type) bool {
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}
