// Package lint gathers the checks that only this module needs.
// rawsyslint runs them; make lint does so for several systems.
package lint

import (
	"github.com/rawsys-go/rawsys/tools/lint/eintrcount"
	"github.com/rawsys-go/rawsys/tools/lint/syscallfile"
	"github.com/rawsys-go/rawsys/tools/lint/unsafefence"
	"golang.org/x/tools/go/analysis"
)

// Analyzers returns every check.
func Analyzers() []*analysis.Analyzer {
	return []*analysis.Analyzer{eintrcount.Analyzer, syscallfile.Analyzer, unsafefence.Analyzer}
}
