// Package write replaces generated files, all of them or none.
package write

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Result says what Files did to each path.
type Result struct {
	Written, Removed, Same []string
}

// Files writes files below root, and removes from its directories dirs what starts
// with the marker but is no longer among the files. First everything is written
// under temporary names; then files are renamed, and a failure puts back those
// that had been.
func Files(root string, files map[string][]byte, dirs []string, marker string) (Result, error) {
	t := &transaction{root: root}
	if err := t.stage(files, dirs, marker); err != nil {
		return Result{}, errors.Join(err, t.discard(step.temporary))
	}
	if err := t.commit(); err != nil {
		if back := t.undo(); back != nil { // what could not be put back is still there
			return Result{}, errors.Join(err, back)
		}
		return Result{}, errors.Join(err, t.discard(step.temporary))
	}
	return t.result, t.discard(step.saved)
}

// transaction is the files to be replaced.
type transaction struct {
	root   string
	result Result
	steps  []step
	done   int
}

// step replaces or removes one file.
type step struct {
	path   string
	temp   string // the new content; empty to remove
	backup string // the old content, while the transaction runs; empty if none
}

func (s step) temporary() string { return s.temp }
func (s step) saved() string     { return s.backup }

// beside returns the name of a file beside path that nobody else has.
func beside(path, suffix string) string {
	dir, name := filepath.Split(path)
	return dir + ".gen-" + name + suffix
}

// stage prepares all steps.
func (t *transaction) stage(files map[string][]byte, dirs []string, marker string) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(t.root, filepath.FromSlash(name))
		old, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil && bytes.Equal(old, files[name]) {
			t.result.Same = append(t.result.Same, name)
			continue
		}
		if err := t.add(path, files[name], err == nil); err != nil {
			return err
		}
		t.result.Written = append(t.result.Written, name)
	}
	for _, dir := range dirs {
		if err := t.stale(filepath.Join(t.root, filepath.FromSlash(dir)), files, marker); err != nil {
			return err
		}
	}
	return nil
}

// add prepares a file's replacement.
func (t *transaction) add(path string, content []byte, exists bool) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	s := step{path: path, temp: beside(path, ".new")}
	if exists {
		s.backup = beside(path, ".old")
	}
	t.steps = append(t.steps, s)
	return os.WriteFile(s.temp, content, 0o666)
}

// stale prepares the removal of files that earlier runs have made.
func (t *transaction) stale(dir string, files map[string][]byte, marker string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		name, err := filepath.Rel(t.root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if _, ok := files[name]; ok || filepath.Ext(path) != ".go" || !entry.Type().IsRegular() {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if line, _, _ := bytes.Cut(content, []byte("\n")); string(line) == "// "+marker {
			t.steps = append(t.steps, step{path: path, backup: beside(path, ".old")})
			t.result.Removed = append(t.result.Removed, name)
		}
	}
	return nil
}

// commit carries the steps out.
func (t *transaction) commit() error {
	for _, s := range t.steps {
		if s.backup != "" {
			if err := os.Rename(s.path, s.backup); err != nil {
				return err
			}
		}
		t.done++
		if s.temp != "" {
			if err := os.Rename(s.temp, s.path); err != nil {
				return err
			}
		}
	}
	return nil
}

// undo puts back what the steps that were begun have moved.
func (t *transaction) undo() error {
	var errs []error
	for _, s := range t.steps[:t.done] {
		if s.backup != "" {
			errs = append(errs, os.Rename(s.backup, s.path))
		} else if err := os.Remove(s.path); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// discard removes one kind of the steps' files, where there are any.
func (t *transaction) discard(kind func(step) string) error {
	var errs []error
	for _, s := range t.steps {
		if path := kind(s); path != "" {
			if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}
