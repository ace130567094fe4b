//go:build amd64 || arm64 || riscv64

package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// attachConsole makes the console standard output and error, for messages that
// cannot be reported, and for the runtime's in case init itself fails.
func attachConsole() {
	f, err := os.OpenFile("/dev/console", os.O_WRONLY, 0)
	if err != nil {
		return
	}
	syscall.Dup2(int(f.Fd()), 1)
	syscall.Dup2(int(f.Fd()), 2)
}

// Actions of kenv(2).
const (
	kenvGet   = 0
	kenvUnset = 2
)

// takeKey takes the key out of the kernel's environment, where tests could read it.
func takeKey() ([]byte, error) {
	name, err := syscall.BytePtrFromString(wire.KeyVariable)
	if err != nil {
		return nil, err
	}
	var value [2*wire.KeySize + 1]byte
	n, _, errno := syscall.Syscall6(syscall.SYS_KENV, kenvGet, uintptr(unsafe.Pointer(name)),
		uintptr(unsafe.Pointer(&value[0])), uintptr(len(value)), 0, 0)
	if errno != 0 {
		return nil, fmt.Errorf("kernel environment has no %s: %w", wire.KeyVariable, errno)
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_KENV, kenvUnset, uintptr(unsafe.Pointer(name)), 0); errno != 0 {
		return nil, fmt.Errorf("%s cannot be unset: %w", wire.KeyVariable, errno)
	}
	key, err := hex.DecodeString(string(value[:n-1]))
	if err != nil || len(key) != wire.KeySize {
		return nil, fmt.Errorf("%s is not %d bytes in hexadecimal", wire.KeyVariable, wire.KeySize)
	}
	return key, nil
}

func ioctl(fd int, request uintptr, arg unsafe.Pointer) error {
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), request, uintptr(arg)); errno != 0 {
		return errno
	}
	return nil
}

// mount mounts a file system by nmount(2); options are names and values in turn.
func mount(fstype, dir string, options ...string) error {
	options = append([]string{"fstype", fstype, "fspath", dir}, options...)
	iov := make([]syscall.Iovec, len(options))
	for i, o := range options {
		p, err := syscall.BytePtrFromString(o)
		if err != nil {
			return err
		}
		iov[i].Base = p
		iov[i].SetLen(len(o) + 1)
	}
	_, _, errno := syscall.Syscall(syscall.SYS_NMOUNT, uintptr(unsafe.Pointer(&iov[0])), uintptr(len(iov)), 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// loadModule loads a kernel module from a file.
func loadModule(name string) error {
	p, err := syscall.BytePtrFromString(name)
	if err != nil {
		return err
	}
	_, _, errno := syscall.Syscall(syscall.SYS_KLDLOAD, uintptr(unsafe.Pointer(p)), 0, 0)
	if errno != 0 && errno != syscall.EEXIST { // EEXIST: this kernel has it built in
		return errno
	}
	return nil
}

func setHostname(name string) error {
	mib := [2]int32{1, 10} // CTL_KERN, KERN_HOSTNAME
	p := []byte(name)
	_, _, errno := syscall.Syscall6(syscall.SYS___SYSCTL, uintptr(unsafe.Pointer(&mib[0])), uintptr(len(mib)),
		0, 0, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	if errno != 0 {
		return errno
	}
	return nil
}

// setLimits sets what all runs inherit. There is no place for core files.
func setLimits() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("limit of core files: %w", err)
	}
	return nil
}

// powerOff ends the machine, and with it QEMU.
func powerOff() {
	const noSync, powerOff = 0x4, 0x4000 // RB_NOSYNC, RB_POWEROFF
	syscall.Syscall(syscall.SYS_REBOOT, noSync|powerOff, 0, 0)
}
