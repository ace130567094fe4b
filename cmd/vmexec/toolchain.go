//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/elfcheck"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
)

// defaultLimit is go test's, in its flag's form.
const defaultLimit = "-test.timeout=10m"

// target is the GOARCH that packages are compiled for: the environment's, which
// the kernel must run, or else the kernel's own.
func target(kernel string) (string, error) {
	goarch := os.Getenv("GOARCH")
	switch runs := elfcheck.Runs(kernel); {
	case goarch == "":
		return kernel, nil
	case slices.Contains(runs, goarch):
		return goarch, nil
	default:
		return "", fault.New(fault.Binary, "set GOARCH to "+strings.Join(runs, " or ")+", or take another kernel",
			"GOARCH=%s: the kernel is for %s", goarch, kernel)
	}
}

// toolchain is the go command for FreeBSD.
type toolchain struct {
	goarch string
	stderr io.Writer
}

func (t toolchain) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "GOOS=freebsd", "GOARCH="+t.goarch, "CGO_ENABLED=0")
	return cmd
}

// list lists packages, and what their tests are made of.
func (t toolchain) list(ctx context.Context, patterns []string) ([]goPackage, error) {
	const fields = "-json=ImportPath,Dir,Standard,DepOnly,ForTest,Module,GoFiles,TestGoFiles,XTestGoFiles,Deps"
	cmd := t.command(ctx, append([]string{"list", "-test", "-deps", fields}, patterns...)...)
	cmd.Stderr = t.stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fault.New(fault.QEMU, "", "go list: %v", err)
	}
	var listed []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		switch err := d.Decode(&p); err {
		case nil:
			listed = append(listed, p)
		case io.EOF:
			return named(listed), nil
		default:
			return nil, fmt.Errorf("go list: %w", err)
		}
	}
}

// compile makes the test binary of a package below dir; nil when it has no tests.
func (b *boot) compile(ctx context.Context, t toolchain, pkg goPackage, dir string, args []string) (*program, error) {
	if !pkg.tested() {
		return nil, nil
	}
	binary := filepath.Join(dir, filepath.Base(pkg.ImportPath)+".test")
	cmd := t.command(ctx, "test", "-c", "-o", binary, pkg.ImportPath)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, bytes.TrimSpace(out))
	}
	if !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-test.timeout") }) {
		args = append([]string{defaultLimit}, args...)
	}
	// The form of test2json tells reports from what tests print.
	args = append([]string{"-test.v=test2json"}, args...)
	p, err := newProgram(binary, args, pkg.Dir, b.timeout)
	return &p, err
}

// build compiles the tests of all packages, several at once, and adds them to the
// report in their order.
func (b *boot) build(ctx context.Context, t toolchain, packages []goPackage, work string, args []string, report *suiteReport) error {
	programs, errs := make([]*program, len(packages)), make([]error, len(packages))
	var all sync.WaitGroup
	free := make(chan struct{}, runtime.NumCPU())
	for i, pkg := range packages {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			programs[i], errs[i] = b.compile(ctx, t, pkg, filepath.Join(work, fmt.Sprint(i)), args)
		})
	}
	all.Wait()
	for i, pkg := range packages {
		switch {
		case errs[i] != nil:
			report.buildFailed(pkg, errs[i])
		case programs[i] == nil:
			report.noTests(pkg)
		default:
			report.add(pkg, *programs[i])
		}
	}
	return context.Cause(ctx)
}
