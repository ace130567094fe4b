//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
)

// defaultLimit is go test's, in its flag's form.
const defaultLimit = "-test.timeout=10m"

// suite compiles the tests of packages and runs all on one machine. The status is
// 1 when a test failed.
func (b *boot) suite(ctx context.Context, stdout, stderr io.Writer) (int, error) {
	patterns, args, err := splitArgs(b.args[1:])
	if err != nil {
		return 0, err
	}
	work, err := os.MkdirTemp("", "vmexec")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(work)
	packages, err := listPackages(ctx, patterns, stderr)
	if err != nil {
		return 0, err
	}
	report := &suiteReport{boot: b, out: stdout}
	var programs []program
	for i, pkg := range packages {
		p, err := b.compile(ctx, pkg, filepath.Join(work, fmt.Sprint(i)), args)
		switch {
		case err != nil:
			report.buildFailed(pkg, err)
		case p == nil:
			report.noTests(pkg)
		default:
			programs = append(programs, *p)
			report.add(pkg, *p)
		}
	}
	if len(programs) == 0 {
		return report.finish(), nil
	}
	if err := b.run(ctx, programs, treeRoot(b.root, packages[0].Dir), report); err != nil {
		return 0, errors.Join(err, report.abandon())
	}
	return report.finish(), nil
}

// splitArgs divides packages from what follows -args. Flags among the packages are
// somebody's who thinks of go test.
func splitArgs(args []string) (patterns, tests []string, err error) {
	if i := slices.Index(args, "-args"); i >= 0 {
		args, tests = args[:i], args[i+1:]
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	if i := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "-") }); i >= 0 {
		return nil, nil, fault.New(fault.Usage,
			"vmexec's flags stand before test, those of the tests behind -args, as in -args -test.run=X, and those of the go command in GOFLAGS",
			"test: %s is no package", args[i])
	}
	return args, tests, nil
}

// goPackage is what is needed of go list's answer.
type goPackage struct {
	ImportPath, Dir           string
	TestGoFiles, XTestGoFiles []string
}

func (p goPackage) tested() bool { return len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 }

// targetEnv is the environment in which packages are listed and compiled. GOARCH
// is the user's when the kernel can run it.
func targetEnv() []string {
	arch := os.Getenv("GOARCH")
	if arch != "386" {
		arch = "amd64"
	}
	return append(os.Environ(), "GOOS=freebsd", "GOARCH="+arch, "CGO_ENABLED=0")
}

func listPackages(ctx context.Context, patterns []string, stderr io.Writer) ([]goPackage, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles"}, patterns...)...)
	cmd.Env = targetEnv()
	cmd.Stderr = stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fault.New(fault.QEMU, "", "go list: %v", err)
	}
	var packages []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		switch err := d.Decode(&p); err {
		case nil:
			packages = append(packages, p)
		case io.EOF:
			return packages, nil
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
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-o", binary, pkg.ImportPath)
	cmd.Env = targetEnv()
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
