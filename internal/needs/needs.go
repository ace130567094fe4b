// Package needs skips tests on machines that lack what they work with. A test
// binary may run far from where it was built: in a virtual machine that holds
// nothing else.
package needs

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Go skips a test when there is no go command.
func Go(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		tb.Skip("needs the go command, which is not installed here")
	}
}

// Tree returns the root of the module's source tree, and skips a test when the
// test binary runs away from it.
func Tree(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for !isFile(filepath.Join(dir, "go.mod")) || !isFile(filepath.Join(dir, "tools.go")) {
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Skip("needs the module's source tree, which is not on this machine")
		}
		dir = parent
	}
	return dir
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
