package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// readDef reads a definition file, which errors call by the path given.
func readDef[T any](path string, parse func(string, []byte) (*T, error)) (*T, error) {
	src, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("gen: %w: is this, or -root, the module's directory?", err)
	}
	if err != nil {
		return nil, fmt.Errorf("gen: %w", err)
	}
	return parse(path, src)
}

// readFacts reads a file of facts.
func readFacts(path string) (*facts.File, error) { return readDef(path, facts.Parse) }

// factsPath returns where a release's facts are.
func factsPath(r facts.Release) string {
	major, _, _ := strings.Cut(r.Name, ".")
	return "defs/" + r.System + major + ".facts"
}

// common returns the ports that are in both lists.
func common(a, b []facts.Port) []facts.Port {
	return slices.DeleteFunc(slices.Clone(a), func(p facts.Port) bool { return !slices.Contains(b, p) })
}

// replaceFile gives a file new contents, or, when that fails, leaves it as it
// was: a reader sees all of the old or all of the new. Behind a symbolic link it
// is the file that is replaced. A device or a pipe is no file to replace: it is
// written to.
func replaceFile(path string, data []byte) (err error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeTo(path, data)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeTo writes to what is there.
func writeTo(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// sortedPorts puts ports into the order of the facts, each once.
func sortedPorts(ports []facts.Port) []facts.Port {
	slices.Sort(ports)
	return slices.Compact(ports)
}

// progress tells people what a long command is doing, when they watch.
type progress struct {
	name string
	on   bool
}

func newProgress(name string) *progress {
	info, err := os.Stderr.Stat()
	return &progress{name, err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// step shows a line in place of the one before.
func (p *progress) step(msg string) {
	if p.on {
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s: %s", p.name, msg)
	}
}

// warn shows a line that stays.
func (p *progress) warn(msg string) {
	p.done()
	fmt.Fprintf(os.Stderr, "%s: %s\n", p.name, msg)
}

// done clears what step showed.
func (p *progress) done() {
	if p.on {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}
