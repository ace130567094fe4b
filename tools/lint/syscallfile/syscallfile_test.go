package syscallfile_test

import (
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/tools/lint/syscallfile"
	"golang.org/x/tools/go/analysis/analysistest"
)

func TestAnalyzer(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	analysistest.Run(t, analysistest.TestData(), syscallfile.Analyzer,
		"github.com/rawsys-go/rawsys/core", "github.com/rawsys-go/rawsys/zsys",
		"github.com/rawsys-go/rawsys/examples/free", "elsewhere")
}
