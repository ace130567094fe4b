//go:build unix

package main

import (
	"go/build"
	"runtime"
	"slices"
	"strings"
)

// goPackage is what is needed of go list's answer.
type goPackage struct {
	ImportPath, Dir, ForTest           string
	Standard, DepOnly                  bool
	Module                             *struct{ Main bool }
	GoFiles, TestGoFiles, XTestGoFiles []string
	Deps                               []string

	parts     []goPackage // of the tested module, that the tests are made of
	toolchain             // for which it was listed
}

func (p goPackage) tested() bool { return len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 }

// named returns the packages that were asked for, with their parts.
func named(listed []goPackage, t toolchain) []goPackage {
	byPath := map[string]goPackage{}
	for _, p := range listed {
		byPath[p.ImportPath] = p
	}
	var packages []goPackage
	for _, p := range listed {
		if p.DepOnly || p.ForTest != "" || strings.HasSuffix(p.ImportPath, ".test") {
			continue
		}
		for _, path := range byPath[p.ImportPath+".test"].Deps {
			if part := byPath[path]; part.Module != nil && part.Module.Main {
				p.parts = append(p.parts, part)
			}
		}
		p.toolchain = t
		packages = append(packages, p)
	}
	return packages
}

// differs reports whether the tests have a file, of their own or of what they
// use in their module, that this system has not. Where they have none, a FreeBSD
// kernel runs what go test ./... has shown here.
func (p goPackage) differs() bool {
	here := build.Default
	here.GOOS, here.CgoEnabled = runtime.GOOS, false
	return p.tested() && slices.ContainsFunc(p.parts, func(part goPackage) bool {
		return slices.ContainsFunc(part.GoFiles, func(name string) bool {
			ok, err := here.MatchFile(part.Dir, name)
			return err != nil || !ok
		})
	})
}

// split divides packages into those for which keep is true, and the rest that have
// tests.
func split(packages []goPackage, keep func(goPackage) bool) (kept, rest []goPackage) {
	for _, p := range packages {
		switch {
		case keep(p) || !p.tested():
			kept = append(kept, p)
		default:
			rest = append(rest, p)
		}
	}
	return kept, rest
}
