// Command testarch runs the tests on other CPUs, on Linux under qemu-user:
//
//	go run ./internal/cmd/testarch [-arch LIST] [-json DIR] [-- go test flags and packages]
//
// 386 runs on an amd64 host by itself, if its kernel takes programs of 32 bits.
// It prints a line an architecture with the counts, and what failed tests printed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/internal/gotool"
	"github.com/rawsys-go/rawsys/internal/testjson"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// tester runs the tests with the same arguments on one architecture after
// another.
type tester struct {
	args   []string // of go test
	json   string   // where go test's own output goes, or empty
	skips  bool
	stdout io.Writer
}

// run is the program: 0 is success, 1 an architecture that failed or lacks
// its emulator, 2 wrong usage. Where the kernel cannot run 386, it is left out and
// said so.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("testarch", flag.ContinueOnError)
	fs.SetOutput(stderr)
	archs := fs.String("arch", "386,arm,arm64,s390x,riscv64,ppc64le", "run on the architectures in `LIST`")
	t := tester{stdout: stdout}
	fs.StringVar(&t.json, "json", "", "also write what go test -json prints to `DIR`/ARCH.json")
	fs.BoolVar(&t.skips, "skips", false, "print the skipped tests with their reasons")
	if err := fs.Parse(args); err != nil {
		return 2
	}
	if runtime.GOOS != "linux" {
		fmt.Fprintf(stderr, "testarch: qemu-user runs Linux programs on Linux; this is %s\n", runtime.GOOS)
		return 2
	}
	t.args = fs.Args()
	if len(t.args) == 0 {
		t.args = []string{"./..."}
	}
	var failed, left []string
	list := strings.FieldsFunc(*archs, func(r rune) bool { return r == ',' || r == ' ' })
	for _, arch := range list {
		switch err := t.test(ctx, arch); {
		case errors.Is(err, errNo386):
			left = append(left, arch)
			fmt.Fprintf(stdout, "skip  linux/%-8s %v\n", arch, err)
		case err != nil:
			failed = append(failed, arch)
			fmt.Fprintf(stdout, "FAIL  linux/%-8s %v\n", arch, err)
		}
	}
	ok := len(list) - len(failed) - len(left)
	fmt.Fprintf(stdout, "%d architectures: %d ok, %d failed", len(list), ok, len(failed))
	if len(left) > 0 {
		fmt.Fprintf(stdout, ", not run: %s", strings.Join(left, " "))
	}
	fmt.Fprintln(stdout)
	if len(failed) > 0 {
		fmt.Fprintf(stdout, "failed: %s\n", strings.Join(failed, " "))
		return 1
	}
	if ok == 0 {
		return 1 // what was asked for was not done
	}
	return 0
}

// test runs the tests on an architecture and prints its line. An error says why
// the line is missing.
func (t tester) test(ctx context.Context, arch string) error {
	emulator, err := emulator(arch)
	if err != nil {
		return err
	}
	start := time.Now()
	tests, err := t.goTest(ctx, arch, emulator)
	if tests != nil {
		tests.WriteFailures(t.stdout)
		if t.skips {
			tests.WriteSkips(t.stdout)
		}
	}
	if err != nil {
		return err
	}
	counts := tests.Counts()
	if counts.Failed > 0 || counts.Passed == 0 {
		return fmt.Errorf("%5.1fs  %v", time.Since(start).Seconds(), counts)
	}
	fmt.Fprintf(t.stdout, "ok    linux/%-8s %5.1fs  %v\n", arch, time.Since(start).Seconds(), counts)
	return nil
}

// goTest runs go test -json and counts.
func (t tester) goTest(ctx context.Context, arch, emulator string) (*testjson.Run, error) {
	args := []string{"test", "-json"}
	if emulator != "" {
		args = append(args, "-exec", emulator)
	}
	cmd := gotool.Target{OS: "linux", Arch: arch}.Command(ctx, "", append(args, t.args...)...)
	cmd.Env = append(cmd.Env, gotool.Emulator+"="+emulator)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var in io.Reader = out
	if t.json != "" {
		f, err := os.Create(filepath.Join(t.json, arch+".json"))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = io.TeeReader(out, f)
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var tests testjson.Run
	readErr := tests.Read(in, nil)
	io.Copy(io.Discard, out) // so that go test is not stuck behind a line that Read refused
	err = cmd.Wait()
	if readErr != nil {
		return &tests, fmt.Errorf("%w\n%s", readErr, stderr.String())
	}
	if err != nil && tests.Counts().Failed == 0 {
		return &tests, fmt.Errorf("go test: %w\n%s", err, stderr.String())
	}
	return &tests, nil
}
