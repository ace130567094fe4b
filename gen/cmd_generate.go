package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/rawsys-go/rawsys/gen/internal/check"
	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/emit"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
	"github.com/rawsys-go/rawsys/gen/internal/since"
	"github.com/rawsys-go/rawsys/gen/internal/write"
)

var generateCommand = command{
	name:    "generate",
	args:    "[-v] [-root DIR]",
	summary: "make zsys/ and errno_gen.go from defs/, and prove them",
	help: `
Generate reads defs/freebsd.def and the facts of the release that it names, and
writes zsys/ and errno_gen.go: all files, or none when anything is wrong. Before
it writes, it type-checks the code for every port, and compares every size and
offset with the facts. It removes generated files that nothing goes into any more.
It needs neither a compiler nor a network, and the same definitions always give
the same bytes.`,
	run: func(cmd command, args []string) error {
		flags := cmd.flags()
		src := sourceFlags(flags)
		verbose := flags.Bool("v", false, "list the files and what was done to each")
		if err := cmd.parse(flags, args); err != nil {
			return err
		}
		if flags.NArg() > 0 {
			return fmt.Errorf("gen generate: unexpected %q: it takes flags alone", flags.Arg(0))
		}
		return generate(src, *verbose)
	},
}

// source says where the definitions are.
type source struct {
	root, def, facts *string
}

// sourceFlags defines the flags that say so.
func sourceFlags(flags *flag.FlagSet) source {
	return source{
		root:  flags.String("root", ".", "`DIR` of the module"),
		def:   flags.String("def", "defs/freebsd.def", "`FILE` with the manifest, below the root"),
		facts: flags.String("facts", "", "`FILE` with the facts, below the root (default those of the manifest's release, in defs)"),
	}
}

// load reads the definitions.
func (s source) load() (*def.Manifest, *facts.File, error) {
	manifest, err := readDef(s.path(*s.def), def.Parse)
	if err != nil {
		return nil, nil, err
	}
	module := foreign(*s.root)
	if err := checkForeign(manifest, module); err != nil {
		return nil, nil, err
	}
	name := *s.facts
	if name == "" {
		name = factsPath(facts.Release{System: manifest.System.Text, Name: manifest.Release.Text})
	}
	var f *facts.File
	var older []*facts.File
	var otherErr error
	var wait sync.WaitGroup
	wait.Go(func() { f, err = readDef(s.path(name), facts.Parse) })
	wait.Go(func() { older, otherErr = s.others(name) })
	wait.Wait()
	if errors.Is(err, fs.ErrNotExist) && module != "" {
		err = manifest.Release.Errorf("there are no facts of release %s in %s: copy them from defs/ of %s (go list -m -f {{.Dir}} says where it is), or extract them", manifest.Release.Text, name, ownModule)
	} else if errors.Is(err, fs.ErrNotExist) {
		err = manifest.Release.Errorf("there are no facts of release %s in %s: extract them, or name a release that has some", manifest.Release.Text, name)
	}
	if err = cmp.Or(err, otherErr); err != nil {
		return nil, nil, err
	}
	_, err = since.Complete(manifest, f, older)
	return manifest, f, err
}

// others reads the facts beside those in a file: they tell since when things
// exist.
func (s source) others(name string) ([]*facts.File, error) {
	paths, err := filepath.Glob(filepath.Join(filepath.Dir(s.path(name)), "*.facts"))
	if err != nil {
		return nil, err
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return filepath.Base(path) == filepath.Base(name) })
	all, errs := make([]*facts.File, len(paths)), make([]error, len(paths))
	var wait sync.WaitGroup
	for i, path := range paths {
		wait.Go(func() { all[i], errs[i] = readFacts(path) })
	}
	wait.Wait()
	return all, errors.Join(errs...)
}

// path makes a path below root of one that is relative.
func (s source) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(*s.root, name)
}

func generate(src source, verbose bool) error {
	manifest, f, err := src.load()
	if err != nil {
		return err
	}
	files, err := produce(manifest, f)
	if err != nil {
		return err
	}
	res, err := write.Files(*src.root, files, emit.Dirs(), emit.Marker)
	if err != nil {
		return err
	}
	for _, name := range res.Removed {
		fmt.Fprintf(os.Stderr, "gen: removed %s: nothing is generated into it any more\n", name)
	}
	if verbose {
		report(files, res)
	}
	return nil
}

// report lists the files, with their lines, and what was done to them.
func report(files map[string][]byte, res write.Result) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		done := "same"
		if slices.Contains(res.Written, name) {
			done = "wrote"
		}
		fmt.Printf("%-7s %5d lines  %s\n", done, bytes.Count(files[name], []byte{'\n'}), name)
	}
}

// produce makes the generated files, and proves them.
func produce(manifest *def.Manifest, f *facts.File) (map[string][]byte, error) {
	m, err := model.Build(manifest, f)
	if err != nil {
		return nil, err
	}
	files, err := emit.Files(m)
	if err != nil {
		return nil, err
	}
	return files, check.Generated(files, m, f)
}
