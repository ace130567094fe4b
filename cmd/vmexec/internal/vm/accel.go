//go:build unix

// Package vm boots a FreeBSD kernel in QEMU, watches over it, and hands on what
// its init reports.
package vm

import (
	"bytes"
	"os"
	"runtime"
	"strconv"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/image"
)

// Auto stands for the best accelerator that the host has.
const Auto = "auto"

const software = "tcg"

// Accelerators returns the accelerators of QEMU to try in turn for a choice of
// the user's.
func Accelerators(choice string) []string {
	if choice != Auto {
		return []string{choice}
	}
	switch {
	case runtime.GOOS == "linux" && kvmUsable("/dev/kvm", "/proc/cpuinfo"):
		return []string{"kvm", software}
	case runtime.GOOS == "darwin" && runtime.GOARCH == "amd64":
		return []string{"hvf", software}
	}
	return []string{software}
}

// kvmUsable reports whether the device can be opened and the processor says that
// it can virtualise. There are hosts with the one and not the other, whose KVM
// runs paravirtualised guests only.
func kvmUsable(device, cpuinfo string) bool {
	f, err := os.OpenFile(device, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	f.Close()
	info, err := os.ReadFile(cpuinfo)
	if err != nil {
		return false
	}
	for line := range bytes.Lines(info) {
		if name, flags, _ := bytes.Cut(line, []byte(":")); string(bytes.TrimSpace(name)) == "flags" {
			for flag := range bytes.FieldsSeq(flags) {
				if string(flag) == "vmx" || string(flag) == "svm" {
					return true
				}
			}
			return false
		}
	}
	return false
}

// processor returns the value of QEMU's -cpu and what the kernel must be told.
//
// A kernel that is entered by PVH and is not on Xen has no clock for early
// delays but the TSC, and panics when it does not learn the TSC's frequency from
// the processor. With hardware virtualisation the hypervisor's CPUID leaf tells
// it. In software there is no such leaf; there the kernel takes the frequency
// from an Intel brand string, which is enough until it measures the TSC against
// the HPET, and takes a TSC to be invariant only on a processor that does not
// show a hypervisor. rdrand seeds the kernel's random generator at once, and
// without fsgsbase the kernel loses the thread pointer of 32-bit programs, which
// they set through a local descriptor table.
func processor(accel string) (cpu string, kernelEnv []string) {
	if accel != software {
		return "host,migratable=off,+invtsc", nil
	}
	return "Nehalem,+rdrand,+fsgsbase,-hypervisor,model-id=Emulated CPU @ 2.00GHz",
		[]string{"machdep.disable_tsc_calibration=1"}
}

// machineType is a PC without a keyboard controller. GENERIC looks for a display and
// a keyboard before it has a clock, and panics over the delays this takes; vt's
// driver for VGA does not look first, sc's does.
const machineType = "pc,i8042=off"

// commandLine returns the kernel's environment.
func commandLine(extra ...string) []string {
	return append([]string{
		"console=comconsole",
		"boot_serial=YES",
		"hint.uart.0.at=isa", "hint.uart.0.port=0x3F8", "hint.uart.0.irq=4", "hint.uart.0.flags=0x10",
		"hint.uart.1.at=isa", "hint.uart.1.port=0x2F8", "hint.uart.1.irq=3",
		"kern.vty=sc",
		"kern.panic_reboot_wait_time=0",
		"vfs.root.mountfrom=cd9660:/dev/vtbd0",
		"init_path=" + image.Init,
	}, extra...)
}

func megabytes(n int) string { return strconv.Itoa(n) + "M" }
