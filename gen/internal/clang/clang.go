// Package clang runs the C compiler that facts are extracted and witnessed
// with.
package clang

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// Compiler is the path of a clang.
type Compiler string

// Find returns the compiler with a name, and without one that of $CLANG,
// clang-19 or clang, whichever there is first.
func Find(name string) (Compiler, error) {
	names := []string{"clang-19", "clang"}
	if name == "" {
		name = os.Getenv("CLANG")
	}
	if name != "" {
		names = []string{name}
	}
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return Compiler(path), nil
		}
	}
	return "", fmt.Errorf("no C compiler %s: install clang (Debian: apt install clang-19), or name one by -cc or $CLANG",
		strings.Join(names, " or "))
}

// target returns clang's name for a port. The headers ask the compiler which
// release it compiles for.
func target(port facts.Port, release string) string {
	arch := [...]string{facts.AMD64: "x86_64", facts.ARM64: "aarch64", facts.I386: "i686", facts.ARM: "armv7", facts.RISCV64: "riscv64"}
	env := ""
	if port == facts.ARM {
		env = "-gnueabihf"
	}
	number, _, _ := strings.Cut(release, "-")
	return arch[port] + "-unknown-freebsd" + number + env
}

// A Job is something to compile.
type Job struct {
	Port    facts.Port
	Release string   // such as 15.0; empty while it isn't known
	Include []string // where headers are; no others are found
	Define  []string // macros, as NAME=VALUE
	Source  string
	Args    []string // what to do with it
}

// A Diagnostic is one error in what was compiled.
type Diagnostic struct {
	File string
	Line int
	Msg  string
	Note string // what the compiler adds
}

// Error is what stopped the compiler: errors in the source, in the order of
// their discovery.
type Error struct {
	Target string
	Diags  []Diagnostic
}

func (e *Error) Error() string {
	d := e.Diags[0]
	return fmt.Sprintf("%s:%d: %s (compiling for %s)", d.File, d.Line, d.Msg, e.Target)
}

// Lines returns which lines of a file have errors, counted from 0.
func (e *Error) Lines(file string) []int {
	var lines []int
	for _, d := range e.Diags {
		if d.File == file {
			lines = append(lines, d.Line-1)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

var diagnostic = regexp.MustCompile(`(?m)^(.+?):(\d+)(?::\d+)?: (?:fatal )?(error|note): (.*)$`)

// diagnostics reads what the compiler prints.
func diagnostics(stderr string) []Diagnostic {
	var diags []Diagnostic
	for _, m := range diagnostic.FindAllStringSubmatch(stderr, -1) {
		line, _ := strconv.Atoi(m[2]) // the expression matches digits
		if last := len(diags) - 1; m[3] == "error" {
			diags = append(diags, Diagnostic{File: m[1], Line: line, Msg: m[4]})
		} else if last >= 0 && diags[last].Note == "" {
			diags[last].Note = m[4]
		}
	}
	return diags
}

// slots are for compilers: there are as many at a time as processors.
var slots = make(chan struct{}, runtime.GOMAXPROCS(0))

// Run compiles a job and returns what the compiler writes. Errors in the
// source are an *Error. Jobs that have to wait start in the order in which they
// came.
func (cc Compiler) Run(ctx context.Context, j Job) ([]byte, error) {
	args := []string{"-target", target(j.Port, j.Release), "-std=gnu17", "-nostdlibinc", "-nobuiltininc", "-w", "-ferror-limit=0",
		"-fno-caret-diagnostics", "-fno-color-diagnostics"}
	for _, dir := range j.Include {
		args = append(args, "-isystem", dir)
	}
	for _, d := range j.Define {
		args = append(args, "-D"+d)
	}
	args = append(append(args, j.Args...), "-x", "c", "-")
	cmd := exec.CommandContext(ctx, string(cc), args...)
	cmd.Stdin = strings.NewReader(j.Source)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	slots <- struct{}{}
	defer func() { <-slots }()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case err == nil:
		return stdout.Bytes(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	ce := &Error{args[1], diagnostics(stderr.String())}
	var exit *exec.ExitError
	if len(ce.Diags) == 0 || !errors.As(err, &exit) {
		return nil, fmt.Errorf("%s: %w: %s", cc, err, bytes.TrimSpace(stderr.Bytes()))
	}
	return nil, ce
}

// EachPort calls do for every port, all at a time, and returns the first error.
// It stops the others.
func EachPort(ctx context.Context, ports []facts.Port, do func(ctx context.Context, i int, p facts.Port) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for i, p := range ports {
		wg.Go(func() {
			if err := do(ctx, i, p); err != nil {
				cancel(err) // the first one counts
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
