//go:build tools

// The linters that make lint builds, and the passes of our own, are a module of
// their own in tools/, pinned by its go.mod: what go.mod lists at the root, each
// program that imports the library has raised to at least that version, and what
// is imported here, behind a tag, go mod tidy would write into its go.mod. The
// generator stays in the root's module: all that it adds is jennifer, which
// draws in nothing, and `go run github.com/rawsys-go/rawsys/gen` then works in
// any module at the version that it imports. What go generate runs stands in
// zsys/zsys.go.

package rawsys
