//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
)

// collector writes the files that tests leave in the guest to the same paths here,
// if they are among those that were asked for.
type collector struct {
	allowed []string // files, and directories for what is below them
	file    *os.File
}

// File starts a file when data is nil, and appends to it otherwise.
func (c *collector) File(_ int, path string, data []byte) error {
	if data == nil {
		return c.open(path)
	}
	_, err := c.file.Write(data)
	return err
}

func (c *collector) open(path string) error {
	if err := c.close(); err != nil {
		return err
	}
	for _, a := range c.allowed {
		if path == a {
			return c.create(filepath.Dir(a), filepath.Base(a))
		}
		if below, ok := strings.CutPrefix(path, a+string(filepath.Separator)); ok && filepath.IsLocal(below) {
			return c.create(a, below)
		}
	}
	return fault.New(fault.Guest, "", "the guest sends %s, which nobody asked for", path)
}

// create creates a file below dir, and through no link that leads out of it.
func (c *collector) create(dir, name string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	c.file, err = root.Create(name)
	return err
}

// close ends the file that is being written.
func (c *collector) close() error {
	if c.file == nil {
		return nil
	}
	err := c.file.Close()
	c.file = nil
	return err
}
