//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/testjson"
)

// tally counts the tests of one binary, whose output is written to it. go tool
// test2json tells tests' reports from what tests print.
type tally struct {
	testjson.Run
	events io.WriteCloser // to test2json
	cmd    *exec.Cmd
	done   chan error
	show   io.Writer // gets all output, unless nil
}

func newTally(pkg string, show io.Writer) (*tally, error) {
	t := &tally{cmd: exec.Command("go", "tool", "test2json", "-p", pkg), done: make(chan error, 1), show: show}
	t.cmd.Env = append(os.Environ(), "GOOS=", "GOARCH=") // it runs here
	var err error
	if t.events, err = t.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	events, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := t.cmd.Start(); err != nil {
		return nil, fmt.Errorf("go tool test2json: %w", err)
	}
	go func() { t.done <- t.Read(events, nil) }()
	return t, nil
}

// marker stands before the reports in the form of output for test2json.
const marker = "\x16"

func (t *tally) Write(p []byte) (int, error) {
	if t.show != nil {
		if _, err := t.show.Write(bytes.ReplaceAll(p, []byte(marker), nil)); err != nil {
			return 0, err
		}
	}
	return t.events.Write(p)
}

// end waits until all has been counted.
func (t *tally) end() error {
	t.events.Close()
	return errors.Join(<-t.done, t.cmd.Wait())
}
