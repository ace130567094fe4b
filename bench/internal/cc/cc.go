// Package cc compiles the programs in C that others are compared with.
package cc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrNone says that there is no compiler.
var ErrNone = errors.New("there is neither cc nor clang here")

// Compile compiles a source into a program of that name in dir, and returns its path.
func Compile(dir, name string, source []byte, flags ...string) (program string, err error) {
	compiler, err := exec.LookPath("cc")
	if err != nil {
		if compiler, err = exec.LookPath("clang"); err != nil {
			return "", ErrNone
		}
	}
	program = filepath.Join(dir, name)
	file := program + ".c"
	if err := os.WriteFile(file, source, 0o600); err != nil {
		return "", err
	}
	args := append([]string{"-O2", "-Wall", "-o", program, file}, flags...)
	if out, err := exec.Command(compiler, args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", compiler, err, out)
	}
	return program, nil
}
