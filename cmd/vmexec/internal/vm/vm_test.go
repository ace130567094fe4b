//go:build unix

package vm

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fakeqemu"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/image"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

func TestMain(m *testing.M) {
	fakeqemu.Main()
	os.Exit(m.Run())
}

// recorder is a Sink that remembers.
type recorder struct {
	greeting       wire.Greeting
	warnings       []string
	starts         []int
	stdout, stderr bytes.Buffer
	files          map[string]string
	exits          []wire.Status
}

func (r *recorder) Hello(g wire.Greeting)     { r.greeting = g }
func (r *recorder) Warning(text string)       { r.warnings = append(r.warnings, text) }
func (r *recorder) Start(run int)             { r.starts = append(r.starts, run) }
func (r *recorder) Exit(_ int, s wire.Status) { r.exits = append(r.exits, s) }

func (r *recorder) Output(_ int, kind wire.Kind, data []byte) error {
	w := &r.stdout
	if kind == wire.Stderr {
		w = &r.stderr
	}
	_, err := w.Write(data)
	return err
}

func (r *recorder) File(_ int, path string, data []byte) error {
	if r.files == nil {
		r.files = map[string]string{}
	}
	r.files[path] += string(data)
	return nil
}

// inTurn hands out runs.
type inTurn struct{ next, runs int }

func (q *inTurn) Next() (int, bool) {
	if q.next == q.runs {
		return 0, false
	}
	q.next++
	return q.next - 1, true
}

// play runs two programs on a machine whose QEMU plays a part.
func play(t *testing.T, part string, o Options) (*recorder, error) {
	t.Helper()
	return playContext(t, t.Context(), part, o)
}

func playContext(t *testing.T, ctx context.Context, part string, o Options) (*recorder, error) {
	t.Helper()
	if fakeqemu.Parts()[part] == nil {
		t.Fatalf("no part %q", part)
	}
	t.Setenv(fakeqemu.Variable, part)
	job := &wire.Job{Runs: []wire.Run{
		{Path: "/first.test", Dir: "/", Timeout: time.Second, Collect: []string{"/out/cover"}},
		{Path: "/second.test", Args: []string{"-x"}},
	}}
	m := &Machine{
		Platform: For("amd64"), QEMU: os.Args[0], Kernel: "kernel", Root: "root,1.iso", Files: filepath.Join(t.TempDir(), "a,b.tar"),
		Accel: Software, CPUs: 2, Memory: 512, Key: bytes.Repeat([]byte{3}, wire.KeySize),
	}
	f, err := image.Create(m.Files, job, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r := new(recorder)
	if o.Boot == 0 {
		o.Boot, o.Slack = time.Minute, time.Minute
	}
	return r, m.Run(ctx, job.Runs, &inTurn{runs: len(job.Runs)}, o, r)
}

func TestRun(t *testing.T) {
	var console bytes.Buffer
	r, err := play(t, "echo", Options{Console: &console})
	if err != nil {
		t.Fatal(err)
	}
	if r.greeting.Date != 1500068 || !slices.Equal(r.warnings, []string{"something is missing"}) {
		t.Errorf("greeting %v, warnings %q", r.greeting, r.warnings)
	}
	if !slices.Equal(r.starts, []int{0, 1}) || !slices.Equal(r.exits, []wire.Status{{}, {}}) {
		t.Errorf("starts %v, exits %v", r.starts, r.exits)
	}
	if !strings.Contains(r.stdout.String(), `"/second.test"`) || r.stderr.String() != strings.Repeat("on standard error\n", 2) {
		t.Errorf("stdout %q, stderr %q", &r.stdout, &r.stderr)
	}
}

func TestFilesAreHandedOn(t *testing.T) {
	r, err := play(t, "files", Options{})
	if err != nil || r.files["/out/cover"] != "content of /out/cover" {
		t.Errorf("files %q, %v", r.files, err)
	}
}

// TestHostileOutput has a test that prints frames which report its success: they
// are its output and no more.
func TestHostileOutput(t *testing.T) {
	r, err := play(t, "hostile", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.exits, []wire.Status{{Code: 1}, {Code: 1}}) || bytes.Count(r.stdout.Bytes(), []byte("VXX")) != 2 {
		t.Errorf("exits %v, output %q", r.exits, &r.stdout)
	}
}

func TestFaults(t *testing.T) {
	soon := Options{Boot: 500 * time.Millisecond, Slack: -900 * time.Millisecond}
	for _, c := range []struct {
		part    string
		options Options
		status  int
		want    []string // in the error's text
	}{
		{"panic", Options{}, fault.Panic, []string{"the kernel panicked", "/first.test", "page fault", "-console", "-test.v", "| #0 0xffffffff8048c73d"}},
		{"reset", Options{}, fault.Panic, []string{"the kernel panicked", "page fault"}},
		{"mountroot", Options{}, fault.Panic, []string{"no root file system", "GENERIC"}},
		{"silent", soon, fault.Timeout, []string{"before init was ready", "-boot-timeout", "| random: unblocking device."}},
		{"stuck", soon, fault.Timeout, []string{"while /first.test ran", "| last words"}},
		{"refuse", Options{}, fault.QEMU, []string{"without PVH ELF Note", "before init was ready"}},
		{"forge", Options{}, fault.Guest, []string{"not to be trusted", "not authentic", "serial line"}},
		{"cut", Options{}, fault.Guest, []string{"went off while /first.test ran"}},
		{"off", Options{}, fault.Guest, []string{"went off while /first.test ran", "-console", "| Uptime: 1s"}},
		{"disorder", Options{}, fault.Guest, []string{"out of place"}},
		{"early", Options{}, fault.Guest, []string{"ends before its runs do"}},
		{"failure", Options{}, fault.Guest, []string{"tmpfs on /tmp: no"}},
	} {
		t.Run(c.part, func(t *testing.T) {
			r, err := play(t, c.part, c.options)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Status != c.status {
				t.Fatalf("got %v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
			if len(r.exits) != 0 {
				t.Errorf("exits %v", r.exits)
			}
		})
	}
}

// TestReportsAfterPanic has reports arrive after the panic that they came before:
// they must not give a dead kernel more time.
func TestReportsAfterPanic(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := playContext(t, ctx, "overtaken", Options{})
	var f *fault.Fault
	if !errors.As(err, &f) || f.Status != fault.Panic {
		t.Errorf("got %v", err)
	}
}

func TestNoQEMU(t *testing.T) {
	for _, program := range []string{"qemu-that-nobody-has", filepath.Join(t.TempDir(), "qemu")} {
		m := &Machine{Platform: For("arm64"), QEMU: program, Accel: Software}
		err := m.Run(t.Context(), nil, new(inTurn), Options{}, new(recorder))
		var f *fault.Fault
		if !errors.As(err, &f) || f.Status != fault.QEMU || !strings.Contains(f.Remedy, "qemu-system-arm") {
			t.Errorf("%s: %v", program, err)
		}
	}
}

func TestCancel(t *testing.T) {
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(200*time.Millisecond, func() { cancel(stop) })
	if _, err := playContext(t, ctx, "silent", Options{}); err != stop {
		t.Errorf("got %v", err)
	}
}

// argsOf returns QEMU's arguments, a line each.
func argsOf(t *testing.T, m *Machine) string {
	t.Helper()
	args, err := m.Args()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(args, "\n") + "\n"
}

func TestArgs(t *testing.T) {
	key := wire.KeyVariable + "=" + strings.Repeat("00", wire.KeySize)
	for goarch, wants := range map[string][]string{
		"amd64": {"-machine\npc,", "machdep.disable_tsc_calibration=1", "-serial\nchardev:control\n"},
		"arm64": {"-machine\nvirt,gic-version=2\n", "-append\nFreeBSD:", "pci-serial,chardev=control,prog_if=0\n"},
	} {
		m := &Machine{
			Platform: For(goarch), Kernel: "/k", Root: "/r,1.iso", Files: "/f.tar", Accel: Software, CPUs: 3, Memory: 700,
			Key: make([]byte, wire.KeySize), Env: []string{"kern.racct.enable=1"},
		}
		args := argsOf(t, m)
		for _, want := range append(wants,
			"-accel\ntcg\n", "-smp\n3\n", "-m\n700M\n", "-kernel\n/k\n", "file=/r,,1.iso\n", "readonly=on,file=/f.tar\n",
			"vfs.root.mountfrom=cd9660:/dev/vtbd0", "init_path=/sbin/init", " kern.racct.enable=1 ", key,
		) {
			if !strings.Contains(args, want) {
				t.Errorf("%s: no %q in %s", goarch, want, args)
			}
		}
		m.Shared = true
		if args := argsOf(t, m); !strings.Contains(args, "-accel\ntcg,thread=single\n") {
			t.Errorf("%s on a host with too few processors: %s", goarch, args)
		}
		m.Accel = "kvm"
		if args := argsOf(t, m); !strings.Contains(args, "-accel\nkvm\n") || !strings.Contains(args, "-cpu\nhost") || strings.Contains(args, "disable_tsc") {
			t.Errorf("%s with kvm: %s", goarch, args)
		}
	}
}

// An arm64 kernel takes 511 bytes, and would drop the rest without a word.
func TestLongCommandLine(t *testing.T) {
	m := &Machine{Platform: For("arm64"), Accel: Software, Key: make([]byte, wire.KeySize)}
	line, err := m.commandLine(Software)
	if err != nil {
		t.Fatal(err)
	}
	room := m.limit - len(line) - len(" a=")
	if _, err := m.commandLine(Software, "a="+strings.Repeat("x", room)); err != nil {
		t.Error(err)
	}
	_, err = m.commandLine(Software, "a="+strings.Repeat("x", room+1))
	var f *fault.Fault
	if !errors.As(err, &f) || f.Status != fault.Usage || !strings.Contains(f.Remedy, "-kenv") {
		t.Errorf("a byte more: %v", err)
	}
}

func TestKVMUsable(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	device, none := file("kvm", ""), filepath.Join(dir, "none")
	intel := file("intel", "processor\t: 0\nflags\t\t: fpu vmx sse\nflags : again\n")
	amd := file("amd", "flags\t\t: fpu svm\n")
	nested := file("nested", "processor\t: 0\nflags\t\t: fpu hypervisor vmxoff\n")
	for _, c := range []struct {
		device, cpuinfo string
		want            bool
	}{{device, intel, true}, {device, amd, true}, {device, nested, false}, {none, intel, false}, {device, none, false}} {
		if got := kvmUsable(c.device, c.cpuinfo); got != c.want {
			t.Errorf("%s, %s: %v", c.device, c.cpuinfo, got)
		}
	}
}

func TestAccelerators(t *testing.T) {
	if got := Accelerators("hvf", "amd64"); !slices.Equal(got, []string{"hvf"}) {
		t.Errorf("a choice is not taken: %q", got)
	}
	for _, goarch := range []string{"amd64", "arm64"} {
		if got := Accelerators(Auto, goarch); got[len(got)-1] != Software || (goarch != runtime.GOARCH && len(got) > 1) {
			t.Errorf("%s: %q", goarch, got)
		}
	}
}

func TestConsole(t *testing.T) {
	var text strings.Builder
	for i := range 100 {
		text.WriteString(strings.Repeat("x", i) + "\r\n")
	}
	text.WriteString("a test that says panic: here\nno end")
	c := follow(strings.NewReader(text.String()), nil)
	<-c.done
	select {
	case line := <-c.alarm:
		t.Errorf("alarm: %s", line)
	default:
	}
	lines := c.lines()
	if len(lines) != consoleLines || lines[consoleLines-1] != "no end" || strings.Contains(lines[0], "\r") {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
}
