package headers

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// List returns the headers that programs can include on a port: those of an
// installation. A source tree's kernel has many more.
func (t *Tree) List(p facts.Port) ([]string, error) {
	found := map[string]bool{}
	dirs := t.Include(p)
	if t.Source {
		dirs = dirs[:3] // the links, and include
		m, err := t.makefile()
		if err != nil {
			return nil, err
		}
		sub := m.words("LDIRS", "LSUBDIRS", "LSUBSUBDIRS")
		if m == nil {
			sub = []string{"sys"}
		}
		for _, d := range sub {
			// A directory that does not exist belongs to another port.
			names, err := filepath.Glob(filepath.Join(t.Root, "sys", filepath.FromSlash(d), "*.h"))
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				found[d+"/"+filepath.Base(name)] = true
			}
		}
	}
	for _, dir := range dirs {
		if err := walk(dir, "", found); err != nil {
			return nil, err
		}
	}
	var list []string
	for name := range found {
		list = append(list, name)
	}
	slices.Sort(list)
	return list, nil
}

// walk finds the headers below a directory, also behind links.
func walk(dir, below string, found map[string]bool) error {
	entries, err := os.ReadDir(filepath.Join(dir, filepath.FromSlash(below)))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := strings.TrimPrefix(below+"/"+e.Name(), "/")
		isDir := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 {
			info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				continue // it leads nowhere
			}
			isDir = info.IsDir()
		}
		switch {
		case isDir:
			if err := walk(dir, name, found); err != nil {
				return err
			}
		case strings.HasSuffix(name, ".h"):
			found[name] = true
		}
	}
	return nil
}
