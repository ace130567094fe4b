//go:build amd64 || arm64 || riscv64

package main

import (
	"archive/tar"
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// files is the archive that came with the machine. The programs of its runs are last,
// in the runs' order, and unpacked one at a time: guests that share the runs need each
// one program's room, and not the time to unpack what others run.
type files struct {
	*os.File
	tar  *tar.Reader
	job  *wire.Job
	next *tar.Header // the program at which unpacking stands, or nil at the end
}

// openFiles opens the archive and reads the job, its first file.
func openFiles(device string) (*files, error) {
	f, err := os.Open(device)
	if err != nil {
		return nil, err
	}
	// Disks are read in whole blocks, and large ones are faster.
	r := tar.NewReader(bufio.NewReaderSize(f, 1<<20))
	h, err := r.Next()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", device, err)
	}
	if h.Name != wire.JobFile {
		return nil, fmt.Errorf("%s: starts with %s, not with the job", device, h.Name)
	}
	job := new(wire.Job)
	if err := json.NewDecoder(r).Decode(job); err != nil {
		return nil, fmt.Errorf("%s: %w", h.Name, err)
	}
	return &files{File: f, tar: r, job: job}, nil
}

// unpack writes what comes before the next program to /.
func (f *files) unpack() error {
	for {
		h, err := f.tar.Next()
		if errors.Is(err, io.EOF) {
			f.next = nil
			return nil
		}
		if err != nil {
			return fmt.Errorf("files: %w", err)
		}
		if f.next = h; h.Typeflag == tar.TypeReg && f.runs(nameOf(h)) {
			return nil
		}
		if err := f.one(h, nameOf(h)); err != nil {
			return fmt.Errorf("files: %w", err)
		}
	}
}

func nameOf(h *tar.Header) string { return path.Clean("/" + h.Name) }

// runs reports whether a file is the program of a run.
func (f *files) runs(name string) bool {
	return slices.ContainsFunc(f.job.Runs, func(r wire.Run) bool { return r.Path == name })
}

// program unpacks a run's program, past those of runs that came before it, unless it
// is there. The function that it returns removes the program again.
func (f *files) program(name string) (remove func(), err error) {
	if _, err := os.Stat(name); err == nil {
		return func() {}, nil
	}
	for f.next != nil && nameOf(f.next) != name {
		if err := f.unpack(); err != nil {
			return nil, err
		}
	}
	if f.next == nil {
		return nil, fmt.Errorf("files: %s is not behind the programs that have run", name)
	}
	if err := f.one(f.next, name); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return func() { os.Remove(name) }, f.unpack()
}

func (f *files) one(h *tar.Header, name string) error {
	mode := h.FileInfo().Mode().Perm()
	switch h.Typeflag {
	case tar.TypeDir:
		return os.MkdirAll(name, mode|0o700)
	case tar.TypeSymlink:
		return os.Symlink(h.Linkname, name)
	}
	out, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, f.tar); err != nil {
		out.Close()
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Chtimes(name, h.ModTime, h.ModTime)
}
