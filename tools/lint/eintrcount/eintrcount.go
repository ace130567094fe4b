// Package eintrcount finds loops that retry a transfer after EINTR and forget
// what had already left.
//
// sendfile(2) on FreeBSD and macOS, and most functions built over read and
// write, may move bytes and report EINTR in the same call. A loop that goes
// round on EINTR without looking at the count sends those bytes twice, or
// reports fewer than left.
package eintrcount

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/cfg"
)

// Analyzer reports transfers whose count is unread when EINTR retries them.
var Analyzer = &analysis.Analyzer{
	Name:     "eintrcount",
	Doc:      "report loops that retry a transfer after EINTR without using its count",
	Requires: []*analysis.Analyzer{inspect.Analyzer, ctrlflow.Analyzer},
	Run:      run,
}

func run(pass *analysis.Pass) (any, error) {
	cfgs := pass.ResultOf[ctrlflow.Analyzer].(*ctrlflow.CFGs)
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	in.Preorder([]ast.Node{(*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)}, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.FuncDecl:
			checkFunc(pass, cfgs.FuncDecl(n))
		case *ast.FuncLit:
			checkFunc(pass, cfgs.FuncLit(n))
		}
	})
	return nil, nil
}

func checkFunc(pass *analysis.Pass, g *cfg.CFG) {
	if g == nil { // a function without a body, or named _
		return
	}
	for _, b := range g.Blocks {
		if !b.Live {
			continue
		}
		for i, n := range b.Nodes {
			t, ok := newTransfer(pass.TypesInfo, n)
			if !ok {
				continue
			}
			w := walk{info: pass.TypesInfo, transfer: t, seen: map[visit]bool{}}
			if w.retries(b, i+1, state{}) {
				pass.ReportRangef(n, "%s is retried after EINTR but %s is not used: bytes that left before the signal are lost; "+
					"add it to the total and advance the offset before the retry", t.name, t.countName())
			}
		}
	}
}

// walk follows the paths that a function takes when its transfer fails with
// EINTR.
type walk struct {
	info     *types.Info
	transfer transfer
	seen     map[visit]bool
}

// visit is a block entered in a state.
type visit struct {
	block *cfg.Block
	state
}

// state is what the path so far tells.
type state struct {
	asked    bool // a condition has singled out EINTR
	replaced bool // the error variable has another value since
}

// retries reports whether the path from node i of b comes back to the transfer
// because of EINTR, with the count unread. A loop that retries on any error at
// all is not this analyzer's business.
func (w *walk) retries(b *cfg.Block, i int, s state) bool {
	for _, n := range b.Nodes[i:] {
		switch {
		case n == w.transfer.node:
			return s.asked
		case w.transfer.readBy(w.info, n):
			return false
		case w.transfer.errReplacedBy(w.info, n):
			if !s.asked {
				return false
			}
			s.replaced = true
		}
	}
	succs := b.Succs
	if !s.replaced {
		var asked bool
		succs, asked = w.feasible(b)
		s.asked = s.asked || asked
	}
	for _, next := range succs {
		v := visit{next, s}
		if w.seen[v] {
			continue
		}
		w.seen[v] = true
		if w.retries(next, 0, s) {
			return true
		}
	}
	return false
}

// feasible returns the successors of b that an EINTR can take, and whether its
// condition asked for EINTR by name.
func (w *walk) feasible(b *cfg.Block) (succs []*cfg.Block, asked bool) {
	if len(b.Succs) != 2 || len(b.Nodes) == 0 {
		return b.Succs, false
	}
	cond, ok := b.Nodes[len(b.Nodes)-1].(ast.Expr)
	if !ok {
		return b.Succs, false
	}
	switch value, named := w.eval(cond); value {
	case yes:
		return b.Succs[:1], named
	case no:
		return b.Succs[1:], named
	default:
		return b.Succs, named
	}
}
