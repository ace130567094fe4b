// Command cross checks that the module builds for every target of the Go
// toolchain, and that a module outside the tree can use it there.
//
//	go run ./internal/cmd/cross [-j N] [-targets LIST] [-for TIME] [packages]
//
// For each target it runs go vet, compiles and links the tests of all packages,
// and builds a program that imports the public ones. It prints a line a target.
// As that builds the standard library for each, it takes long. With -for the types of all
// packages and tests are checked for every target first, and the rest as far as the
// time lasts.
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
	"sync/atomic"
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
	limit := fs.Duration("for", 0, "check types for every target first, and begin nothing more after `TIME`")
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
	if *limit > 0 {
		c.until, c.types = time.Now().Add(*limit), newTypeChecker()
	}
	if len(c.packages) == 0 {
		c.packages = []string{"./..."}
	}
	if !report(stdout, c.checkAll(ctx, targets, max(1, *workers)), *workers) || ctx.Err() != nil {
		return 1
	}
	return 0
}

// checkAll checks the targets, several at a time, and sends each result as it
// comes. A target whose types have faults is not checked further.
func (c checker) checkAll(ctx context.Context, targets []gotool.Target, workers int) <-chan result {
	results := make(chan result)
	go func() {
		defer close(results)
		if c.types != nil {
			targets = c.sound(ctx, targets, workers, results)
		}
		inParallel(workers, len(targets), func(i int) { results <- c.result(ctx, targets[i]) })
	}()
	return results
}

// sound checks the types of all targets, and returns those without faults. It sends
// the result of every other.
func (c checker) sound(ctx context.Context, targets []gotool.Target, workers int, results chan<- result) []gotool.Target {
	faulty := make([]bool, len(targets))
	inParallel(workers, len(targets), func(i int) {
		if r := c.typesOf(ctx, targets[i]); r.err != nil || r.unreached {
			faulty[i] = true
			results <- r
		}
	})
	var out []gotool.Target
	for i, t := range targets {
		if !faulty[i] {
			out = append(out, t)
		}
	}
	return out
}

// inParallel calls f with 0 to n-1, in order, as many at a time as there are workers.
func inParallel(workers, n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// typesOf checks the types alone.
func (c checker) typesOf(ctx context.Context, t gotool.Target) result {
	start := time.Now()
	err := ctx.Err()
	if err == nil {
		err = c.types.check(ctx, c.dir, c.packages, t)
	}
	return result{target: t, unreached: ctx.Err() != nil, err: err, took: time.Since(start)}
}

func (c checker) result(ctx context.Context, t gotool.Target) result {
	start := time.Now()
	if !c.until.IsZero() && start.After(c.until) {
		return result{target: t, typed: true}
	}
	done, err := c.check(ctx, t)
	return result{target: t, unreached: ctx.Err() != nil, done: done, err: err, took: time.Since(start)}
}

// result is what came of one target.
type result struct {
	target    gotool.Target
	unreached bool     // before an interrupt
	typed     bool     // types only, as the time given was over
	done      []string // the steps that passed, in words
	err       error
	took      time.Duration
}

// report prints the results and a summary, and tells whether no target failed.
func report(w io.Writer, results <-chan result, workers int) bool {
	start := time.Now()
	var ok int
	var failed, typed, unreached []string
	for r := range results {
		switch {
		case r.unreached:
			unreached = append(unreached, r.target.String())
		case r.typed:
			typed = append(typed, r.target.String())
		case r.err != nil:
			failed = append(failed, r.target.String())
			fmt.Fprintf(w, "FAIL  %v\n      %s\n", r, strings.ReplaceAll(r.err.Error(), "\n", "\n      "))
		default:
			ok++
			fmt.Fprintf(w, "ok    %v\n", r)
		}
	}
	fmt.Fprintf(w, "%d targets: %d ok, %d failed, in %v by %d workers\n",
		ok+len(failed)+len(typed)+len(unreached), ok, len(failed), time.Since(start).Round(time.Second), workers)
	for _, list := range []struct {
		what    string
		targets []string
	}{{"failed", failed}, {"types checked, nothing more", typed}, {"not reached", unreached}} {
		if len(list.targets) > 0 {
			fmt.Fprintf(w, "%s: %s\n", list.what, strings.Join(list.targets, " "))
		}
	}
	return len(failed) == 0
}

func (r result) String() string {
	return fmt.Sprintf("%-17s %6.1fs  %s", r.target, r.took.Seconds(), strings.Join(r.done, ", "))
}
