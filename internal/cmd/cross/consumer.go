package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/internal/gotool"
)

// consumer is a module of its own that uses this one.
//
//go:embed testdata/consumer
var consumer embed.FS

// consume vets and builds a program outside the module.
func (c checker) consume(ctx context.Context, t gotool.Target) (string, error) {
	return c.build(ctx, t, []string{"vet", "./..."}, []string{"build", "-o", os.DevNull, "./cmd"})
}

// consumeLibrary does without the program and vet, where those need a C compiler.
func (c checker) consumeLibrary(ctx context.Context, t gotool.Target) (string, error) {
	return c.build(ctx, t, []string{"build", "."})
}

// build writes the consumer to a directory of its own, with an import of every
// public package that the target has, and runs go commands there.
func (c checker) build(ctx context.Context, t gotool.Target, commands ...[]string) (string, error) {
	dir, err := os.MkdirTemp("", "rawsys-consumer-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	public, err := c.publicPackages(ctx, t)
	if err != nil {
		return "", err
	}
	if err := c.writeConsumer(ctx, t, dir, public); err != nil {
		return "", fmt.Errorf("consumer: %w", err)
	}
	for _, args := range commands {
		if _, err := t.Run(ctx, dir, slices.Insert(args, 1, "-mod=mod")...); err != nil {
			return "", fmt.Errorf("consumer of %s: %w", strings.Join(public, " "), err)
		}
	}
	return fmt.Sprintf("a consumer of %d packages", len(public)), nil
}

// publicPackages lists the packages that a program outside the module can
// import on a target.
func (c checker) publicPackages(ctx context.Context, t gotool.Target) ([]string, error) {
	const importable = `{{if and .GoFiles (ne .Name "main")}}{{.ImportPath}}{{end}}`
	out, err := t.Run(ctx, c.dir, "list", "-e", "-f", importable, "./...")
	if err != nil {
		return nil, err
	}
	var public []string
	for p := range strings.FieldsSeq(out) {
		if !strings.Contains(p+"/", "/internal/") {
			public = append(public, p)
		}
	}
	return public, nil
}

func (c checker) writeConsumer(ctx context.Context, t gotool.Target, dir string, public []string) error {
	files, err := fs.Sub(consumer, "testdata/consumer")
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, files); err != nil {
		return err
	}
	var imports strings.Builder
	imports.WriteString("package consumer\n\nimport (\n")
	for _, p := range public {
		fmt.Fprintf(&imports, "\t_ %q\n", p)
	}
	imports.WriteString(")\n")
	if err := os.WriteFile(filepath.Join(dir, "imports.go"), []byte(imports.String()), 0o666); err != nil {
		return err
	}
	return c.writeGoMod(ctx, t, dir)
}

// writeGoMod writes the consumer's go.mod with a replace line, and the sums of
// the module's own dependencies: the consumer has no others.
func (c checker) writeGoMod(ctx context.Context, t gotool.Target, dir string) error {
	out, err := t.Run(ctx, c.dir, "list", "-m", "-f", "{{.Path}}\n{{.GoVersion}}\n{{.Dir}}")
	if err != nil {
		return err
	}
	main := strings.Split(strings.TrimSpace(out), "\n")
	if len(main) != 3 {
		return fmt.Errorf("go list -m: want path, version and directory of one module, got %q", out)
	}
	path, version, root := main[0], main[1], main[2]
	mod := fmt.Sprintf("module example.com/consumer\n\ngo %s\n\nrequire %s v0.0.0\n\nreplace %s => %q\n", version, path, path, root)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o666); err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o666)
}
