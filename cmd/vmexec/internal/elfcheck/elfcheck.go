// Package elfcheck tells, before a machine is started, whether a kernel can be
// booted and a test binary can run on it.
package elfcheck

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
)

// Notes of the name "Xen" that matter here: the operating system's name, and
// the entry point that QEMU uses, by the PVH boot protocol.
const (
	noteGuestOS = 6
	notePVH     = 18
)

// maxNotes bounds what is read of one note segment.
const maxNotes = 1 << 20

const whereKernels = "a kernel is boot/kernel/kernel in kernel.txz of an amd64 or arm64 release of FreeBSD 13 or later"

// machines are the processors of test binaries and kernels, by GOARCH.
var machines = map[elf.Machine]string{
	elf.EM_X86_64: "amd64", elf.EM_386: "386", elf.EM_AARCH64: "arm64", elf.EM_ARM: "arm",
}

// Kernel returns the GOARCH that a FreeBSD kernel is for, amd64 or arm64, or a
// fault if path is none that QEMU can boot.
func Kernel(path string) (goarch string, err error) {
	f, err := open(path, fault.Kernel, whereKernels)
	if err != nil {
		return "", err
	}
	defer f.Close()
	bad := func(format string, args ...any) (string, error) {
		return "", fault.New(fault.Kernel, whereKernels, "kernel "+path+": "+format, args...)
	}
	switch {
	case f.Class == elf.ELFCLASS64 && f.Machine == elf.EM_X86_64:
		return checkPVH(f.File, bad)
	case f.Class == elf.ELFCLASS64 && f.Machine == elf.EM_AARCH64:
		if !interpreted(f.File) {
			return bad("is no kernel of FreeBSD")
		}
		return "arm64", nil
	}
	return bad("is for %v, and vmexec boots amd64 and arm64 ones", f.Machine)
}

// interpreted reports whether a file names the interpreter that FreeBSD's kernels
// name, and nothing else.
func interpreted(f *elf.File) bool {
	const interpreter = "/red/herring\x00"
	return slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool {
		if p.Type != elf.PT_INTERP {
			return false
		}
		name, err := io.ReadAll(io.LimitReader(p.Open(), maxNotes))
		return err == nil && string(name) == interpreter
	})
}

// checkPVH checks the notes by which QEMU finds the entry of an amd64 kernel.
func checkPVH(f *elf.File, bad func(string, ...any) (string, error)) (string, error) {
	notes, err := xenNotes(f)
	if err != nil {
		return bad("%v", err)
	}
	if os, ok := notes[noteGuestOS]; ok && os != "FreeBSD" {
		return bad("is a kernel of %s", os)
	}
	if _, ok := notes[notePVH]; !ok {
		return bad("has no PVH entry (Xen note %d), so QEMU cannot start it: not a kernel, "+
			"or one older than FreeBSD 12 or built without XENHVM", notePVH)
	}
	return "amd64", nil
}

// Runs returns the values of GOARCH whose programs run on a kernel, its own first:
// COMPAT_FREEBSD32 brings the other.
func Runs(kernel string) []string {
	if kernel == "arm64" {
		return []string{"arm64", "arm"}
	}
	return []string{"amd64", "386"}
}

// Fits returns a fault unless the test binary at path runs on a kernel.
func Fits(path, kernel string) error {
	goarch, err := Test(path)
	if err != nil || slices.Contains(Runs(kernel), goarch) {
		return err
	}
	return fault.New(fault.Binary, "build it with GOARCH="+strings.Join(Runs(kernel), " or ")+", or take another kernel",
		"test binary %s: is for %s, and the kernel is for %s", path, goarch, kernel)
}

// Test returns the GOARCH of a test binary, or a fault if it is not a static
// program for FreeBSD that some kernel can run.
func Test(path string) (goarch string, err error) {
	const remedy = "build it with GOOS=freebsd CGO_ENABLED=0 and GOARCH=amd64, 386, arm64 or arm"
	f, err := open(path, fault.Binary, remedy)
	if err != nil {
		return "", err
	}
	defer f.Close()
	bad := func(format string, args ...any) (string, error) {
		return "", fault.New(fault.Binary, remedy, "test binary "+path+": "+format, args...)
	}
	if f.OSABI != elf.ELFOSABI_FREEBSD {
		return bad("is for %v, not for FreeBSD", f.OSABI)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return bad("is dynamically linked, and the guest has no libraries")
		}
	}
	if goarch, ok := machines[f.Machine]; ok {
		return goarch, nil
	}
	return bad("is for %v, which no kernel here runs", f.Machine)
}

// object is an ELF file and the file it is read from.
type object struct {
	*elf.File
	io.Closer
}

func (o object) Close() error { return o.Closer.Close() }

func open(path string, status int, remedy string) (object, error) {
	f, err := os.Open(path)
	if err != nil {
		return object{}, fault.New(status, remedy, "%v", err)
	}
	obj, err := elf.NewFile(f)
	if err != nil {
		defer f.Close()
		return object{}, fault.New(status, remedy, "%s: %s", path, guess(f, err))
	}
	if !whole(obj, f) {
		defer f.Close()
		return object{}, fault.New(status, remedy, "%s: is cut short: the file ends before what its program headers name", path)
	}
	return object{obj, f}, nil
}

// whole reports whether all that is to be loaded is in the file. A download or a
// copy that broke off may have its headers.
func whole(obj *elf.File, f io.ReaderAt) bool {
	return !slices.ContainsFunc(obj.Progs, func(p *elf.Prog) bool {
		if p.Filesz == 0 || p.Type == elf.PT_NULL {
			return false
		}
		last := p.Off + p.Filesz - 1
		if last < p.Off || last > math.MaxInt64 {
			return true
		}
		_, err := f.ReadAt(make([]byte, 1), int64(last))
		return err != nil
	})
}

// guess says what a file is that is no ELF file.
func guess(f io.ReaderAt, err error) string {
	head := make([]byte, 512)
	n, readErr := f.ReadAt(head, 0)
	if readErr != nil && !errors.Is(readErr, io.EOF) {
		return readErr.Error()
	}
	head = head[:n]
	for _, m := range []struct{ magic, what string }{
		{"\xfd7zXZ", "is compressed with xz: if it is kernel.txz, unpack it with tar -xf kernel.txz ./boot/kernel/kernel"},
		{"\x1f\x8b", "is compressed: use gunzip first"},
		{"\x28\xb5\x2f\xfd", "is compressed: use unzstd first"},
		{"MZ", "is an EFI program or a Linux kernel"},
		{"#!", "is a script"},
		{elf.ELFMAG, "is cut short or damaged: " + err.Error()},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.what
		}
	}
	if n == 0 {
		return "is empty"
	}
	return fmt.Sprintf("is no ELF file: %v", err)
}

// xenNotes returns the notes of the name Xen by type, as strings without their
// trailing NUL.
func xenNotes(f *elf.File) (map[uint32]string, error) {
	notes := map[uint32]string{}
	for _, p := range f.Progs {
		if p.Type != elf.PT_NOTE {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(p.Open(), maxNotes))
		if err != nil {
			return nil, fmt.Errorf("its notes cannot be read: %w", err)
		}
		collect(notes, data, f.ByteOrder)
	}
	return notes, nil
}

// collect adds the Xen notes in data. It stops at a note that does not fit.
func collect(notes map[uint32]string, data []byte, order binary.ByteOrder) {
	for len(data) >= 12 {
		nameSize, descSize := uint64(order.Uint32(data)), uint64(order.Uint32(data[4:]))
		kind := order.Uint32(data[8:])
		data = data[12:]
		descAt := (nameSize + 3) &^ 3
		next := descAt + (descSize+3)&^3
		if descAt+descSize > uint64(len(data)) {
			return
		}
		if string(data[:nameSize]) == "Xen\x00" {
			notes[kind] = string(bytes.TrimRight(data[descAt:descAt+descSize], "\x00"))
		}
		data = data[min(next, uint64(len(data))):]
	}
}
