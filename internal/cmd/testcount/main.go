// Command testcount counts the tests in what go test -json printed:
//
//	go test -json ./... | go run ./internal/cmd/testcount [-skips] [-total] [file...]
//
// It reads standard input or files, prints a line a package, what failed tests
// printed, and at the end, alone on a line, the counts. A test that is in
// several files counts once: as failed if it failed in any of them.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/rawsys-go/rawsys/internal/testjson"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program: 0 is success, 1 a test that failed or none that passed,
// 2 wrong usage or input.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("testcount", flag.ContinueOnError)
	fs.SetOutput(stderr)
	skips := fs.Bool("skips", false, "print the skipped tests with their reasons")
	total := fs.Bool("total", false, "print the counts only")
	if err := fs.Parse(args); err != nil {
		return 2
	}
	onPackage := func(line string) { fmt.Fprintln(stdout, line) }
	if *total {
		onPackage = nil
	}
	var tests testjson.Run
	err := readAll(&tests, fs.Args(), stdin, onPackage)
	if !*total {
		tests.WriteFailures(stdout)
	}
	if *skips {
		tests.WriteSkips(stdout)
	}
	counts := tests.Counts()
	fmt.Fprintln(stdout, counts)
	if err != nil {
		fmt.Fprintln(stderr, "testcount:", err)
		return 2
	}
	if counts.Failed > 0 || counts.Passed == 0 {
		return 1
	}
	return 0
}

// readAll reads the files, or standard input when there are none.
func readAll(tests *testjson.Run, files []string, stdin io.Reader, onPackage func(string)) error {
	if len(files) == 0 {
		return tests.Read(stdin, onPackage)
	}
	for _, name := range files {
		if err := readFile(tests, name, onPackage); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func readFile(tests *testjson.Run, name string, onPackage func(string)) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return tests.Read(f, onPackage)
}
