// Package sweep puts every header of a tree through extraction, and has the
// compiler confirm what comes out: what a manifest may name tomorrow is tried
// today.
package sweep

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
)

// Options say what to sweep.
type Options struct {
	Tree     *headers.Tree
	CC       clang.Compiler
	Ports    []facts.Port
	Others   []*facts.File                    // what a base system needs, see package extract
	Only     string                           // a part of the headers' names; empty: all
	Every    int                              // put only every Nth header through
	Batch    int                              // how many headers to put through at once, where they allow it
	Progress func(done, all int, name string) // may be nil
	Result   func(Result)                     // is told of each header; may be nil
}

// An Outcome is what became of a header.
type Outcome int

// The outcomes, from good to bad.
const (
	Passed  Outcome = iota // extracted whole, and confirmed
	Partly                 // some of it was refused with the reason; the rest was confirmed
	Empty                  // has neither constants nor types
	Guarded                // says itself that programs are not to include it, or not in C
	Needs                  // does not compile behind the usual headers: a manifest has to say what it needs
	Failed                 // extraction failed
	Wrong                  // the compiler contradicts what was extracted
	outcomes
)

var outcomeNames = [outcomes]string{"passed", "passed in part", "has nothing", "refuses to be included", "needs other headers", "failed", "wrong"}

func (o Outcome) String() string { return outcomeNames[o] }

// A Result is what became of one header, and why.
type Result struct {
	Header     string
	Outcome    Outcome
	Reasons    []string
	Assertions int // that the compiler confirmed
}

// Run sweeps the tree.
func Run(ctx context.Context, o Options) ([]Result, error) {
	s := &sweep{Options: o}
	var err error
	if s.release, err = o.Tree.Release(ctx, o.CC, o.Ports[0]); err != nil {
		return nil, err
	}
	names, err := o.names()
	if err != nil {
		return nil, err
	}
	return s.all(ctx, names)
}

// names lists the headers to put through.
func (o Options) names() ([]string, error) {
	var all []string
	for _, p := range o.Ports {
		list, err := o.Tree.List(p)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.Sort(all)
	var names []string
	for i, name := range slices.DeleteFunc(slices.Compact(all), func(name string) bool { return !strings.Contains(name, o.Only) }) {
		if i%max(o.Every, 1) == 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no header in %s has %q in its name", o.Tree.Root, o.Only)
	}
	return names, nil
}

type sweep struct {
	Options
	release facts.Release
	out     []Result
}
