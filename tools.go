//go:build tools || generate

// This file pins the tools that the module is checked with: go.mod takes their
// versions from these imports, and make lint builds them. Nothing here reaches
// a program that imports the module.

package rawsys

//go:generate go run ./gen generate

import (
	_ "github.com/golangci/misspell/cmd/misspell"
	_ "golang.org/x/tools/cmd/deadcode"
	_ "golang.org/x/tools/go/analysis/passes/modernize/cmd/modernize"
	_ "honnef.co/go/tools/cmd/staticcheck"
)
