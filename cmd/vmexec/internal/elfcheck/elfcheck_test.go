package elfcheck

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fakeqemu"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
)

// note is an ELF note as the file has it.
func note(name string, kind uint32, desc string) []byte {
	name += "\x00"
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(name)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(desc)))
	b = binary.LittleEndian.AppendUint32(b, kind)
	for _, s := range []string{name, desc} {
		b = append(b, s...)
		b = append(b, make([]byte, -len(s)&3)...)
	}
	return b
}

func kernel(machine elf.Machine, notes ...[]byte) []byte {
	return fakeqemu.ELF(machine, elf.ELFOSABI_FREEBSD, elf.PT_NOTE, bytes.Join(notes, nil))
}

func test386() []byte {
	const head, prog = 52, 32
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, elf.Header32{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS32), byte(elf.ELFDATA2LSB), 1, byte(elf.ELFOSABI_FREEBSD)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_386), Version: 1, Ehsize: head, Phentsize: prog,
	})
	return b.Bytes()
}

func write(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wantFault checks that err is a fault of the status that says want and a remedy.
func wantFault(t *testing.T, err error, status int, want string) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Status != status || !strings.Contains(f.Problem, want) || f.Remedy == "" {
		t.Errorf("got %+v, want status %d and %q", err, status, want)
	}
}

func TestKernel(t *testing.T) {
	freebsd, entry := note("Xen", noteGuestOS, "FreeBSD\x00"), note("Xen", notePVH, "\x00\x70\x78\x00")
	buildID := note("GNU", notePVH, "0123456789")
	for name, c := range map[string]struct {
		data []byte
		want string // "" is good
	}{
		"good":            {kernel(elf.EM_X86_64, buildID, freebsd, entry), ""},
		"no OS note":      {kernel(elf.EM_X86_64, entry), ""},
		"no PVH":          {kernel(elf.EM_X86_64, freebsd, buildID), "no PVH entry"},
		"no notes":        {kernel(elf.EM_X86_64), "no PVH entry"},
		"cut note":        {kernel(elf.EM_X86_64, freebsd, entry[:18]), "no PVH entry"},
		"huge note":       {kernel(elf.EM_X86_64, []byte("\xff\xff\xff\xff\xff\xff\xff\xff\x12\x00\x00\x00Xen\x00")), "no PVH entry"},
		"Linux":           {kernel(elf.EM_X86_64, note("Xen", noteGuestOS, "linux\x00"), entry), "kernel of linux"},
		"arm64":           {fakeqemu.ARM64Kernel(), ""},
		"Linux for arm64": {kernel(elf.EM_AARCH64, freebsd, entry), "no kernel of FreeBSD"},
		"riscv64":         {kernel(elf.EM_RISCV, freebsd, entry), "EM_RISCV"},
		"32-bit":          {test386(), "EM_386"},
		"kernel.txz":      {[]byte("\xfd7zXZ\x00 and so on"), "tar -xf kernel.txz"},
		"gzip":            {[]byte("\x1f\x8b\x08 and so on"), "gunzip"},
		"zstd":            {[]byte("\x28\xb5\x2f\xfd and so on"), "unzstd"},
		"Linux bzImage":   {[]byte("MZ\xea\x07"), "Linux kernel"},
		"text":            {[]byte("hello, world\n"), "no ELF file"},
		"empty":           {nil, "is empty"},
		"cut ELF":         {kernel(elf.EM_X86_64, entry)[:40], "cut short"},
		"cut segment":     {kernel(elf.EM_X86_64, freebsd, entry)[:64+56+30], "cut short"},
		"script":          {[]byte("#!/bin/sh\n"), "script"},
		"segment at 2^40": {badOffset(1 << 40), "cut short"},
		"segment at 2^63": {badOffset(1 << 63), "cut short"},
		"segment at 2^64": {badOffset(1<<64 - 1), "cut short"},
	} {
		arch, err := Kernel(write(t, c.data))
		if c.want == "" {
			if want := map[bool]string{false: "amd64", true: "arm64"}[name == "arm64"]; err != nil || arch != want {
				t.Errorf("%s: %q %v", name, arch, err)
			}
			continue
		}
		t.Run(name, func(t *testing.T) { wantFault(t, err, fault.Kernel, c.want) })
	}
	_, err := Kernel(filepath.Join(t.TempDir(), "none"))
	wantFault(t, err, fault.Kernel, "no such file")
	_, err = Kernel(t.TempDir())
	wantFault(t, err, fault.Kernel, "directory")
}

// badOffset is a kernel whose notes lie beyond the file.
func badOffset(at uint64) []byte {
	data := kernel(elf.EM_X86_64, note("Xen", notePVH, "\x00\x70\x78\x00"))
	binary.LittleEndian.PutUint64(data[64+8:], at)
	return data
}

func TestTest(t *testing.T) {
	load := func(machine elf.Machine, abi elf.OSABI) []byte { return fakeqemu.ELF(machine, abi, elf.PT_LOAD, nil) }
	for name, c := range map[string]struct {
		data       []byte
		arch, want string
	}{
		"amd64":   {load(elf.EM_X86_64, elf.ELFOSABI_FREEBSD), "amd64", ""},
		"386":     {test386(), "386", ""},
		"Linux":   {load(elf.EM_X86_64, elf.ELFOSABI_NONE), "", "not for FreeBSD"},
		"arm64":   {load(elf.EM_AARCH64, elf.ELFOSABI_FREEBSD), "arm64", ""},
		"arm":     {load(elf.EM_ARM, elf.ELFOSABI_FREEBSD), "arm", ""},
		"riscv64": {load(elf.EM_RISCV, elf.ELFOSABI_FREEBSD), "", "EM_RISCV"},
		"dynamic": {fakeqemu.ELF(elf.EM_X86_64, elf.ELFOSABI_FREEBSD, elf.PT_INTERP, []byte("/libexec/ld-elf.so.1")), "", "dynamically linked"},
		"script":  {[]byte("#!/bin/sh\n"), "", "script"},
		"cut":     {fakeqemu.ELF(elf.EM_X86_64, elf.ELFOSABI_FREEBSD, elf.PT_LOAD, []byte("code"))[:64+56+3], "", "cut short"},
	} {
		t.Run(name, func(t *testing.T) {
			arch, err := Test(write(t, c.data))
			if arch != c.arch {
				t.Errorf("arch %q", arch)
			}
			if c.want != "" {
				wantFault(t, err, fault.Binary, c.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFits(t *testing.T) {
	for _, c := range []struct {
		kernel string
		data   []byte
		want   string // "" fits
	}{
		{"amd64", fakeqemu.ELF(elf.EM_X86_64, elf.ELFOSABI_FREEBSD, elf.PT_LOAD, nil), ""},
		{"amd64", test386(), ""},
		{"amd64", fakeqemu.ELF(elf.EM_AARCH64, elf.ELFOSABI_FREEBSD, elf.PT_LOAD, nil), "is for arm64, and the kernel is for amd64"},
		{"arm64", fakeqemu.ELF(elf.EM_AARCH64, elf.ELFOSABI_FREEBSD, elf.PT_LOAD, nil), ""},
		{"arm64", fakeqemu.ELF(elf.EM_ARM, elf.ELFOSABI_FREEBSD, elf.PT_LOAD, nil), ""},
		{"arm64", test386(), "is for 386, and the kernel is for arm64"},
	} {
		if err := Fits(write(t, c.data), c.kernel); c.want != "" {
			wantFault(t, err, fault.Binary, c.want)
		} else if err != nil {
			t.Error(err)
		}
	}
}
