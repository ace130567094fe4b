// Package unsafefence keeps unsafe in the files that are listed for it, each
// with the reason.
package unsafefence

import (
	_ "embed"
	"fmt"
	"path"
	"strings"

	"github.com/rawsys-go/rawsys/tools/lint/module"
	"golang.org/x/tools/go/analysis"
)

//go:embed fence.txt
var fenceText string

// Analyzer reports imports of unsafe outside fence.txt.
var Analyzer = New(Fence())

// Entry is a line of the fence: a file or a pattern of files, and why they need
// unsafe.
type Entry struct {
	Pattern, Reason string
}

// Fence returns the entries of fence.txt.
func Fence() []Entry {
	var fence []Entry
	for line := range strings.Lines(fenceText) {
		pattern, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
		if pattern != "" && !strings.HasPrefix(pattern, "#") {
			fence = append(fence, Entry{pattern, strings.TrimSpace(reason)})
		}
	}
	return fence
}

// New returns an analyzer for a fence of its own.
func New(fence []Entry) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "unsafefence",
		Doc:  "report imports of unsafe outside the files fenced for it",
		Run: func(pass *analysis.Pass) (any, error) {
			for name, file := range module.Files(pass) {
				for _, imp := range file.Imports {
					if imp.Path.Value == `"unsafe"` && !fenced(fence, name) {
						pass.Report(analysis.Diagnostic{Pos: imp.Pos(), End: imp.End(), Message: message(name)})
					}
				}
			}
			return nil, nil
		},
	}
}

func message(name string) string {
	return fmt.Sprintf("%s imports unsafe outside the fence: use a type or a stub of zsys, "+
		"or list the file with its reason in tools/lint/unsafefence/fence.txt", name)
}

func fenced(fence []Entry, name string) bool {
	for _, e := range fence {
		if ok, _ := path.Match(e.Pattern, name); ok {
			return true
		}
	}
	return false
}
