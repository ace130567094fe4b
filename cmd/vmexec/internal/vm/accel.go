//go:build unix

// Package vm boots a FreeBSD kernel in QEMU, watches over it, and hands on what
// its init reports.
package vm

import (
	"bytes"
	"os"
	"runtime"
)

// Auto stands for the best accelerator that the host has.
const Auto = "auto"

// Software stands for emulation without the host's help.
const Software = "tcg"

// Accelerators returns the accelerators of QEMU to try in turn for a kernel's
// GOARCH and a choice of the user's. Hardware virtualises its own processor only.
func Accelerators(choice, goarch string) []string {
	switch {
	case choice != Auto:
		return []string{choice}
	case runtime.GOARCH != goarch:
	case runtime.GOOS == "linux" && goarch == "arm64" && openable("/dev/kvm"):
		return []string{"kvm", Software}
	case runtime.GOOS == "linux" && goarch == "amd64" && kvmUsable("/dev/kvm", "/proc/cpuinfo"):
		return []string{"kvm", Software}
	case runtime.GOOS == "darwin":
		return []string{"hvf", Software}
	}
	return []string{Software}
}

func openable(device string) bool {
	f, err := os.OpenFile(device, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// kvmUsable reports whether the device can be opened and the processor says that
// it can virtualise. There are hosts with the one and not the other, whose KVM
// runs paravirtualised guests only.
func kvmUsable(device, cpuinfo string) bool {
	if !openable(device) {
		return false
	}
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
