// Command cross checks that the module builds for every target of the Go
// toolchain, and that a module outside the tree can use it there.
//
//	go run ./internal/cmd/cross [-j N] [-targets LIST] [packages]
//
// For each target it runs go vet, compiles and links the tests of all packages,
// and builds a program that imports the public ones. It prints a line a target.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/rawsys-go/rawsys/internal/gotool"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: 0 is success, 1 a target that failed, 2 wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("cross", flag.ContinueOnError)
	fs.SetOutput(stderr)
	workers := fs.Int("j", runtime.NumCPU(), "check `N` targets at a time")
	patterns := fs.String("targets", "", "check the targets in `LIST` only, as in freebsd,linux/arm,*/386")
	dir := fs.String("C", ".", "check the module in `DIR`")
	if err := fs.Parse(args); err != nil {
		return 2
	}
	targets, err := gotool.Targets(ctx)
	if err == nil {
		targets, err = gotool.Select(targets, strings.FieldsFunc(*patterns, func(r rune) bool { return r == ',' || r == ' ' }))
	}
	if err != nil {
		fmt.Fprintln(stderr, "cross:", err)
		return 2
	}
	c := checker{dir: *dir, packages: fs.Args()}
	if len(c.packages) == 0 {
		c.packages = []string{"./..."}
	}
	if report(stdout, c.checkAll(ctx, targets, max(1, *workers)), len(targets), *workers) {
		return 0
	}
	return 1
}

// checkAll checks the targets, several at a time, and sends each result as it
// comes.
func (c checker) checkAll(ctx context.Context, targets []gotool.Target, workers int) <-chan result {
	todo := make(chan gotool.Target)
	results := make(chan result)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for t := range todo {
				start := time.Now()
				done, err := c.check(ctx, t)
				results <- result{t, done, err, time.Since(start)}
			}
		})
	}
	go func() {
		for _, t := range targets {
			todo <- t
		}
		close(todo)
		wg.Wait()
		close(results)
	}()
	return results
}

// result is what came of one target.
type result struct {
	target gotool.Target
	done   []string // the steps that passed, in words
	err    error
	took   time.Duration
}

// report prints the results and a summary, and tells whether all targets passed.
func report(w io.Writer, results <-chan result, total, workers int) bool {
	start := time.Now()
	var failed []string
	for r := range results {
		status := "ok  "
		if r.err != nil {
			status = "FAIL"
			failed = append(failed, r.target.String())
		}
		fmt.Fprintf(w, "%s  %-17s %6.1fs  %s\n", status, r.target, r.took.Seconds(), strings.Join(r.done, ", "))
		if r.err != nil {
			fmt.Fprintf(w, "      %s\n", strings.ReplaceAll(r.err.Error(), "\n", "\n      "))
		}
	}
	fmt.Fprintf(w, "%d targets: %d ok, %d failed, in %v by %d workers\n",
		total, total-len(failed), len(failed), time.Since(start).Round(time.Second), workers)
	if len(failed) > 0 {
		fmt.Fprintf(w, "failed: %s\n", strings.Join(failed, " "))
	}
	return len(failed) == 0
}
