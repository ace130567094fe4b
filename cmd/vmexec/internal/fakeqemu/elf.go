package fakeqemu

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// ELF returns a 64-bit ELF file with one segment, as far as checks of kernels and
// programs look.
func ELF(machine elf.Machine, abi elf.OSABI, segment elf.ProgType, data []byte) []byte {
	const head, prog = 64, 56
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1, byte(abi)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(machine), Version: 1,
		Phoff: head, Ehsize: head, Phentsize: prog, Phnum: 1,
	})
	binary.Write(&b, binary.LittleEndian, elf.Prog64{
		Type: uint32(segment), Off: head + prog, Filesz: uint64(len(data)), Memsz: uint64(len(data)),
	})
	b.Write(data)
	return b.Bytes()
}

// ARM64Kernel returns an ELF file with what is looked for in a kernel for arm64.
func ARM64Kernel() []byte {
	return ELF(elf.EM_AARCH64, elf.ELFOSABI_NONE, elf.PT_INTERP, []byte("/red/herring\x00"))
}
