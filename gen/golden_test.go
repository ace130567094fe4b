package main

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

var update = flag.Bool("update", false, "rewrite the golden files with what comes out")

// TestGolden generates from the definitions in each testdata/golden/*.txtar, and
// compares what comes out with the Go files behind them. That these compile for
// all ports is part of generating.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/golden/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { golden(t, path) })
	}
}

func golden(t *testing.T, path string) {
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in, want := split(ar)
	files, err := fromArchive(in)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		ar.Files = in
		for _, name := range slices.Sorted(maps.Keys(files)) {
			ar.Files = append(ar.Files, txtar.File{Name: name, Data: files[name]})
		}
		if err := os.WriteFile(path, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !bytes.Equal(files[name], want[name]) {
			t.Errorf("%s differs: go test ./gen -update, and read the diff\ngot:\n%s\nwant:\n%s", name, files[name], want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s was not generated", name)
	}
}

// split separates the definitions of an archive from the files that they give.
func split(ar *txtar.Archive) (in []txtar.File, want map[string][]byte) {
	want = make(map[string][]byte)
	for _, f := range ar.Files {
		if f.Name == "manifest" || f.Name == "facts" {
			in = append(in, f)
		} else {
			want[f.Name] = f.Data
		}
	}
	return in, want
}

// fromArchive generates from the files "manifest" and "facts".
func fromArchive(in []txtar.File) (map[string][]byte, error) {
	var manifest *def.Manifest
	var f *facts.File
	var err error
	for _, file := range in {
		switch file.Name {
		case "manifest":
			manifest, err = def.Parse("manifest", file.Data)
		case "facts":
			f, err = facts.Parse("facts", file.Data)
		}
		if err != nil {
			return nil, err
		}
	}
	if manifest == nil || f == nil {
		return nil, fmt.Errorf("the archive needs the files manifest and facts")
	}
	return produce(manifest, f)
}
