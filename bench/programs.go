package main

import (
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os/exec"

	"github.com/rawsys-go/rawsys/bench/internal/cc"
)

//go:embed c/baseline.c
var baseline []byte

// compileC makes a contender of the C program, if there is a compiler.
func compileC(dir string) ([]contender, error) {
	program, err := cc.Compile(dir, "baseline", baseline)
	if errors.Is(err, cc.ErrNone) {
		fmt.Printf("C           left out: %v\n", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	run := func(address string, m *message, n int, how mode) (s sample, err error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return s, err
		}
		batch := 1
		if how == streamed {
			batch = n
		}
		out, err := exec.Command(program, port, m.file.Name(), fmt.Sprint(m.size), fmt.Sprint(n), fmt.Sprint(batch)).Output()
		if err != nil {
			return s, err
		}
		_, err = fmt.Sscan(string(out), &s.ns, &s.cpu, &s.segments)
		return s, err
	}
	return []contender{{name: "C", about: "the same as x/sys, in C", run: run}}, nil
}
