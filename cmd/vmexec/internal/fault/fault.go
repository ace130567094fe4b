// Package fault has the ways in which the runner itself fails, as opposed to
// the tests that it runs. Each says what happened and what to do, and has an
// exit status of its own.
package fault

import (
	"fmt"
	"strings"
)

// The exit statuses of the runner's own failures. They lie above what test
// binaries exit with and below what a shell reports for signals.
const (
	Usage   = 120 // the command line
	Kernel  = 121 // the kernel file cannot be booted here
	Binary  = 122 // the test binary cannot run on that kernel
	Image   = 123 // the files for the guest: too many bytes, unreadable
	Timeout = 124 // no answer in time
	QEMU    = 125 // QEMU, or the go command, is missing or failed
	Panic   = 126 // the guest's kernel panicked or found no root
	Guest   = 127 // init failed, or its reports were cut or tampered with
)

// Fault is a failure of the runner.
type Fault struct {
	Status  int      // exit status
	Problem string   // what happened
	Remedy  string   // what to do about it, if that is known
	Console []string // the last lines that the kernel printed
}

// New returns a Fault; the problem is formatted with args.
func New(status int, remedy, problem string, args ...any) *Fault {
	return &Fault{Status: status, Problem: fmt.Sprintf(problem, args...), Remedy: remedy}
}

// Error says the problem, the remedy, and the last lines of the console.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Problem)
	if f.Remedy != "" {
		b.WriteString("\n\t" + f.Remedy)
	}
	if len(f.Console) > 0 {
		b.WriteString("\n\tthe console's last lines:")
		for _, line := range f.Console {
			b.WriteString("\n\t| " + line)
		}
	}
	return b.String()
}
