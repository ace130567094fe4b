//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/elfcheck"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/vm"
)

// suite compiles the tests of packages and runs all on a few guests. The status is
// 1 when a test failed.
func (b *boot) suite(ctx context.Context, stdout, stderr io.Writer) (int, error) {
	patterns, args, err := splitArgs(b.args[1:])
	if err != nil {
		return 0, err
	}
	kernel, err := elfcheck.Kernel(b.kernel)
	if err != nil {
		return 0, err
	}
	goarchs, err := targets(b.goarchs, kernel)
	if err != nil {
		return 0, err
	}
	work, err := os.MkdirTemp("", "vmexec")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(work)
	report := &suiteReport{boot: b, out: stdout, several: len(goarchs) > 1}
	args = b.pace(args, vm.Accelerators(b.accel, kernel)[0])
	var packages []goPackage
	for _, goarch := range goarchs {
		of, err := toolchain{goarch, stderr}.list(ctx, patterns)
		if err != nil {
			return 0, err
		}
		if wide(patterns) && !b.all {
			var same []goPackage
			of, same = split(of, goPackage.differs)
			report.leftOut(same)
		}
		packages = append(packages, of...)
	}
	if err := b.build(ctx, packages, work, args, report); err != nil {
		return 0, err
	}
	if len(report.programs) == 0 {
		return report.finish(), nil
	}
	report.longestFirst(readTimes(b.times))
	err = b.share(ctx, report, treeRoot(b.root, packages[0].Dir))
	if kept := report.took.keep(b.times); kept != nil {
		fmt.Fprintf(stderr, "vmexec: %v: the longest packages cannot be run first\n", kept)
	}
	if err != nil {
		return 0, err
	}
	return report.finish(), nil
}

// share has guests run the report's programs, each the next that no other has taken.
// When one fails the others go on; what it ran is lost.
func (b *boot) share(ctx context.Context, report *suiteReport, root string) error {
	work, err := os.MkdirTemp("", "vmexec")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	guests := min(b.guests, len(report.programs))
	p, err := b.prepare(work, report.programs, root, guests)
	if err != nil {
		return err
	}
	q := newQueue(len(report.programs))
	lanes := report.lanes(guests)
	errs := make([]error, len(lanes))
	var all sync.WaitGroup
	for i, l := range lanes {
		all.Go(func() {
			err := b.tryAll(ctx, p, q, l, vm.Accelerators(b.accel, p.machine.GOARCH))
			errs[i] = errors.Join(err, l.close())
		})
	}
	all.Wait()
	if _, left := q.Next(); left && errors.Join(errs...) != nil {
		fmt.Fprintln(report.out, "some packages did not run: no guest was left")
	}
	return errors.Join(errs...)
}

// pace adds what the tests of a whole suite are given unless somebody says it: in
// software a processor is five to ten times slower.
func (b *boot) pace(args []string, accel string) []string {
	given := testFlags(args)
	value, said := given["short"]
	short := said && value != "false"
	software := accel == vm.Software
	if software && !said && !b.all {
		fmt.Fprintln(b.log, "vmexec: without hardware virtualisation the tests get -test.short; -all runs all of them whole")
		args, short = append([]string{"-test.short"}, args...), true
	}
	if _, said := given["timeout"]; !said {
		limit := "10m" // go test's own
		if software && !short {
			limit = "1h"
		}
		args = append([]string{"-test.timeout=" + limit}, args...)
	}
	return args
}

// wide reports whether patterns take in packages that nobody named.
func wide(patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return strings.Contains(p, "...") })
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
