package main

import (
	"os"
	"path/filepath"
	"regexp"

	"github.com/rawsys-go/rawsys/gen/internal/def"
)

// ownModule is the module whose generator this is. Others bind for themselves
// with it.
const ownModule = "github.com/rawsys-go/rawsys"

var moduleLine = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)`)

// foreign returns the path of the module in a directory, if it is another one.
func foreign(dir string) string {
	src, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return ""
	}
	if m := moduleLine.FindSubmatch(src); m != nil && string(m[1]) != ownModule {
		return string(m[1])
	}
	return ""
}

// invocation is how people run this command where they are.
func invocation() string {
	if foreign(".") != "" {
		return "go tool gen"
	}
	return "go run ./gen"
}

// checkForeign refuses what can only be bound in the generator's own module.
func checkForeign(m *def.Manifest, module string) error {
	if errnos := def.Items[*def.Errno](m); module != "" && len(errnos) > 0 {
		return errnos[0].Name.Errorf("the table of errors belongs to package rawsys, and this module is %s: remove the line, and use the package's errors", module)
	}
	return nil
}
