// Package syscallfile keeps system calls in files named after a system.
//
// What calls the kernel is known, not listed: the analyzer follows syscall and
// golang.org/x/sys/unix from their functions without a body up to the exported
// ones, for the system under analysis. So Getpid is a system call, and
// BytePtrFromString is none. The programs in examples are free of the rule:
// they show what users write.
package syscallfile

import (
	"go/ast"
	"go/types"
	"path"
	"regexp"
	"strings"

	"github.com/rawsys-go/rawsys/tools/lint/module"
	"golang.org/x/tools/go/analysis"
)

// Analyzer reports system calls outside zsys and the files of one system.
var Analyzer = &analysis.Analyzer{
	Name:      "syscallfile",
	Doc:       "report system calls made outside zsys and the files named after a system",
	FactTypes: []analysis.Fact{new(entersKernel)},
	Run:       run,
}

// entersKernel marks a function that makes a system call.
type entersKernel struct{}

func (*entersKernel) AFact()         {}
func (*entersKernel) String() string { return "entersKernel" }

func run(pass *analysis.Pass) (any, error) {
	if wrapsKernel(pass.Pkg.Path()) {
		exportFacts(pass)
		return nil, nil
	}
	for name, file := range module.Files(pass) {
		if !systemFile.MatchString(name) && !strings.HasPrefix(name, "examples/") {
			checkFile(pass, name, file)
		}
	}
	return nil, nil
}

// wrapsKernel reports whether a package's functions stand for system calls.
func wrapsKernel(pkgPath string) bool {
	switch pkgPath {
	case "syscall", "golang.org/x/sys/unix", "golang.org/x/sys/windows", module.Path + "/zsys":
		return true
	}
	return strings.HasPrefix(pkgPath, "internal/runtime/syscall/")
}

func checkFile(pass *analysis.Pass, name string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		f, ok := pass.TypesInfo.Uses[id].(*types.Func)
		if ok && f.Pkg() != nil && f.Pkg() != pass.Pkg && pass.ImportObjectFact(f, new(entersKernel)) {
			pass.ReportRangef(id, "%s makes the system call %s.%s: use os or net, or move the call to a file named after its system (%s)",
				name, f.Pkg().Name(), f.Name(), strings.TrimSuffix(path.Base(name), ".go")+"_freebsd.go")
		}
		return true
	})
}

// systemFile matches file names that say which system they are for.
var systemFile = regexp.MustCompile(`_(aix|android|darwin|dragonfly|freebsd|illumos|ios|js|linux|` +
	`netbsd|openbsd|plan9|solaris|unix|wasip1|windows)(_[a-z0-9]+)?\.go$`)
