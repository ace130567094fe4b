package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/internal/gotool"
)

// checker checks packages of the module in dir for one target after another.
type checker struct {
	dir      string
	packages []string
	until    time.Time    // begin nothing later, unless zero
	types    *typeChecker // checks every target first, unless nil
}

// step is one check; it returns what it did, in words.
type step func(context.Context, gotool.Target) (string, error)

// check runs every step for a target, and returns what passed. The steps do not
// build on each other: a step's failure hides no other's.
func (c checker) check(ctx context.Context, t gotool.Target) (done []string, err error) {
	links, err := c.links(ctx, t)
	if err != nil {
		return nil, err
	}
	steps := []step{c.vet, c.linkTests, c.consume}
	if !links {
		steps = []step{c.compileTests, c.consumeLibrary}
	}
	var errs []error
	for _, step := range steps {
		word, err := step(ctx, t)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		done = append(done, word)
	}
	return done, errors.Join(errs...)
}

// links reports whether Go's own linker serves a target. For the others, some
// of Android's and iOS's, the go command vets and builds no program and no test
// without a C compiler for that system.
func (c checker) links(ctx context.Context, t gotool.Target) (bool, error) {
	out, err := t.Run(ctx, c.dir, append([]string{"list", "-e", "-test", "-f", `{{with .Error}}{{.Err}}{{end}}`}, c.packages...)...)
	return !strings.Contains(out, needsC), err
}

// needsC is how the go command says so.
const needsC = "requires external (cgo) linking"

func (c checker) vet(ctx context.Context, t gotool.Target) (string, error) {
	_, err := t.Run(ctx, c.dir, append([]string{"vet"}, c.packages...)...)
	return "vet", err
}

// linkTests builds the test binary of each package, and throws it away.
func (c checker) linkTests(ctx context.Context, t gotool.Target) (string, error) {
	const count = `{{if or .TestGoFiles .XTestGoFiles}}.{{end}}`
	out, err := t.Run(ctx, c.dir, append([]string{"list", "-f", count}, c.packages...)...)
	if err != nil {
		return "", err
	}
	_, err = t.Run(ctx, c.dir, append([]string{"test", "-c", "-ldflags=-s -w", "-o", os.DevNull}, c.packages...)...)
	return fmt.Sprintf("%d test binaries", strings.Count(out, ".")), err
}

// compileTests compiles packages and tests without vet and the linker.
func (c checker) compileTests(ctx context.Context, t gotool.Target) (string, error) {
	const errorsOf = `{{with .Error}}{{.Err}}{{"\n"}}{{end}}`
	out, err := t.Run(ctx, c.dir, append([]string{"list", "-e", "-export", "-test", "-f", errorsOf}, c.packages...)...)
	if err != nil {
		return "", err
	}
	var found []string
	for line := range strings.Lines(out) {
		if strings.TrimSpace(line) != "" && !strings.Contains(line, needsC) {
			found = append(found, strings.TrimRight(line, "\n"))
		}
	}
	if len(found) > 0 {
		return "", fmt.Errorf("go list -export:\n%s", strings.Join(found, "\n"))
	}
	return "compiled only (vet and link need its C compiler)", nil
}
