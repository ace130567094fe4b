//go:build amd64 || arm64 || riscv64

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unsafe"
)

// controlLine opens the serial line that is not the console's. Which number it has
// depends on the order in which the kernel found the two.
func controlLine() (*os.File, error) {
	consoles, err := syscall.Sysctl("kern.console")
	if err != nil {
		return nil, fmt.Errorf("kern.console: %w", err)
	}
	lines, err := filepath.Glob("/dev/cuau[0-9]*")
	if err != nil {
		return nil, err
	}
	lines = otherLines(lines, consoles)
	if len(lines) != 1 {
		return nil, fmt.Errorf("no single serial line beside the console (%s): %q", consoles, lines)
	}
	return openLine(lines[0])
}

// otherLines returns the call-out devices that are no console: those in use stand
// before the slash in the kernel's list, as terminals, and each line has devices for
// its initial and its locked state as well.
func otherLines(lines []string, consoles string) []string {
	used, _, _ := strings.Cut(consoles, "/")
	return slices.DeleteFunc(lines, func(line string) bool {
		number := strings.TrimPrefix(line, "/dev/cuau")
		return strings.ContainsAny(number, ".abcdefghijklmnopqrstuvwxyz") ||
			slices.Contains(strings.Split(used, ","), "ttyu"+number)
	})
}

// openLine opens a serial line for bytes as they are, without echo or
// translation, which is cfmakeraw(3).
func openLine(name string) (*os.File, error) {
	fd, err := syscall.Open(name, syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var t syscall.Termios
	if err := ioctl(fd, syscall.TIOCGETA, unsafe.Pointer(&t)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t.Iflag = syscall.IGNBRK
	t.Oflag = 0
	t.Lflag = 0
	t.Cflag = syscall.CREAD | syscall.CS8 | syscall.CLOCAL | syscall.HUPCL
	t.Cc[syscall.VMIN], t.Cc[syscall.VTIME] = 1, 0
	t.Ispeed, t.Ospeed = 115200, 115200
	if err := ioctl(fd, syscall.TIOCSETA, unsafe.Pointer(&t)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := ioctl(fd, syscall.TIOCEXCL, nil); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return os.NewFile(uintptr(fd), name), nil
}
