package main

import (
	"fmt"
	"os/exec"
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

// emulator returns the program that runs binaries of an architecture here, which
// is on PATH under one of two names. It is empty when the CPU can.
func emulator(arch string) (string, error) {
	if arch == runtime.GOARCH || arch == "386" && runtime.GOARCH == "amd64" {
		return "", nil
	}
	name := "qemu-" + qemuName(arch)
	for _, command := range []string{name, name + "-static"} {
		if path, err := exec.LookPath(command); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed: on Debian, apt-get install qemu-user", name)
}
