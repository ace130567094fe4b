//go:build unix

package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/testjson"
)

// suiteReport prints one line a package, as go test does, with counts. What a
// failing test printed is shown, and with -v what all did. Several guests report to
// it, each on a lane.
type suiteReport struct {
	*boot
	out      io.Writer
	packages []goPackage
	programs []program
	unbuilt  int  // packages that did not compile
	several  bool // architectures, which are named then

	mu     sync.Mutex // guards what follows, and out
	failed int        // packages, those among them
	total  testjson.Counts
	took   times
	said   map[string]bool // greetings and warnings, which all guests have
}

// name is what a package is called in the report.
func (s *suiteReport) name(p goPackage) string {
	if s.several {
		return p.ImportPath + " (" + p.goarch + ")"
	}
	return p.ImportPath
}

func (s *suiteReport) add(pkg goPackage, p program) {
	s.packages, s.programs = append(s.packages, pkg), append(s.programs, p)
}

func (s *suiteReport) buildFailed(pkg goPackage, err error) {
	s.unbuilt++
	s.failed++
	fmt.Fprintf(s.out, "# %s\n%v\nFAIL\t%s [build failed]\n", s.name(pkg), err, s.name(pkg))
}

func (s *suiteReport) noTests(pkg goPackage) {
	if s.verbose {
		fmt.Fprintf(s.out, "?   \t%s\t[no test files]\n", s.name(pkg))
	}
}

// leftOut says which packages a guest would not tell more about than this host.
func (s *suiteReport) leftOut(packages []goPackage) {
	if len(packages) == 0 {
		return
	}
	fmt.Fprintf(s.out, "%d packages are left out, whose code is the same on this system (-all runs them):", len(packages))
	for _, p := range packages {
		fmt.Fprintf(s.out, " %s", s.name(p))
	}
	fmt.Fprintln(s.out)
}

// once prints a line that is not there yet.
func (s *suiteReport) once(w io.Writer, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.said == nil {
		s.said = map[string]bool{}
	}
	if !s.said[line] {
		s.said[line] = true
		fmt.Fprintln(w, line)
	}
}

// trouble counts a failure of the runner's own tools as one of the tests.
func (s *suiteReport) trouble(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed++
	fmt.Fprintf(s.log, "vmexec: %v\n", err)
}

// ended counts a package that has run, and prints its line after what it printed.
func (s *suiteReport) ended(printed []byte, failed bool, line string, counts testjson.Counts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed {
		s.failed++
	}
	s.total.Passed += counts.Passed
	s.total.Failed += counts.Failed
	s.total.Skipped += counts.Skipped
	s.out.Write(printed)
	fmt.Fprintln(s.out, line)
}

// remember keeps how long a package took.
func (s *suiteReport) remember(p goPackage, elapsed time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.took == nil {
		s.took = times{}
	}
	s.took[p.key()] = elapsed.Round(time.Millisecond).Seconds()
}

// finish prints the sum and returns the exit status.
func (s *suiteReport) finish() int {
	fmt.Fprintf(s.out, "%d packages, %d failed: %v\n", len(s.packages)+s.unbuilt, s.failed, s.total)
	if s.failed > 0 {
		return 1
	}
	return 0
}
