package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// elfFile is a 64-bit ELF file for amd64 with one segment.
func elfFile(abi elf.OSABI, segment elf.ProgType, data []byte) []byte {
	const head, prog = 64, 56
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1, byte(abi)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1,
		Phoff: head, Ehsize: head, Phentsize: prog, Phnum: 1,
	})
	binary.Write(&b, binary.LittleEndian, elf.Prog64{
		Type: uint32(segment), Off: head + prog, Filesz: uint64(len(data)), Memsz: uint64(len(data)),
	})
	b.Write(data)
	return b.Bytes()
}

// kernelFile has what is looked for in a kernel: the note with the PVH entry.
func kernelFile() []byte {
	pvh := []byte("\x04\x00\x00\x00\x04\x00\x00\x00\x12\x00\x00\x00Xen\x00\x00\x70\x78\x00")
	return elfFile(elf.ELFOSABI_FREEBSD, elf.PT_NOTE, pvh)
}
