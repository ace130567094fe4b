//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// execTest is what go test -exec asks for: one test binary, as if it ran here. It
// returns the binary's exit status.
func (b *boot) execTest(ctx context.Context, stdout, stderr io.Writer) (int, error) {
	dir, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	p, err := newProgram(b.args[0], b.args[1:], dir, b.timeout)
	if err != nil {
		return 0, err
	}
	sink := &passThrough{boot: b, program: p, stdout: stdout, stderr: stderr, collector: collector{allowed: p.Collect}}
	if err := b.run(ctx, []program{p}, treeRoot(b.root, dir), sink); err != nil {
		return 0, err
	}
	if err := sink.close(); err != nil {
		return 0, err
	}
	return sink.result()
}

// newProgram returns the program of a test binary that runs in dir.
func newProgram(path string, args []string, dir string, limit time.Duration) (program, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return program{}, fault.New(fault.Binary, "", "%v", err)
	}
	p := program{Run: wire.Run{Path: path, Args: args, Dir: dir, Env: environment(os.Environ(), dir), Timeout: limit}}
	flags := testFlags(args)
	if limit == 0 {
		p.Timeout = flags.limit()
	}
	p.Collect, p.dirs = flags.outputs(dir)
	return p, nil
}

// treeRoot is the directory that the guest gets a copy of: the one asked for, else
// that of the module around dir, else dir.
func treeRoot(asked, dir string) string {
	if asked != "" {
		if abs, err := filepath.Abs(asked); err == nil {
			return abs
		}
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// environment is the host's, less what names things that the guest has not.
func environment(host []string, dir string) []string {
	own := []string{
		"HOME=/root", "LOGNAME=root", "PATH=/sbin:/bin:/usr/sbin:/usr/bin",
		"PWD=" + dir, "SHELL=/bin/sh", "TMPDIR=/tmp", "USER=root",
	}
	env := slices.DeleteFunc(slices.Clone(host), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, name+"=") }) ||
			strings.HasPrefix(name, "XDG_") || strings.HasPrefix(name, "LD_") || strings.HasPrefix(name, "DYLD_")
	})
	return append(env, own...)
}

// passThrough hands on what one test binary does.
type passThrough struct {
	*boot
	program        program
	stdout, stderr io.Writer
	status         wire.Status
	collector
}

func (s *passThrough) Hello(g wire.Greeting) {
	if s.verbose {
		fmt.Fprintf(s.log, "vmexec: FreeBSD %s (%d)\n", g.Release, g.Date)
	}
}

func (s *passThrough) Warning(text string) { fmt.Fprintf(s.log, "vmexec: guest: %s\n", text) }

func (s *passThrough) Start(int) {}

func (s *passThrough) Output(_ int, kind wire.Kind, data []byte) error {
	w := s.stdout
	if kind == wire.Stderr {
		w = s.stderr
	}
	_, err := w.Write(data)
	return err
}

func (s *passThrough) Exit(_ int, status wire.Status) { s.status = status }

// result is the binary's exit status, or why it has none of its own.
func (s *passThrough) result() (int, error) {
	warnKilled(s.log, s.program.Run, s.status)
	return outcome(s.program.Run, s.status)
}

// warnKilled says why the guest's kernel killed a test, which is a signal for its
// exit status like any other.
func warnKilled(w io.Writer, r wire.Run, s wire.Status) {
	if s.Killed == "" {
		return
	}
	fmt.Fprintf(w, "vmexec: the guest's kernel killed %s: %s\n", r.Path, s.Killed)
	if strings.Contains(s.Killed, "memory") || strings.Contains(s.Killed, "swap") {
		fmt.Fprintln(w, "\tthe guest was out of memory: -mem gives it more")
	}
}

// outcome turns the end of a run into an exit status, or into a fault when the
// test did not come to it by itself.
func outcome(r wire.Run, s wire.Status) (int, error) {
	switch {
	case s.Error != "":
		return 0, fault.New(fault.Binary, "", "%s could not be started in the guest: %s", r.Path, s.Error)
	case s.TimedOut:
		return 0, fault.New(fault.Timeout, "its goroutines are above, if it could still print them; -timeout sets the limit",
			"%s ran longer than %v", r.Path, r.Timeout)
	case s.Signal != 0:
		return s.ExitStatus(), nil
	}
	return s.Code, nil
}
