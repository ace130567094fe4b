package eintrcount

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
)

// truth is what a condition comes to when the transfer's error is EINTR.
type truth int

const (
	unknown truth = iota
	yes
	no
)

func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

var errnoName = regexp.MustCompile(`^E[A-Z0-9]{2,}$`)

// eval evaluates a condition under the assumption that the error is EINTR.
// named tells that EINTR's name is what decided it.
func (w *walk) eval(e ast.Expr) (value truth, named bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			value, named = w.eval(e.X)
			return value.not(), named
		}
	case *ast.BinaryExpr:
		return w.evalBinary(e)
	case *ast.CallExpr:
		if calleeName(e) == "Is" && len(e.Args) == 2 {
			return w.is(e.Args[1])
		}
	case *ast.Ident, *ast.SelectorExpr: // a case of a switch over the error
		if !isBool(w.info.TypeOf(e)) {
			return w.is(e)
		}
	}
	return unknown, false
}

func (w *walk) evalBinary(e *ast.BinaryExpr) (truth, bool) {
	switch e.Op {
	case token.LAND, token.LOR:
		x, xNamed := w.eval(e.X)
		y, yNamed := w.eval(e.Y)
		return join(e.Op, x, y), xNamed || yNamed
	case token.EQL, token.NEQ:
		value, named := w.equal(e.X, e.Y)
		if value == unknown {
			value, named = w.equal(e.Y, e.X)
		}
		if e.Op == token.NEQ {
			value = value.not()
		}
		return value, named
	}
	return unknown, false
}

// join is three-valued && and ||.
func join(op token.Token, x, y truth) truth {
	decisive := no
	if op == token.LOR {
		decisive = yes
	}
	switch {
	case x == decisive || y == decisive:
		return decisive
	case x == unknown || y == unknown:
		return unknown
	}
	return decisive.not()
}

// equal compares an expression that may hold the error with a value.
func (w *walk) equal(x, value ast.Expr) (truth, bool) {
	if t, named := w.is(value); t != unknown && named {
		return t, named
	}
	if id, ok := ast.Unparen(x).(*ast.Ident); ok && w.info.ObjectOf(id) == w.transfer.err {
		return w.is(value)
	}
	return unknown, false
}

// is reports whether EINTR equals the value: an errno's name, nil or zero.
func (w *walk) is(value ast.Expr) (t truth, named bool) {
	tv := w.info.Types[value]
	switch name := lastName(value); {
	case name == "EINTR":
		return yes, true
	case errnoName.MatchString(name), tv.IsNil():
		return no, false
	case tv.Value != nil && tv.Value.Kind() == constant.Int && constant.Sign(tv.Value) == 0:
		return no, false
	}
	return unknown, false
}

func lastName(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}
