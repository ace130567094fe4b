//go:build freebsd || linux

package main

import (
	_ "embed"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/bench/internal/cc"
)

//go:embed c/locks.c
var source []byte

// compileC compiles the baseline in C and returns the program, or "" where there is
// no compiler.
func compileC(dir string) (string, error) {
	program, err := cc.Compile(dir, "locks-c", source, "-pthread")
	if errors.Is(err, cc.ErrNone) {
		fmt.Printf("%v: all rows of C are left out.\n", err)
		return "", nil
	}
	return program, err
}

// theirs are pthread's mutexes, if there is a C program.
func theirs(program, mode string, n int, l load) []contender {
	if program == "" {
		return nil
	}
	of := func(kind string) func(time.Duration) (sample, error) {
		return func(d time.Duration) (sample, error) {
			out, err := exec.Command(program, kind, mode, fmt.Sprint(n), fmt.Sprint(warm.Microseconds()), fmt.Sprint(d.Microseconds()),
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
