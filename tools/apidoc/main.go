// Command apidoc writes the documentation of the module's public packages as
// Markdown, as they are on FreeBSD, which pkg.go.dev does not show, and lists of
// what they export, for api:
//
//	go run ./apidoc -root ..
//
// A page is made of the doc comments alone. What differs between systems is told
// at each name, and zsys, which is large, has a page for each family of calls.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
)

// directories of the public packages, in the order of the index.
var directories = []string{".", "capsicum", "kinfo", "sysctl", "umtx", "shmsync", "zsys"}

func main() {
	log.SetFlags(0)
	log.SetPrefix("apidoc: ")
	root := flag.String("root", "..", "`DIR` of the module")
	out := flag.String("o", "docs/api", "`DIR` for the pages, below root; other pages in it are removed")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	pages, names, err := makePages(*root, directories)
	if err == nil {
		err = write(filepath.Join(*root, *out), ".md", pages)
	}
	if err == nil {
		err = write(filepath.Join(*root, "api"), ".txt", names)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// makePages makes the pages, and the lists of what is exported, by the names of their files.
func makePages(root string, dirs []string) (pages, lists map[string][]byte, err error) {
	set, err := load(root, dirs)
	if err != nil {
		return nil, nil, err
	}
	if err := set.documented(); err != nil {
		return nil, nil, err
	}
	pages, lists = map[string][]byte{"README.md": set.index()}, map[string][]byte{}
	for _, p := range set.packages {
		if p.doc.Name != "zsys" { // whose tests have its list, for all ports
			lists[p.doc.Name+".txt"] = set.list(p)
		}
		for _, page := range p.pages() {
			pages[page.file] = set.render(p, page)
		}
	}
	return pages, lists, nil
}

// write replaces the files that differ, and removes those with an ending that are no more.
func write(dir, ending string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "*"+ending))
	if err != nil {
		return err
	}
	for _, name := range old {
		if name := filepath.Base(name); files[name] == nil && name != "zsys.txt" {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	for name, text := range files {
		name = filepath.Join(dir, name)
		if was, err := os.ReadFile(name); err == nil && bytes.Equal(was, text) {
			continue
		}
		if err := replace(name, text); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file under another name first, so that nobody sees half of it.
func replace(name string, text []byte) error {
	temp := name + ".tmp"
	if err := os.WriteFile(temp, text, 0o666); err != nil {
		return err
	}
	return os.Rename(temp, name)
}

// documented reports what has no doc comment.
func (s *set) documented() error {
	var missing []string
	for _, p := range s.packages {
		for _, page := range p.pages() {
			for _, d := range page.all() {
				if d.doc == "" && !isValue(d.node) { // values may have comments of their own
					missing = append(missing, fmt.Sprintf("%s: %s has no doc comment", p.position(d), d.title))
				}
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("%s (%d such names)", missing[0], len(missing))
}
