//go:build unix

package main

import (
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
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
	guests  int
	all     bool
	times   string
	goarchs string
	kenv    settings
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
	fs.StringVar(&c.kernel, "kernel", os.Getenv(kernelVariable), "`FILE` with a FreeBSD kernel for amd64 or arm64 (default $"+kernelVariable+")")
	fs.StringVar(&c.qemu, "qemu", "", "`PROGRAM` that is QEMU (default qemu-system-x86_64 or qemu-system-aarch64, as the kernel needs)")
	fs.StringVar(&c.accel, "accel", vm.Auto, "QEMU's `ACCELERATOR`: auto, kvm, hvf or tcg")
	fs.StringVar(&c.root, "root", "", "`DIR` to copy into the guest (default the module's, or else the working directory)")
	fs.IntVar(&c.cpus, "cpus", min(runtime.NumCPU(), 2), "`NUMBER` of processors of the guest")
	fs.IntVar(&c.memory, "mem", 0, "memory of a guest in `MiB`, half of it for files (default 1024, or 2048 with test)")
	fs.IntVar(&c.guests, "guests", min(runtime.NumCPU(), 2), "with test: `NUMBER` of guests that share the packages")
	fs.BoolVar(&c.all, "all", false, "with test: leave nothing out, neither packages of a pattern that are the same on this system\nnor, without hardware virtualisation, the tests that -test.short spares")
	fs.StringVar(&c.times, "times", defaultTimes(), "with test: `FILE` that keeps how long packages take, so that the longest run first")
	fs.StringVar(&c.goarchs, "goarch", os.Getenv("GOARCH"), "with test: run the tests of each of these `ARCHITECTURES`, such as amd64,386 (default $GOARCH, or the kernel's)")
	fs.Var(&c.kenv, "kenv", "a variable of the kernel's environment, `NAME=VALUE`; may be repeated")
	fs.DurationVar(&c.timeout, "timeout", 0, "longest `TIME` for a test binary (default a little over its -test.timeout)")
	fs.DurationVar(&c.boot, "boot-timeout", 3*time.Minute, "longest `TIME` for booting")
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
	case c.guests < 1:
		problem = "-guests must be at least 1"
	case c.memory < minMemory:
		problem = fmt.Sprintf("-mem must be at least %d", minMemory)
	default:
		return nil
	}
	fmt.Fprintf(fs.Output(), "vmexec: %s; -h shows the usage\n", problem)
	return fmt.Errorf("%s", problem)
}

// settings are the values of -kenv.
type settings []string

func (s *settings) String() string { return strings.Join(*s, " ") }

// Set takes a variable as the kernel can be given it: on a line, between spaces.
func (s *settings) Set(v string) error {
	name, _, ok := strings.Cut(v, "=")
	switch {
	case !ok || name == "":
		return errors.New("not of the form NAME=VALUE")
	case strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == ',' }):
		return errors.New("the kernel takes no blanks, commas, quotes or letters beyond ASCII in it")
	case name == wire.KeyVariable:
		return errors.New("this variable is the runner's own")
	}
	*s = append(*s, v)
	return nil
}

// minMemory is what a kernel, init and a small test need, in MiB.
const minMemory = 256

// newKey returns a key for one boot.
func newKey() []byte {
	key := make([]byte, wire.KeySize)
	rand.Read(key)
	return key
}
