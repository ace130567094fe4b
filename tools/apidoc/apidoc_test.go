package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// module writes the files of testdata/module.txtar, with some of them replaced.
func module(t *testing.T, replaced map[string]string) string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/module.txtar")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, f := range archive.Files {
		name, text := filepath.Join(root, f.Name), string(f.Data)
		if other, ok := replaced[f.Name]; ok {
			text = other
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// The pages of a small module are those of testdata/pages.txtar.
func TestPages(t *testing.T) {
	pages, lists, err := makePages(module(t, nil), []string{".", "zsys"})
	if err != nil {
		t.Fatal(err)
	}
	const exported = `const One
const Two
field Thing.File *os.File
func (t *Thing) Do() error
func (t *Thing) Undo() // FreeBSD
func Both[T any](v ...T) (a, b T) // Unix systems
func NewThing(n int) *Thing
type Thing
`
	if got := string(lists["lib.txt"]); got != exported || len(lists) != 1 {
		t.Errorf("%d lists, that of lib is\n%s", len(lists), got)
	}
	want, err := txtar.ParseFile("testdata/pages.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range want.Files {
		if got := string(pages[f.Name]); got != string(f.Data) {
			t.Errorf("%s is\n%s\nand not\n%s", f.Name, got, f.Data)
		}
		delete(pages, f.Name)
	}
	for name := range pages {
		t.Errorf("%s is no page of testdata/pages.txtar", name)
	}
}

func TestErrors(t *testing.T) {
	for file, tt := range map[string][2]string{
		"zsys/zsys.go": {"package zsys\n\nfunc Naked() {}\n", "zsys.go:3:1: func Naked has no doc comment"},
		"go.mod":       {"go 1.25.0\n", "names no module"},
		"lib.go":       {"package lib\n\nfunc {\n", "lib.go:3:6: expected"},
	} {
		if _, _, err := makePages(module(t, map[string]string{file: tt[0]}), []string{".", "zsys"}); err == nil || !strings.Contains(err.Error(), tt[1]) {
			t.Errorf("%s: %v, want %q", file, err, tt[1])
		}
	}
}

// Pages that are right stay as they are, and old ones go.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "api")
	if err := write(dir, ".md", map[string][]byte{"a.md": []byte("a"), "old.md": []byte("old")}); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(filepath.Join(dir, "a.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := write(dir, ".md", map[string][]byte{"a.md": []byte("a"), "b.md": []byte("b")}); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(filepath.Join(dir, "a.md"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("a.md was written again: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, []string{"a.md", "b.md"}) {
		t.Errorf("%q", names)
	}
}
