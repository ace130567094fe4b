//go:build unix

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main, and returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	c, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return fault.Usage
	}
	ctx, stop := withSignals(context.Background())
	defer stop()
	b := &boot{config: c, log: stderr}
	mode := b.execTest
	if c.suites() {
		mode = b.suite
	}
	status, err := mode(ctx, stdout, stderr)
	if err == nil {
		return status
	}
	fmt.Fprintf(stderr, "vmexec: %v\n", err)
	return exitStatus(ctx, err)
}

// exitStatus is the status for an error.
func exitStatus(ctx context.Context, err error) int {
	var caught caughtSignal
	if errors.As(context.Cause(ctx), &caught) {
		return 128 + int(caught.Signal)
	}
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Status
	}
	return 1
}

// caughtSignal is the signal that ended the runner.
type caughtSignal struct{ syscall.Signal }

func (c caughtSignal) Error() string { return "stopped by signal: " + c.Signal.String() }

// withSignals returns a context that ends with the first signal that asks the
// runner to end, so that QEMU and files go with it.
func withSignals(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGHUP)
	go func() {
		if s, ok := (<-signals).(syscall.Signal); ok {
			cancel(caughtSignal{s})
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}
