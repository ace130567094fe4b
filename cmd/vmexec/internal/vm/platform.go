//go:build unix

package vm

import (
	"fmt"
	"strings"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/image"
)

// Platform is a kind of machine that QEMU emulates.
type Platform struct {
	GOARCH  string // of the kernel
	QEMU    string // program
	Package string // Debian's, which has the program

	machine func(accel string, cpus int) string
	cpu     func(accel string) string
	env     func(accel string) []string // for the kernel, beside what all get
	control []string                    // the device of init's line, whose chardev is control
	prefix  string                      // of the kernel's command line
	limit   int                         // longest command line in bytes, or 0
}

// For returns the platform of a kernel for goarch, which is amd64 or arm64.
func For(goarch string) *Platform {
	if goarch == "arm64" {
		return &virt
	}
	return &pc
}

// Image returns the file to give to QEMU as the kernel, which may be one made in
// the directory work.
func (p *Platform) Image(kernel, work string) (string, error) {
	if p != &virt {
		return kernel, nil
	}
	return image.Linux(kernel, work)
}

// commandLine returns the kernel's environment as one line.
func (p *Platform) commandLine(accel string, extra ...string) (string, error) {
	env := append(p.env(accel),
		"kern.panic_reboot_wait_time=0",
		"vfs.root.mountfrom=cd9660:/dev/vtbd0",
		"init_path="+image.Init,
	)
	line := p.prefix + strings.Join(append(env, extra...), " ")
	if p.limit > 0 && len(line) > p.limit {
		return "", fault.New(fault.Usage, "set fewer or shorter variables with -kenv",
			"the kernel's environment is %d bytes too long: an %s kernel takes %d", len(line)-p.limit, p.GOARCH, p.limit)
	}
	return line, nil
}

// pc is a PC without a keyboard controller. GENERIC looks for a display and a
// keyboard before it has a clock, and panics over the delays this takes; vt's
// driver for VGA does not look first, sc's does.
var pc = Platform{
	GOARCH: "amd64", QEMU: "qemu-system-x86_64", Package: "qemu-system-x86",
	machine: func(string, int) string { return "pc,i8042=off" },
	cpu:     pcProcessor,
	env:     pcEnvironment,
	control: []string{"-serial", "chardev:control"},
}

// pcProcessor returns the value of QEMU's -cpu.
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
func pcProcessor(accel string) string {
	if accel != Software {
		return "host,migratable=off,+invtsc"
	}
	return "Nehalem,+rdrand,+fsgsbase,-hypervisor,model-id=Emulated CPU @ 2.00GHz"
}

func pcEnvironment(accel string) []string {
	env := []string{
		"console=comconsole",
		"boot_serial=YES",
		"hint.uart.0.at=isa", "hint.uart.0.port=0x3F8", "hint.uart.0.irq=4", "hint.uart.0.flags=0x10",
		"hint.uart.1.at=isa", "hint.uart.1.port=0x2F8", "hint.uart.1.irq=3",
		"kern.vty=sc",
	}
	if accel == Software {
		env = append(env, "machdep.disable_tsc_calibration=1")
	}
	return env
}

// virt is QEMU's board for arm64. It has one serial line, which becomes the
// console; init's is on the PCI bus, with the programming interface that FreeBSD's
// driver knows. The kernel takes its environment from the command line when that
// begins with its name.
var virt = Platform{
	GOARCH: "arm64", QEMU: "qemu-system-aarch64", Package: "qemu-system-arm",
	machine: virtMachine,
	cpu: func(accel string) string {
		if accel != Software {
			return "host"
		}
		return "max,pauth-impdef=on" // with a random number instruction and 32-bit programs
	},
	env:     func(string) []string { return nil },
	control: []string{"-device", "pci-serial,chardev=control,prog_if=0"},
	prefix:  "FreeBSD:",
	limit:   511,
}

// virtMachine chooses the interrupt controller: the host's where there is one to
// virtualise, and the third version where the second cannot serve the processors.
func virtMachine(accel string, cpus int) string {
	const processorsOfSecond = 8
	version := "2"
	switch {
	case accel == "kvm":
		version = "max"
	case cpus > processorsOfSecond:
		version = "3"
	}
	return fmt.Sprintf("virt,gic-version=%s", version)
}
