//go:build unix

package main

import (
	"fmt"
	"io"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/testjson"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// suiteReport prints one line a package, as go test does, with counts. What a
// failing test printed is shown, and with -v what all did.
type suiteReport struct {
	*boot
	out      io.Writer
	packages []goPackage
	programs []program
	unbuilt  int // packages that did not compile
	failed   int // packages, those among them
	current  *tally
	total    testjson.Counts
	collector
}

func (s *suiteReport) add(pkg goPackage, p program) {
	s.packages, s.programs = append(s.packages, pkg), append(s.programs, p)
	s.allowed = append(s.allowed, p.Collect...)
}

func (s *suiteReport) buildFailed(pkg goPackage, err error) {
	s.unbuilt++
	s.failed++
	fmt.Fprintf(s.out, "# %s\n%v\nFAIL\t%s [build failed]\n", pkg.ImportPath, err, pkg.ImportPath)
}

func (s *suiteReport) noTests(pkg goPackage) {
	if s.verbose {
		fmt.Fprintf(s.out, "?   \t%s\t[no test files]\n", pkg.ImportPath)
	}
}

func (s *suiteReport) Hello(g wire.Greeting) {
	fmt.Fprintf(s.out, "FreeBSD %s (%d)\n", g.Release, g.Date)
}

func (s *suiteReport) Warning(text string) { fmt.Fprintf(s.log, "vmexec: guest: %s\n", text) }

func (s *suiteReport) Start(run int) {
	var show io.Writer
	if s.verbose {
		show = s.out
	}
	t, err := newTally(s.packages[run].ImportPath, show)
	if err != nil {
		s.trouble(err)
		return
	}
	s.current = t
}

func (s *suiteReport) Output(_ int, _ wire.Kind, data []byte) error {
	w := s.out // there is no test2json, which has been said
	if s.current != nil {
		w = s.current
	}
	_, err := w.Write(data)
	return err
}

func (s *suiteReport) Exit(run int, status wire.Status) {
	word := "ok  "
	code, err := outcome(s.programs[run].Run, status)
	if err != nil || code != 0 {
		s.failed++
		word = "FAIL"
	}
	counts := s.endTally()
	if err != nil {
		fmt.Fprintln(s.out, err)
	} else if code > 1 {
		fmt.Fprintf(s.out, "exit status %d\n", code)
	}
	fmt.Fprintf(s.out, "%s\t%s\t%.3fs\t%v\n", word, s.packages[run].ImportPath, status.Elapsed.Seconds(), counts)
	s.total.Passed += counts.Passed
	s.total.Failed += counts.Failed
	s.total.Skipped += counts.Skipped
}

// endTally ends the tally of the run, and shows what failed and was skipped.
func (s *suiteReport) endTally() testjson.Counts {
	t := s.current
	s.current = nil
	if t == nil {
		return testjson.Counts{}
	}
	if err := t.end(); err != nil {
		s.trouble(err)
	}
	t.WriteFailures(s.out)
	t.WriteSkips(s.out)
	return t.Counts()
}

// trouble counts a failure of the runner's own tools as one of the tests.
func (s *suiteReport) trouble(err error) {
	s.failed++
	fmt.Fprintf(s.log, "vmexec: %v\n", err)
}

// abandon ends the report when the machine failed.
func (s *suiteReport) abandon() error {
	s.endTally()
	return s.close()
}

// finish prints the sum and returns the exit status.
func (s *suiteReport) finish() int {
	if err := s.close(); err != nil {
		s.trouble(err)
	}
	fmt.Fprintf(s.out, "%d packages, %d failed: %v\n", len(s.packages)+s.unbuilt, s.failed, s.total)
	if s.failed > 0 {
		return 1
	}
	return 0
}
