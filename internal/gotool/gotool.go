// Package gotool runs the go command for targets other than the host.
package gotool

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
)

// Emulator is the environment variable that names the program under which a
// test binary of a foreign CPU runs, if it does.
const Emulator = "RAWSYS_EMULATOR"

// Target is a system and an architecture that Go builds for.
type Target struct{ OS, Arch string }

func (t Target) String() string { return t.OS + "/" + t.Arch }

// broken is what the toolchain can build, but leaves out of its list.
var broken = Target{"freebsd", "riscv64"}

// Targets returns every target of the toolchain and freebsd/riscv64, which Go
// 1.26 calls broken and still builds. FreeBSD's come first.
func Targets(ctx context.Context) ([]Target, error) {
	out, err := exec.CommandContext(ctx, "go", "tool", "dist", "list").Output()
	if err != nil {
		return nil, fmt.Errorf("go tool dist list: %w", err)
	}
	var targets []Target
	for word := range strings.FieldsSeq(string(out)) {
		os, arch, _ := strings.Cut(word, "/")
		targets = append(targets, Target{os, arch})
	}
	if !slices.Contains(targets, broken) {
		targets = append(targets, broken)
	}
	slices.SortFunc(targets, func(a, b Target) int {
		return cmp.Or(a.rank()-b.rank(), strings.Compare(a.String(), b.String()))
	})
	return targets, nil
}

// Select returns the targets that a pattern of the list matches: freebsd,
// freebsd/386, */arm. No pattern selects all; one that matches nothing is an
// error.
func Select(targets []Target, patterns []string) ([]Target, error) {
	if len(patterns) == 0 {
		return targets, nil
	}
	selected := map[Target]bool{}
	for _, p := range patterns {
		n := len(selected)
		for _, t := range targets {
			ok, err := t.match(p)
			if err != nil {
				return nil, fmt.Errorf("target %q: %w", p, err)
			}
			if ok {
				selected[t] = true
			}
		}
		if len(selected) == n {
			return nil, fmt.Errorf("target %q: go tool dist list has none like it, or another pattern has it already", p)
		}
	}
	return slices.DeleteFunc(slices.Clone(targets), func(t Target) bool { return !selected[t] }), nil
}

func (t Target) rank() int {
	if t.OS == "freebsd" {
		return 0
	}
	return 1
}

func (t Target) match(pattern string) (bool, error) {
	if ok, err := path.Match(pattern, t.OS); ok || err != nil {
		return ok, err
	}
	return path.Match(pattern, t.String())
}

// Command is the go command in dir, building for t without cgo.
func (t Target) Command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = t.Env()
	return cmd
}

// Env is this process's environment, with which the go command builds for t without cgo.
func (t Target) Env() []string {
	return append(os.Environ(), "GOOS="+t.OS, "GOARCH="+t.Arch, "CGO_ENABLED=0")
}

// Run runs the go command and returns what it prints. An error holds all of it.
func (t Target) Run(ctx context.Context, dir string, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer // one each: os/exec fills them at the same time
	cmd := t.Command(ctx, dir, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		said := append(stderr.Bytes(), stdout.Bytes()...)
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, bytes.TrimSpace(said))
	}
	return stdout.String(), nil
}
