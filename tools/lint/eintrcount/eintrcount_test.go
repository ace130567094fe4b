package eintrcount_test

import (
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/tools/lint/eintrcount"
	"golang.org/x/tools/go/analysis/analysistest"
)

func TestAnalyzer(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	// Package math has functions without a body on most CPUs.
	analysistest.Run(t, analysistest.TestData(), eintrcount.Analyzer, "loops", "math")
}
