package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
)

// counts are of tests and subtests.
type counts struct{ passed, failed, skipped int }

func (c counts) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.passed, c.failed, c.skipped)
}

func (c *counts) add(o counts) {
	c.passed += o.passed
	c.failed += o.failed
	c.skipped += o.skipped
}

// tally counts the tests of one binary, whose output is written to it. go tool
// test2json tells tests' reports from what tests print.
type tally struct {
	counts
	io.WriteCloser // to test2json
	cmd            *exec.Cmd
	done           chan error
	show           io.Writer
	verbose        bool                        // show all output
	output         map[string]*strings.Builder // of tests that have not ended; "" is outside of any
	skips          []string                    // names and reasons
}

// newTally returns a tally that shows what failed tests printed.
func newTally(show io.Writer, verbose bool) (*tally, error) {
	t := &tally{
		cmd: exec.Command("go", "tool", "test2json"), done: make(chan error, 1),
		show: show, verbose: verbose, output: map[string]*strings.Builder{},
	}
	var err error
	if t.WriteCloser, err = t.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	events, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := t.cmd.Start(); err != nil {
		return nil, fmt.Errorf("go tool test2json: %w", err)
	}
	go func() { t.done <- t.read(events) }()
	return t, nil
}

// testEvent is what test2json says; see its documentation.
type testEvent struct{ Action, Test, Output string }

func (t *tally) read(events io.Reader) error {
	d := json.NewDecoder(events)
	for {
		var e testEvent
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("go tool test2json: %w", err)
		}
		t.take(e)
	}
}

func (t *tally) take(e testEvent) {
	switch {
	case e.Action == "output":
		t.print(e)
	case e.Test == "": // about the whole binary, whose exit status says it better
	case e.Action == "pass":
		t.passed++
		t.text(e.Test)
	case e.Action == "fail":
		t.failed++
		t.dump(e.Test)
	case e.Action == "skip":
		t.skipped++
		t.skips = append(t.skips, e.Test+": "+reason(t.text(e.Test)))
	}
}

func (t *tally) print(e testEvent) {
	if t.verbose {
		io.WriteString(t.show, e.Output)
	}
	b := t.output[e.Test]
	if b == nil {
		b = new(strings.Builder)
		t.output[e.Test] = b
	}
	b.WriteString(e.Output)
}

// text takes what a test printed.
func (t *tally) text(test string) string {
	b := t.output[test]
	delete(t.output, test)
	if b == nil {
		return ""
	}
	return b.String()
}

// dump shows what a test printed, unless it has been shown.
func (t *tally) dump(test string) {
	text := t.text(test)
	if t.verbose {
		return
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "=== ") && line != "PASS\n" && line != "FAIL\n" {
			io.WriteString(t.show, line)
		}
	}
}

// reason is the last thing that a skipped test said.
func reason(output string) string {
	last := "no reason given"
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			last = line
		}
	}
	return last
}

// end waits until all has been counted. After a failure it shows what was printed
// by tests that did not end, and outside of tests.
func (t *tally) end(failed bool) error {
	t.Close()
	err := errors.Join(<-t.done, t.cmd.Wait())
	if failed {
		for _, test := range slices.Sorted(maps.Keys(t.output)) {
			t.dump(test)
		}
	}
	return err
}
