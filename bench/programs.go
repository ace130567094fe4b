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
	run := func(address string, m *message, n int) (r result, err error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return r, err
		}
		out, err := exec.Command(program, port, m.file.Name(), fmt.Sprint(m.size), fmt.Sprint(n)).Output()
		if err != nil {
			return r, err
		}
		_, err = fmt.Sscan(string(out), &r.ns, &r.arrived, &r.cpu, &r.segments)
		return r, err
	}
	return []contender{{name: "C", about: "the same as x/sys, in C", run: run}}, nil
}
