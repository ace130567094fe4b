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

// targets are the values of GOARCH that packages are compiled for: those of a list,
// which the kernel must run, or else the kernel's own.
func targets(list, kernel string) ([]string, error) {
	if list == "" {
		return []string{kernel}, nil
	}
	goarchs := strings.Split(list, ",")
	runs := elfcheck.Runs(kernel)
	for i, goarch := range goarchs {
		if !slices.Contains(runs, goarch) || slices.Contains(goarchs[:i], goarch) {
			return nil, fault.New(fault.Binary, "set GOARCH or -goarch to "+strings.Join(runs, " or ")+", or take another kernel",
				"GOARCH=%s: the kernel is for %s", list, kernel)
		}
	}
	return goarchs, nil
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
			return named(listed, t), nil
		default:
			return nil, fmt.Errorf("go list: %w", err)
		}
	}
}

// compile makes the test binary of a package below dir; nil when it has no tests.
func (b *boot) compile(ctx context.Context, pkg goPackage, dir string, args []string) (*program, error) {
	if !pkg.tested() {
		return nil, nil
	}
	binary := filepath.Join(dir, filepath.Base(pkg.ImportPath)+".test")
	cmd := pkg.command(ctx, "test", "-c", "-o", binary, pkg.ImportPath)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, bytes.TrimSpace(out))
	}
	// The form of test2json tells reports from what tests print.
	args = append([]string{"-test.v=test2json"}, args...)
	p, err := newProgram(binary, args, pkg.Dir, b.timeout)
	return &p, err
}

// build compiles the tests of all packages, several at once, and adds them to the
// report in their order.
func (b *boot) build(ctx context.Context, packages []goPackage, work string, args []string, report *suiteReport) error {
	programs, errs := make([]*program, len(packages)), make([]error, len(packages))
	var all sync.WaitGroup
	free := make(chan struct{}, runtime.NumCPU())
	for i, pkg := range packages {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			programs[i], errs[i] = b.compile(ctx, pkg, filepath.Join(work, fmt.Sprint(i)), args)
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
