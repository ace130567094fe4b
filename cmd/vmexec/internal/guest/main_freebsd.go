//go:build amd64 || arm64 || riscv64

// The guest's init: the only program of the guest beside the tests. It makes a
// fresh FreeBSD kernel a place where test binaries can run, runs them one after
// another, reports on a serial line of its own, and powers off.
//
// The runner compiles it from the sources that it carries, with nothing but the
// standard library and package wire, which it shares with the runner.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

func main() {
	if os.Getpid() != 1 {
		fmt.Fprintln(os.Stderr, "this is the init of a virtual machine; it does nothing elsewhere")
		os.Exit(1)
	}
	defer powerOff()
	// Emulated processors are slow to wake each other: init on two of them takes five
	// times as long to unpack its files.
	runtime.GOMAXPROCS(1)
	attachConsole()
	key, err := takeKey()
	if err != nil {
		fmt.Fprintln(os.Stderr, "init:", err)
		return
	}
	line, err := controlLine()
	if err != nil {
		fmt.Fprintln(os.Stderr, "init:", err)
		return
	}
	defer line.Close()
	g := &guest{report: wire.NewWriter(line, key), orders: bufio.NewScanner(line)}
	if err := g.work(); err != nil {
		g.report.Send(wire.Failure, []byte(err.Error()))
		return
	}
	g.report.Send(wire.Done, nil)
}

// guest is the state of init.
type guest struct {
	report *wire.Writer
	orders *bufio.Scanner // what to run next, a line each
	files  *files
}

// warn tells the runner about something that tests may miss.
func (g *guest) warn(format string, args ...any) {
	g.report.Send(wire.Warning, fmt.Appendf(nil, format, args...))
}

func (g *guest) work() error {
	files, err := openFiles(wire.FilesDevice)
	if err != nil {
		return err
	}
	defer files.Close()
	g.files = files
	if err := g.prepare(files.job); err != nil {
		return err
	}
	release, err := syscall.Sysctl("kern.osrelease")
	if err != nil {
		return fmt.Errorf("kern.osrelease: %w", err)
	}
	date, err := syscall.SysctlUint32("kern.osreldate")
	if err != nil {
		return fmt.Errorf("kern.osreldate: %w", err)
	}
	if err := g.send(wire.Hello, wire.Greeting{Release: release, Date: date}); err != nil {
		return err
	}
	for g.orders.Scan() && g.orders.Text() != wire.Off {
		i, err := strconv.Atoi(g.orders.Text())
		if err != nil || i < 0 || i >= len(files.job.Runs) {
			return fmt.Errorf("told to run %q of %d", g.orders.Text(), len(files.job.Runs))
		}
		if err := g.one(i, files.job.Runs[i]); err != nil {
			return err
		}
	}
	return g.orders.Err()
}

// one runs a test and reports on it.
func (g *guest) one(i int, run wire.Run) error {
	remove, err := g.files.program(run.Path)
	if err != nil {
		return err
	}
	defer remove()
	if err := g.report.Send(wire.Start, []byte(strconv.Itoa(i))); err != nil {
		return err
	}
	status := g.run(run)
	g.collect(run.Collect)
	return g.send(wire.Exit, status)
}

func (g *guest) send(kind wire.Kind, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return g.report.Send(kind, data)
}

// prepare unpacks the job's files and sets the machine up for tests.
func (g *guest) prepare(job *wire.Job) error {
	for _, dir := range job.Mounts {
		if err := mount("tmpfs", dir, "mode", "1777", "size", strconv.FormatInt(job.Space, 10)); err != nil {
			return fmt.Errorf("tmpfs on %s: %w", dir, err)
		}
	}
	if err := g.files.unpack(); err != nil {
		return err
	}
	for _, m := range job.Modules {
		if err := loadModule(m); err != nil {
			g.warn("module %s: %v", m, err)
		}
	}
	if err := mount("fdescfs", "/dev/fd"); err != nil {
		g.warn("no fdescfs on /dev/fd, which has descriptors 0 to 2 only (%v): put the kernel's "+
			"fdescfs.ko beside the kernel file", err)
	}
	if err := setHostname(job.Hostname); err != nil {
		g.warn("hostname: %v", err)
	}
	if err := loopbackUp(); err != nil {
		g.warn("loopback: %v", err)
	}
	return setLimits()
}
