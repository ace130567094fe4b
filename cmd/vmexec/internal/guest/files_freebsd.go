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

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// files is the archive that came with the machine.
type files struct {
	*os.File
	tar *tar.Reader
	job *wire.Job
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
	return &files{f, r, job}, nil
}

// unpack writes the rest of the archive to /.
func (f *files) unpack() error {
	for {
		h, err := f.tar.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("files: %w", err)
		}
		if err := f.one(h, path.Clean("/"+h.Name)); err != nil {
			return fmt.Errorf("files: %w", err)
		}
	}
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
