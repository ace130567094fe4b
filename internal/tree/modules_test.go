package tree_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// cmd/vmexec is a module of its own, which go install must be able to build
// without this one: it carries a copy of what counts tests.
func TestCopiesAgree(t *testing.T) {
	root := needs.Tree(t)
	const name = "internal/testjson/testjson.go"
	original, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	duplicate, err := os.ReadFile(filepath.Join(root, "cmd", "vmexec", name))
	if err != nil {
		t.Fatal(err)
	}
	if string(original) != string(duplicate) {
		t.Errorf("%s and its copy in cmd/vmexec differ: change both", name)
	}
}
