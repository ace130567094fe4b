//go:build unix

package image

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
)

// The header of a Linux image for arm64, which stands over the first bytes of the
// kernel: a branch to the entry, the image's size in memory, flags and a magic
// number. FreeBSD's kernel is entered like Linux's when LINUX_BOOT_ABI is in it.
const (
	linuxHeaderSize = 64
	linuxSizeAt     = 16
	linuxFlagsAt    = 24
	linuxMagicAt    = 56
	linuxAnywhere   = 8 // flag: may lie at any multiple of 2 MiB
	linuxMagic      = "ARM\x64"
	branch          = 0x14000000 // b, with the distance in words below
	branchReach     = 128 << 20
)

// maxKernel bounds what is written for a kernel's program headers.
const maxKernel = 1 << 30

// Linux makes of the ELF file of an arm64 kernel, which QEMU cannot start, the
// image that it can, and returns its path below work.
func Linux(kernel, work string) (string, error) {
	f, err := elf.Open(kernel)
	if err != nil {
		return "", err
	}
	defer f.Close()
	base, size, err := extent(f)
	if err != nil {
		return "", fault.New(fault.Kernel, "", "kernel %s: %v", kernel, err)
	}
	path := filepath.Join(work, "kernel.img")
	out, err := os.Create(path)
	if err != nil {
		return "", err
	}
	return path, errors.Join(layOut(out, f, base, size), out.Close())
}

// extent returns the lowest address that is loaded, and the size up to the highest.
func extent(f *elf.File) (base, size uint64, err error) {
	var end uint64
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD || p.Memsz == 0 {
			continue
		}
		if p.Filesz > p.Memsz || p.Vaddr+p.Memsz < p.Vaddr {
			return 0, 0, errors.New("a segment's sizes contradict each other")
		}
		if end == 0 || p.Vaddr < base {
			base = p.Vaddr
		}
		end = max(end, p.Vaddr+p.Memsz)
	}
	entry := f.Entry - base
	switch size = end - base; {
	case end == 0:
		return 0, 0, errors.New("has nothing to load")
	case size > maxKernel:
		return 0, 0, fmt.Errorf("spans %d MiB in memory", size>>20)
	case f.Entry < base || entry < linuxHeaderSize || entry >= min(size, branchReach) || entry%4 != 0:
		return 0, 0, fmt.Errorf("its entry %#x cannot be branched to from its start %#x", f.Entry, base)
	}
	return base, size, nil
}

// layOut writes the segments at their distance from base, and the header.
func layOut(out *os.File, f *elf.File, base, size uint64) error {
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD || p.Filesz == 0 {
			continue
		}
		if _, err := io.Copy(io.NewOffsetWriter(out, int64(p.Vaddr-base)), p.Open()); err != nil {
			return fmt.Errorf("kernel: %w", err)
		}
	}
	_, err := out.WriteAt(linuxHeader(f.Entry-base, size), 0)
	return err
}

func linuxHeader(entry, size uint64) []byte {
	h := make([]byte, linuxHeaderSize)
	binary.LittleEndian.PutUint32(h, branch|uint32(entry/4))
	binary.LittleEndian.PutUint64(h[linuxSizeAt:], size)
	binary.LittleEndian.PutUint64(h[linuxFlagsAt:], linuxAnywhere)
	copy(h[linuxMagicAt:], linuxMagic)
	return h
}
