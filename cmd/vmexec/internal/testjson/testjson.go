// Package testjson counts what go test -json reports.
package testjson

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Run holds the outcomes of one or more runs of go test.
type Run struct {
	tests   map[name]outcome
	running map[name][]string   // output of tests and packages not finished
	builds  map[string][]string // output of compilers, by what was built
	Failed  []Test
	Skipped []Test
}

// Test is a test, or a package without one to blame, and what it printed.
type Test struct {
	Package, Test string
	Output        []string
}

// Counts are numbers of tests, subtests among them.
type Counts struct{ Passed, Failed, Skipped int }

func (c Counts) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.Passed, c.Failed, c.Skipped)
}

type name struct{ pkg, test string }

type outcome int

const (
	skipped outcome = iota + 1
	passed
	failed
)

// event is a line of go test -json, as go doc test2json has it.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build output
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// Read adds a run. onPackage, when not nil, is called with a line about each
// package as it ends. A line that is no event is an error: it says what go
// test could not do.
func (r *Run) Read(in io.Reader, onPackage func(line string)) error {
	if r.tests == nil {
		r.tests, r.running, r.builds = map[name]outcome{}, map[name][]string{}, map[string][]string{}
	}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(strings.TrimSpace(string(line))) > 0 {
			var e event
			if jsonErr := json.Unmarshal(line, &e); jsonErr != nil {
				return fmt.Errorf("not an event of go test -json: %s", strings.TrimSpace(string(line)))
			}
			r.add(e, onPackage)
		}
		if err == io.EOF {
			return r.unfinished()
		}
		if err != nil {
			return err
		}
	}
}

// unfinished reports packages that started and never ended: go test was cut off.
func (r *Run) unfinished() error {
	for n := range r.running {
		if n.test == "" {
			return fmt.Errorf("%s: go test ended before its tests did", n.pkg)
		}
	}
	return nil
}

func (r *Run) add(e event, onPackage func(string)) {
	n := name{e.Package, e.Test}
	switch e.Action {
	case "start":
		r.running[n] = nil
	case "output":
		r.running[n] = append(r.running[n], e.Output)
	case "build-output":
		r.builds[e.ImportPath] = append(r.builds[e.ImportPath], e.Output)
	case "pass", "fail", "skip":
		r.end(n, e)
		if e.Test == "" && onPackage != nil {
			onPackage(r.packageLine(e))
		}
	}
}

// end records a test's outcome, or a package's when no test of it is to blame
// for its failure.
func (r *Run) end(n name, e event) {
	output := r.running[n]
	delete(r.running, n)
	if n.test == "" {
		if e.Action != "fail" || r.anyFailed(n.pkg) {
			return
		}
		output = append(r.builds[e.FailedBuild], output...)
	}
	o := map[string]outcome{"pass": passed, "fail": failed, "skip": skipped}[e.Action]
	r.tests[n] = max(r.tests[n], o)
	switch o {
	case failed:
		r.Failed = append(r.Failed, Test{n.pkg, n.test, output})
	case skipped:
		r.Skipped = append(r.Skipped, Test{n.pkg, n.test, output})
	}
}

func (r *Run) anyFailed(pkg string) bool {
	return slices.ContainsFunc(r.Failed, func(f Test) bool { return f.Package == pkg })
}

func (r *Run) packageLine(e event) string {
	counts := r.count(func(n name) bool { return n.pkg == e.Package })
	status := map[string]string{"pass": "ok  ", "fail": "FAIL", "skip": "?   "}[e.Action]
	if counts == (Counts{}) {
		return fmt.Sprintf("%s  %s  no tests", status, e.Package)
	}
	return fmt.Sprintf("%s  %s  %.1fs  %v", status, e.Package, e.Elapsed, counts)
}

// Counts counts each test once, however many runs it was in: as failed if it
// failed in any, as skipped if it passed in none.
func (r *Run) Counts() Counts { return r.count(func(name) bool { return true }) }

func (r *Run) count(wanted func(name) bool) Counts {
	var c Counts
	for n, o := range r.tests {
		switch {
		case !wanted(n):
		case o == passed:
			c.Passed++
		case o == failed:
			c.Failed++
		case o == skipped:
			c.Skipped++
		}
	}
	return c
}

// WriteFailures prints what the failed tests printed.
func (r *Run) WriteFailures(w io.Writer) {
	for _, t := range r.Failed {
		fmt.Fprintf(w, "--- FAIL: %v\n", t)
		for _, line := range t.Output {
			fmt.Fprintf(w, "    %s\n", strings.TrimRight(line, "\n"))
		}
	}
}

// WriteSkips prints a line for each skipped test, with its reason.
func (r *Run) WriteSkips(w io.Writer) {
	for _, t := range r.Skipped {
		fmt.Fprintf(w, "--- SKIP: %v: %s\n", t, t.reason())
	}
}

func (t Test) String() string { return strings.TrimSpace(t.Package + " " + t.Test) }

// reason is what a test printed, without the lines of package testing.
func (t Test) reason() string {
	var words []string
	for _, line := range t.Output {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			words = append(words, line)
		}
	}
	return strings.Join(words, " ")
}
