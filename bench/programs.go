package main

import (
	_ "embed"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed c/baseline.c
var baseline []byte

// compileC makes a contender of the C program, if there is a compiler.
func compileC(dir string) ([]contender, error) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		fmt.Println("C           left out: no cc here")
		return nil, nil
	}
	source, program := filepath.Join(dir, "baseline.c"), filepath.Join(dir, "baseline")
	if err := os.WriteFile(source, baseline, 0o600); err != nil {
		return nil, err
	}
	if out, err := exec.Command(cc, "-O2", "-o", program, source).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %s", err, out)
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
