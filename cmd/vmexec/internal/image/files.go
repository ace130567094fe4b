//go:build unix

package image

import (
	"archive/tar"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// block is what a disk's size must be a multiple of.
const block = 512

// Files is the archive of what the guest needs beside init.
type Files struct {
	out   *os.File
	tar   *tar.Writer
	limit int64
	bytes int64
	large []entry // the largest files so far, largest first
	dirs  map[string]bool
}

type entry struct {
	path string
	size int64
}

// Create starts an archive at path with the job in front. Adding more than limit
// bytes to it is a fault.
func Create(path string, job *wire.Job, limit int64) (*Files, error) {
	out, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	f := &Files{out: out, tar: tar.NewWriter(out), limit: limit, dirs: map[string]bool{"/": true}}
	data, err := json.Marshal(job)
	if err != nil {
		return nil, err
	}
	return f, f.add(&tar.Header{Name: wire.JobFile, Mode: 0o600}, bytes.NewReader(data), int64(len(data)))
}

// Text adds a small file with the given content.
func (f *Files) Text(name, content string) error {
	if err := f.Dir(path.Dir(name)); err != nil {
		return err
	}
	h := &tar.Header{Name: name, Mode: 0o644, ModTime: time.Now()}
	return f.add(h, strings.NewReader(content), int64(len(content)))
}

// Dir adds a directory and those above it, unless the archive has them.
func (f *Files) Dir(name string) error {
	name = path.Clean(name)
	if f.dirs[name] {
		return nil
	}
	if err := f.Dir(path.Dir(name)); err != nil {
		return err
	}
	f.dirs[name] = true
	return f.header(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o755, ModTime: time.Now()})
}

// maxPath is the longest path that FreeBSD takes, in bytes: PATH_MAX counts the NUL.
const maxPath = 1023

// header writes a header, unless the guest could not make the file.
func (f *Files) header(h *tar.Header) error {
	for what, p := range map[string]string{"path": strings.TrimSuffix(h.Name, "/"), "link's target": h.Linkname} {
		if len(p) > maxPath {
			return fault.New(fault.Image, "shorten it, or name a directory without it with -root",
				"a %s has %d bytes, and FreeBSD takes %d: %s", what, len(p), maxPath, p)
		}
	}
	return f.tar.WriteHeader(h)
}

// Tree adds a directory with all that is below it, at its own path. Files that
// are neither regular nor directories nor links are left out, and so are what
// version control keeps for itself.
func (f *Files) Tree(root string) error {
	if err := f.Dir(filepath.ToSlash(root)); err != nil {
		return err
	}
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", ".hg", ".svn", ".jj"}, d.Name()) {
			return filepath.SkipDir
		}
		if d.Name() == ".git" { // a worktree's is a file
			return nil
		}
		return f.node(p)
	})
}

// File adds one file at its own path.
func (f *Files) File(p string) error {
	return f.FileAs(filepath.ToSlash(p), p)
}

// FileAs adds the file at from as name.
func (f *Files) FileAs(name, from string) error {
	if err := f.Dir(path.Dir(name)); err != nil {
		return err
	}
	return f.nodeAs(name, from)
}

func (f *Files) node(p string) error { return f.nodeAs(filepath.ToSlash(p), p) }

func (f *Files) nodeAs(name, from string) error {
	info, err := os.Lstat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // gone since the directory was read
	}
	if err != nil {
		return err
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		if f.dirs[name] {
			return nil
		}
		f.dirs[name] = true
		return f.header(header(info, name+"/", ""))
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return f.header(header(info, name, target))
	case mode.IsRegular():
		return f.regular(info, name, from)
	}
	return nil
}

func (f *Files) regular(info fs.FileInfo, name, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return f.add(header(info, name, ""), in, info.Size())
}

// header keeps type, mode and time; all files belong to root in the guest.
func header(info fs.FileInfo, name, link string) *tar.Header {
	h := &tar.Header{
		Typeflag: tar.TypeReg,
		Name:     name,
		Linkname: link,
		Mode:     int64(info.Mode().Perm()),
		ModTime:  info.ModTime(),
		Format:   tar.FormatPAX,
	}
	switch {
	case info.IsDir():
		h.Typeflag = tar.TypeDir
	case link != "":
		h.Typeflag = tar.TypeSymlink
	}
	return h
}

// add writes one regular file of exactly size bytes. A file that changes its
// length meanwhile is cut off or padded with zeros.
func (f *Files) add(h *tar.Header, content io.Reader, size int64) error {
	f.note(h.Name, size)
	if f.bytes > f.limit {
		return f.tooBig()
	}
	h.Size = size
	if err := f.header(h); err != nil {
		return err
	}
	n, err := io.Copy(f.tar, io.LimitReader(content, size))
	if err != nil {
		return fmt.Errorf("%s: %w", h.Name, err)
	}
	_, err = io.CopyN(f.tar, zeros{}, size-n)
	return err
}

// note counts a file and keeps the five largest.
func (f *Files) note(name string, size int64) {
	f.bytes += size
	f.large = append(f.large, entry{name, size})
	slices.SortFunc(f.large, func(a, b entry) int { return cmp.Compare(b.size, a.size) })
	f.large = f.large[:min(len(f.large), 5)]
}

func (f *Files) tooBig() error {
	var names []string
	for _, e := range f.large {
		names = append(names, fmt.Sprintf("%s (%d MiB)", e.path, e.size>>20))
	}
	return fault.New(fault.Image,
		"raise -mem, or name a smaller directory with -root; the largest: "+strings.Join(names, ", "),
		"the files for the guest are too big: over %d MiB, half of its memory, in which they are kept", f.limit>>20)
}

// Close ends the archive. The file's size is a whole number of disk blocks.
func (f *Files) Close() error {
	err := f.tar.Close()
	if err == nil {
		err = f.pad()
	}
	return errors.Join(err, f.out.Close())
}

func (f *Files) pad() error {
	end, err := f.out.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	return f.out.Truncate((end + block - 1) / block * block)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
