//go:build unix

package main

import (
	"crypto/rand"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/vm"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// kernelVariable names the kernel when -kernel does not.
const kernelVariable = "RAWSYS_FREEBSD_KERNEL"

// config is the command line.
type config struct {
	kernel  string
	qemu    string
	accel   string
	root    string
	cpus    int
	memory  int
	timeout time.Duration
	boot    time.Duration
	console bool
	verbose bool
	args    []string
}

// parse reads the command line. The error has been printed.
func parse(args []string, stderr io.Writer) (*config, error) {
	c := new(config)
	fs := flag.NewFlagSet("vmexec", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&c.kernel, "kernel", os.Getenv(kernelVariable), "`FILE` with a FreeBSD kernel for amd64 (default $"+kernelVariable+")")
	fs.StringVar(&c.qemu, "qemu", "qemu-system-x86_64", "`PROGRAM` that is QEMU")
	fs.StringVar(&c.accel, "accel", vm.Auto, "QEMU's `ACCELERATOR`: auto, kvm, hvf or tcg")
	fs.StringVar(&c.root, "root", "", "`DIR` to copy into the guest (default the module's, or else the working directory)")
	fs.IntVar(&c.cpus, "cpus", min(runtime.NumCPU(), 2), "`NUMBER` of processors of the guest")
	fs.IntVar(&c.memory, "memory", 0, "memory of the guest in `MiB`, half of it for files (default 1024, or 2048 with test)")
	fs.DurationVar(&c.timeout, "timeout", 0, "longest `TIME` for a test binary (default a little over its -test.timeout)")
	fs.DurationVar(&c.boot, "boot-timeout", time.Minute, "longest `TIME` for booting")
	fs.BoolVar(&c.console, "console", false, "show what the kernel prints")
	fs.BoolVar(&c.verbose, "v", false, "say which kernel runs; with test, show the output of all tests")
	fs.Usage = func() {
		fmt.Fprintf(stderr, "Vmexec runs FreeBSD test binaries on a FreeBSD kernel in QEMU. Version %s.\n\n"+
			"Usage: vmexec [flags] TEST-BINARY [arguments]           for go test -exec\n"+
			"       vmexec [flags] test [packages] [-args flags]     all packages on one machine\n\n"+
			"go doc github.com/rawsys-go/rawsys/cmd/vmexec says more.\n\nFlags:\n", version())
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	c.args = fs.Args()
	if c.memory == 0 {
		c.memory = 1024
		if c.suites() {
			c.memory = 2048 // it holds the binaries of all packages
		}
	}
	return c, c.check(fs)
}

// suites reports whether whole packages are to be tested.
func (c *config) suites() bool { return len(c.args) > 0 && c.args[0] == "test" }

// check refuses what cannot work.
func (c *config) check(fs *flag.FlagSet) error {
	var problem string
	switch {
	case len(c.args) == 0:
		problem = "no test binary is named"
	case c.kernel == "":
		problem = "no kernel: give -kernel FILE or set " + kernelVariable + " (kernel.txz of a FreeBSD release has one, as boot/kernel/kernel)"
	case c.cpus < 1:
		problem = "-cpus must be at least 1"
	case c.memory < minMemory:
		problem = fmt.Sprintf("-memory must be at least %d", minMemory)
	default:
		return nil
	}
	fmt.Fprintf(fs.Output(), "vmexec: %s; -h shows the usage\n", problem)
	return fmt.Errorf("%s", problem)
}

// minMemory is what a kernel, init and a small test need, in MiB.
const minMemory = 256

// newKey returns a key for one boot.
func newKey() []byte {
	key := make([]byte, wire.KeySize)
	rand.Read(key)
	return key
}
