//go:build freebsd || linux

package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed c/locks.c
var source []byte

// compileC compiles the baseline in C and returns the program, or "" where there is
// no compiler.
func compileC(dir string) (string, error) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		if cc, err = exec.LookPath("clang"); err != nil {
			fmt.Println("There is neither cc nor clang here: all rows of C are left out.")
			return "", nil
		}
	}
	file, program := filepath.Join(dir, "locks.c"), filepath.Join(dir, "locks-c")
	if err := os.WriteFile(file, source, 0o600); err != nil {
		return "", err
	}
	if out, err := exec.Command(cc, "-O2", "-Wall", "-pthread", "-o", program, file).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", cc, err, out)
	}
	return program, nil
}

// theirs are pthread's mutexes, if there is a C program.
func theirs(program, mode string, n int, l load) []contender {
	if program == "" {
		return nil
	}
	of := func(kind string) func(time.Duration) (sample, error) {
		return func(d time.Duration) (sample, error) {
			out, err := exec.Command(program, kind, mode, fmt.Sprint(n), fmt.Sprint(d.Microseconds()),
				fmt.Sprint(l.inside), fmt.Sprint(l.outside)).Output()
			if err != nil {
				return sample{}, fmt.Errorf("the program in C: %w", err)
			}
			var took time.Duration
			done := make([]uint64, n)
			read := []any{&took}
			for i := range done {
				read = append(read, &done[i])
			}
			if _, err := fmt.Fscan(strings.NewReader(string(out)), read...); err != nil {
				return sample{}, fmt.Errorf("the output of the program in C: %w", err)
			}
			return shared(done, took), nil
		}
	}
	return []contender{{name: "C pthread", run: of("mutex")}, {name: "C robust", run: of("robust")}}
}
