package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// qemuName is what QEMU calls an architecture, where Go has another name.
func qemuName(arch string) string {
	switch arch {
	case "386":
		return "i386"
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	case "loong64":
		return "loongarch64"
	case "mipsle":
		return "mipsel"
	case "mips64le":
		return "mips64el"
	}
	return arch
}

// errNo386 says why 386 is left out: under qemu-i386 the threads of Go's programs
// lose their thread-local storage, and die in the runtime's first lines.
var errNo386 = errors.New("not run: needs an amd64 kernel that takes programs of 32 bits; qemu-i386 does not run Go's")

// emulator returns the program that runs binaries of an architecture here, which
// is on PATH under one of two names. It is empty when the machine can run them.
func emulator(arch string) (string, error) {
	if arch == runtime.GOARCH {
		return "", nil
	}
	if arch == "386" {
		if runtime.GOARCH == "amd64" && runs386() {
			return "", nil
		}
		return "", errNo386
	}
	name := "qemu-" + qemuName(arch)
	for _, command := range []string{name, name + "-static"} {
		if path, err := exec.LookPath(command); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed: on Debian, apt-get install qemu-user", name)
}

// runs386 reports whether the kernel takes programs of 32 bits, which amd64's can
// be built without: it tries one.
func runs386() bool {
	dir, err := os.MkdirTemp("", "testarch-")
	if err != nil {
		return false
	}
	defer os.RemoveAll(dir)
	exe := filepath.Join(dir, "exit")
	return os.WriteFile(exe, exit386(), 0o777) == nil && exec.Command(exe).Run() == nil
}

// exit386 is a program of one segment that exits with status 0.
func exit386() []byte {
	const base, headers = 0x10000, 52 + 32
	code := []byte{
		0x31, 0xdb, // xor ebx, ebx
		0xb8, 1, 0, 0, 0, // mov eax, 1: exit
		0xcd, 0x80, // int 0x80
	}
	size := uint32(headers + len(code))
	h := elf.Header32{
		Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_386), Version: uint32(elf.EV_CURRENT),
		Entry: base + headers, Phoff: 52, Ehsize: 52, Phentsize: 32, Phnum: 1,
	}
	copy(h.Ident[:], elf.ELFMAG)
	h.Ident[elf.EI_CLASS], h.Ident[elf.EI_DATA], h.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS32), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)
	p := elf.Prog32{
		Type: uint32(elf.PT_LOAD), Vaddr: base, Paddr: base, Filesz: size, Memsz: size,
		Flags: uint32(elf.PF_R | elf.PF_X), Align: 0x1000,
	}
	var b bytes.Buffer
	for _, part := range []any{h, p, code} {
		binary.Write(&b, binary.LittleEndian, part) // into memory: it cannot fail
	}
	return b.Bytes()
}
