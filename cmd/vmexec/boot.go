//go:build unix

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/elfcheck"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/image"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/vm"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// hostname is the guest's.
const hostname = "rawsys-test"

// slack is what a guest may take between its reports, and a run longer than its
// limit: the time to print its goroutines, and more on a slow host.
const slack = wire.QuitGrace + time.Minute

// boot runs programs on one machine.
type boot struct {
	*config
	log io.Writer
}

// program is a test binary to run, and what it needs.
type program struct {
	wire.Run
	dirs []string // that must exist in the guest
}

// modules are the kernel modules that tests may need and that GENERIC has not
// built in. They are taken from beside the kernel.
func (b *boot) modules() []string {
	var found []string
	for _, name := range []string{"fdescfs", "mqueuefs", "sem"} {
		file := filepath.Join(filepath.Dir(b.kernel), name+".ko")
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			found = append(found, file)
		}
	}
	return found
}

// prepared is what guests are booted from.
type prepared struct {
	machine vm.Machine
	job     *wire.Job
}

// prepare checks the kernel and the programs, and makes the images in work, for a
// number of guests at once.
func (b *boot) prepare(work string, programs []program, root string, guests int) (*prepared, error) {
	kernel, err := elfcheck.Kernel(b.kernel)
	if err != nil {
		return nil, err
	}
	for _, p := range programs {
		if err := elfcheck.Fits(p.Path, kernel); err != nil {
			return nil, err
		}
	}
	m, job, err := b.machine(work, vm.For(kernel), programs, root)
	if err != nil {
		return nil, imageFault(err)
	}
	m.Shared = guests*b.cpus > runtime.NumCPU()
	return &prepared{*m, job}, nil
}

// run boots once and runs the programs, whose reports go to sink.
func (b *boot) run(ctx context.Context, programs []program, root string, sink vm.Sink) error {
	work, err := os.MkdirTemp("", "vmexec")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	p, err := b.prepare(work, programs, root, 1)
	if err != nil {
		return err
	}
	return b.tryAll(ctx, p, newQueue(len(programs)), sink, vm.Accelerators(b.accel, p.machine.GOARCH))
}

// tryAll boots with the first of the accelerators with which the guest starts.
func (b *boot) tryAll(ctx context.Context, p *prepared, queue vm.Queue, sink vm.Sink, accels []string) error {
	m := p.machine
	for i, accel := range accels {
		m.Accel, m.Key = accel, newKey()
		started, err := b.attempt(ctx, &m, p.job, queue, sink)
		var f *fault.Fault
		if started || !errors.As(err, &f) || i == len(accels)-1 {
			return err
		}
		fmt.Fprintf(b.log, "vmexec: the guest did not start with %s, trying %s: %s\n", accel, accels[i+1], f.Problem)
	}
	return nil
}

// attempt boots once with one accelerator. It reports whether init came up.
func (b *boot) attempt(ctx context.Context, m *vm.Machine, job *wire.Job, queue vm.Queue, sink vm.Sink) (started bool, err error) {
	g := &greeted{Sink: sink, log: io.Discard, began: time.Now()}
	if b.verbose {
		g.log = b.log
	}
	o := vm.Options{Boot: b.boot, Slack: slack}
	if b.console {
		o.Console = b.log
	}
	err = m.Run(ctx, job.Runs, queue, o, g)
	return g.ok, err
}

// greeted notes that the guest's init came up.
type greeted struct {
	vm.Sink
	log   io.Writer
	began time.Time
	ok    bool
}

func (g *greeted) Hello(h wire.Greeting) {
	g.ok = true
	fmt.Fprintf(g.log, "vmexec: ready for tests %.1f s after QEMU's start\n", time.Since(g.began).Seconds())
	g.Sink.Hello(h)
}

// machine makes the images.
func (b *boot) machine(work string, platform *vm.Platform, programs []program, root string) (*vm.Machine, *wire.Job, error) {
	init, err := buildInit(work, platform.GOARCH)
	if err != nil {
		return nil, nil, err
	}
	kernel, err := platform.Image(b.kernel, work)
	if err != nil {
		return nil, nil, err
	}
	m := &vm.Machine{
		Platform: platform,
		QEMU:     cmp.Or(b.qemu, platform.QEMU), Kernel: kernel, CPUs: b.cpus, Memory: b.memory, Env: b.kenv,
		Root: filepath.Join(work, "root.iso"), Files: filepath.Join(work, "files.tar"),
	}
	job, err := b.files(m.Files, programs, root)
	if err != nil {
		return nil, nil, err
	}
	return m, job, image.Root(m.Root, init, job.Mounts)
}

// imageFault gives an error about the images its exit status.
func imageFault(err error) error {
	if f := (*fault.Fault)(nil); errors.As(err, &f) {
		return err
	}
	return fault.New(fault.Image, "", "files for the guest: %v", err)
}

// files writes the archive with everything that the programs need.
func (b *boot) files(path string, programs []program, root string) (*wire.Job, error) {
	job := &wire.Job{Hostname: hostname, Space: int64(b.memory) << 20 / 2}
	paths := []string{"/boot", "/etc", "/home", "/root", "/tmp", "/usr", "/var", root}
	for _, p := range programs {
		job.Runs = append(job.Runs, p.Run)
		paths = append(append(paths, p.Path, p.Dir), p.dirs...)
	}
	job.Mounts = image.MountPoints(paths...)
	for _, dir := range job.Mounts {
		if dir == "/dev" || dir == "/sbin" {
			return nil, fmt.Errorf("%s is the guest's own: use another directory with -root", dir)
		}
	}
	modules := b.modules()
	for _, file := range modules {
		job.Modules = append(job.Modules, "/boot/kernel/"+filepath.Base(file))
	}
	f, err := image.Create(path, job, job.Space)
	if err != nil {
		return nil, err
	}
	err = fill(f, programs, root, job.Modules, modules)
	return job, errors.Join(err, f.Close())
}

// fill adds the system's files, the tests and the tree they live in.
func fill(f *image.Files, programs []program, root string, names, modules []string) error {
	for i, file := range modules {
		if err := f.FileAs(names[i], file); err != nil {
			return err
		}
	}
	for _, e := range etc() {
		if err := f.Text("/etc/"+e.name, e.text); err != nil {
			return err
		}
	}
	if err := f.Tree(root); err != nil {
		return err
	}
	for _, p := range programs {
		for _, dir := range append([]string{p.Dir}, p.dirs...) {
			if err := f.Dir(filepath.ToSlash(dir)); err != nil {
				return err
			}
		}
	}
	for _, p := range programs { // last, and in their order: init unpacks each when it is run
		if strings.HasPrefix(p.Path, root+string(filepath.Separator)) {
			continue // it is in the tree
		}
		if err := f.File(p.Path); err != nil {
			return err
		}
	}
	return nil
}

// etc returns what Go programs read below /etc.
func etc() []etcFile {
	return []etcFile{
		{"hosts", "127.0.0.1 localhost " + hostname + "\n::1 localhost " + hostname + "\n"},
		{"resolv.conf", "nameserver 127.0.0.1\n"},
		{"nsswitch.conf", "hosts: files dns\npasswd: files\ngroup: files\n"},
		{"passwd", "root:*:0:0:root:/root:/bin/sh\nnobody:*:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
		{"group", "wheel:*:0:root\nnogroup:*:65533:\nnobody:*:65534:\n"},
		{"protocols", "ip 0 IP\nicmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\nipv6-icmp 58 IPV6-ICMP\n"},
		{"services", "ftp 21/tcp\nssh 22/tcp\nsmtp 25/tcp\ndomain 53/tcp\ndomain 53/udp\nhttp 80/tcp\nhttps 443/tcp\n"},
	}
}

type etcFile struct{ name, text string }
