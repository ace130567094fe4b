//go:build unix

package main

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/elfcheck"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fakeqemu"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

func TestMain(m *testing.M) {
	fakeqemu.Main()
	os.Exit(m.Run())
}

// needsGo skips a test where there is no go command.
func needsGo(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command, which is not installed here")
	}
}

// world is a directory with a module, a kernel and a test binary, which look
// right, and is the working directory.
type world struct {
	t                    *testing.T
	dir, kernel, program string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	needsGo(t) // it compiles init
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t, dir, filepath.Join(dir, "kernel"), filepath.Join(dir, "bin", "x.test")}
	w.write("kernel", kernelFile())
	w.write("bin/x.test", fakeqemu.ELF(elf.EM_X86_64, elf.ELFOSABI_FREEBSD, elf.PT_LOAD, nil))
	w.write("module/go.mod", []byte("module example.com/x\n\ngo 1.25.0\n"))
	w.write("module/pkg/testdata/in.txt", []byte("in"))
	t.Chdir(filepath.Join(dir, "module", "pkg"))
	t.Setenv(kernelVariable, w.kernel)
	return w
}

func (w *world) write(name string, data []byte) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o755); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// vmexec runs the program with a QEMU that plays a part.
func (w *world) vmexec(part string, args ...string) (status int, stdout, stderr string) {
	w.t.Helper()
	w.t.Setenv(fakeqemu.Variable, part)
	var out, errs bytes.Buffer
	status = run(append([]string{"-qemu", os.Args[0], "-accel", "tcg", "-times", filepath.Join(w.dir, "times.json")}, args...), &out, &errs)
	return status, out.String(), errs.String()
}

func TestExec(t *testing.T) {
	w := newWorld(t)
	t.Setenv("RAWSYS_TEST_SETTING", "a b\tc=d")
	t.Setenv("TMPDIR", w.dir)
	args := []string{"-test.timeout=10m0s", "-test.run=^(A|B)$", "", "two words", "-x=\"'$`\\", "ü\n"}
	status, out, errs := w.vmexec("echo", append([]string{w.program}, args...)...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	var r wire.Run
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if r.Path != w.program || !slices.Equal(r.Args, args) || r.Dir != filepath.Join(w.dir, "module", "pkg") {
		t.Errorf("path %s, args %q, dir %s", r.Path, r.Args, r.Dir)
	}
	if !slices.Contains(r.Env, "RAWSYS_TEST_SETTING=a b\tc=d") || !slices.Contains(r.Env, "TMPDIR=/tmp") ||
		slices.Contains(r.Env, "TMPDIR="+w.dir) || !slices.Contains(r.Env, "PWD="+r.Dir) {
		t.Errorf("environment %q", r.Env)
	}
	if !strings.Contains(errs, "on standard error\n") || !strings.Contains(errs, "guest: something is missing") {
		t.Errorf("stderr %q", errs)
	}
	if left, _ := filepath.Glob(filepath.Join(w.dir, "vmexec*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestExitStatuses(t *testing.T) {
	w := newWorld(t)
	for part, want := range map[string]int{
		"exit3": 3, "signal": 128 + 11, "hostile": 1, "timed-out": fault.Timeout, "no-start": fault.Binary,
		"panic": fault.Panic, "mountroot": fault.Panic, "refuse": fault.QEMU, "forge": fault.Guest, "off": fault.Guest,
	} {
		if status, _, errs := w.vmexec(part, w.program); status != want || (want >= fault.Usage && want < 128 && errs == "") {
			t.Errorf("%s: status %d, want %d: %s", part, status, want, errs)
		}
	}
}

func TestBadInput(t *testing.T) {
	w := newWorld(t)
	huge := w.write("module/huge", nil)
	if err := os.Truncate(huge, 200<<20); err != nil {
		t.Fatal(err)
	}
	txz := w.write("kernel.txz", []byte("\xfd7zXZ\x00"))
	old := w.write("old", fakeqemu.ELF(elf.EM_X86_64, elf.ELFOSABI_FREEBSD, elf.PT_NOTE, nil))
	arm64 := w.write("arm64.test", fakeqemu.ELF(elf.EM_AARCH64, elf.ELFOSABI_FREEBSD, elf.PT_LOAD, nil))
	deep := filepath.Join(w.dir, "deep")
	w.write("deep/"+longPath(1024-len(deep)-1), nil)
	linux := w.write("linux.test", fakeqemu.ELF(elf.EM_X86_64, elf.ELFOSABI_NONE, elf.PT_LOAD, nil))
	for _, c := range []struct {
		status int
		want   string
		args   []string
	}{
		{fault.Usage, "no test binary", nil},
		{fault.Usage, "flag provided but not defined", []string{"-nonsense"}},
		{fault.Usage, "no kernel", []string{"-kernel", "", w.program}},
		{fault.Usage, "-mem must be", []string{"-mem", "1", w.program}},
		{fault.Usage, "test: -run is no package", []string{"test", "./...", "-run", "X", "-args", "-test.v"}},
		{fault.Usage, "-guests must be", []string{"-guests", "0", "test"}},
		{fault.Usage, "NAME=VALUE", []string{"-kenv", "kern.x", w.program}},
		{fault.Usage, "no blanks", []string{"-kenv", "kern.x=a b", w.program}},
		{fault.Usage, "the runner's own", []string{"-kenv", "vmexec.key=0", w.program}},
		{fault.Binary, "is for arm64, and the kernel is for amd64", []string{arm64}},
		{fault.Image, "has 1024 bytes, and FreeBSD takes 1023", []string{"-root", deep, w.program}},
		{fault.Usage, "-cpus must be", []string{"-cpus", "0", w.program}},
		{fault.Kernel, "no such file", []string{"-kernel", "/none/kernel", w.program}},
		{fault.Kernel, "tar -xf kernel.txz", []string{"-kernel", txz, w.program}},
		{fault.Kernel, "no PVH entry", []string{"-kernel", old, w.program}},
		{fault.Binary, "not for FreeBSD", []string{linux}},
		{fault.Binary, "no such file", []string{"./none.test"}},
		{fault.Image, "huge (200 MiB)", []string{"-mem", "256", w.program}},
		{fault.QEMU, "install QEMU", []string{"-qemu", "/none/qemu", w.program}},
	} {
		status, _, errs := w.vmexec("echo", c.args...)
		if status != c.status || !strings.Contains(errs, c.want) {
			t.Errorf("%q: status %d, want %d and %q:\n%s", c.args, status, c.status, c.want, errs)
		}
	}
	if status, _, errs := w.vmexec("echo", "-h"); status != 0 || !strings.Contains(errs, "Usage: vmexec") {
		t.Errorf("-h: %d %s", status, errs)
	}
}

// longPath returns a relative path of n bytes.
func longPath(n int) string {
	return strings.Repeat("d/", n/2-1) + strings.Repeat("f", 2+n%2)
}

// A test that the guest's kernel kills ends as on any machine; why is said.
func TestKilled(t *testing.T) {
	w := newWorld(t)
	if status, _, errs := w.vmexec("killed", w.program); status != 128+9 ||
		!strings.Contains(errs, "failed to reclaim memory") || !strings.Contains(errs, "-mem gives it more") {
		t.Errorf("status %d: %s", status, errs)
	}
}

func TestFallback(t *testing.T) {
	w := newWorld(t)
	t.Setenv(fakeqemu.Variable, "tcg-only")
	b := &boot{config: &config{kernel: w.kernel, qemu: os.Args[0], memory: minMemory, cpus: 1, boot: slack}, log: new(bytes.Buffer)}
	p, err := newProgram(w.program, nil, w.dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	sink := &passThrough{boot: b}
	work := t.TempDir()
	ready, err := b.prepare(work, []program{p}, filepath.Join(w.dir, "module"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.tryAll(t.Context(), ready, newQueue(1), sink, []string{"kvm", "tcg"}); err != nil {
		t.Error(err)
	}
	if log := b.log.(*bytes.Buffer).String(); !strings.Contains(log, "did not start with kvm, trying tcg") || !strings.Contains(log, "KVM internal error") {
		t.Errorf("log %q", log)
	}
	if err := b.tryAll(t.Context(), ready, newQueue(1), sink, []string{"kvm"}); err == nil {
		t.Error("no error without an alternative")
	}
}

func TestOutputsComeBack(t *testing.T) {
	w := newWorld(t)
	cover := filepath.Join(w.dir, "build", "cover.out")
	if status, _, errs := w.vmexec("files", w.program, "-test.coverprofile="+cover, "-test.cpuprofile=cpu.out"); status != 0 {
		t.Fatalf("status %d: %s", status, errs)
	}
	for _, path := range []string{cover, filepath.Join(w.dir, "module", "pkg", "cpu.out")} {
		if data, err := os.ReadFile(path); err != nil || string(data) != "content of "+path {
			t.Errorf("%s: %q %v", path, data, err)
		}
	}
}

// TestStolenPaths has guests that send files to places nobody asked them to.
func TestStolenPaths(t *testing.T) {
	w := newWorld(t)
	out := filepath.Join(w.dir, "out")
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(w.dir, filepath.Join(out, "link")); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{
		filepath.Join(w.dir, "victim"), out + "/../victim", out + "/link/victim", out, out + "x/victim", "victim", "",
	} {
		t.Setenv("VMEXEC_FAKE_TARGET", target)
		if status, _, errs := w.vmexec("steal", w.program, "-test.gocoverdir="+out); status == 0 {
			t.Errorf("%s: status %d: %s", target, status, errs)
		}
		if _, err := os.Stat(filepath.Join(w.dir, "victim")); err == nil {
			t.Fatalf("%s was written", target)
		}
	}
}

// TestShared: a guest's processors get a thread each only where the host has as many
// as all guests together.
func TestShared(t *testing.T) {
	w := newWorld(t)
	p, err := newProgram(w.program, nil, w.dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := &boot{config: &config{kernel: w.kernel, memory: minMemory, cpus: runtime.NumCPU()}, log: io.Discard}
	for guests, want := range map[int]bool{1: false, 2: true} {
		ready, err := b.prepare(t.TempDir(), []program{p}, filepath.Join(w.dir, "module"), guests)
		if err != nil {
			t.Fatal(err)
		}
		if ready.machine.Shared != want {
			t.Errorf("%d guests of %d processors: Shared is %v", guests, b.cpus, ready.machine.Shared)
		}
	}
}

// TestPace: only what is not said otherwise is added for a slow machine.
func TestPace(t *testing.T) {
	for _, c := range []struct {
		args, accel, want string
		all, says         bool
	}{
		{accel: "kvm", want: "-test.timeout=10m"},
		{accel: "tcg", want: "-test.timeout=10m -test.short", says: true},
		{accel: "tcg", all: true, want: "-test.timeout=1h"},
		{args: "-test.short=false", accel: "tcg", want: "-test.timeout=1h -test.short=false"},
		{args: "-test.short -test.timeout=5s", accel: "tcg", want: "-test.short -test.timeout=5s"},
		{args: "-test.run=X", accel: "hvf", all: true, want: "-test.timeout=10m -test.run=X"},
	} {
		var log bytes.Buffer
		b := &boot{config: &config{all: c.all}, log: &log}
		got := strings.Join(b.pace(strings.Fields(c.args), c.accel), " ")
		if got != c.want || strings.Contains(log.String(), "-all runs all") != c.says {
			t.Errorf("%+v: %s; %s", c, got, log.String())
		}
	}
}

// TestTargets: a kernel's own port is the first of those that it runs.
func TestTargets(t *testing.T) {
	for _, c := range []struct{ list, kernel, want string }{
		{"", "amd64", "amd64"}, {"", "arm64", "arm64"}, {"386", "amd64", "386"}, {"amd64,386", "amd64", "amd64,386"}, {"arm,arm64", "arm64", "arm,arm64"},
		{"arm", "amd64", ""}, {"amd64,", "amd64", ""}, {"386,386", "amd64", ""}, {"amd64,arm64", "arm64", ""},
	} {
		got, err := targets(c.list, c.kernel)
		if strings.Join(got, ",") != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s on %s: %s, %v", c.list, c.kernel, got, err)
		}
	}
}

// TestSuite has a module of three packages: one is tested, one does not compile, one
// has no tests.
func TestSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles tests for FreeBSD; not with -short")
	}
	w := newWorld(t)
	w.write("module/pkg/x_test.go", []byte("package pkg\n\nimport \"testing\"\n\nfunc TestX(*testing.T) {}\n"))
	w.write("module/bad/x_test.go", []byte("package bad\n\nvar x int = \"\"\n"))
	w.write("module/none/none.go", []byte("package none\n"))
	status, out, errs := w.vmexec("tests", "-all", "test", "example.com/x/...")
	if status != 1 {
		t.Errorf("status %d: %s", status, errs)
	}
	for _, want := range []string{
		"FAIL\texample.com/x/bad [build failed]", "FreeBSD 15.0-FAKE (1500068)",
		"x_test.go:9: broken\n", "s\t1 passed, 1 failed, 1 skipped\n",
		"--- SKIP: example.com/x/pkg TestSkipped: x_test.go:12: needs a printer", "2 packages, 2 failed: 1 passed, 1 failed, 1 skipped",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	// What is the same on this system is left out of a pattern, and named.
	if status, out, _ := w.vmexec("tests", "test", "example.com/x/..."); status != 0 || !strings.Contains(out, "left out") || !strings.Contains(out, "example.com/x/pkg") {
		t.Errorf("without -all: status %d\n%s", status, out)
	}
	// Several ports are told apart.
	status, out, errs = w.vmexec("tests", "-goarch", "386,amd64", "test", ".")
	if status != 1 || !strings.Contains(out, "FAIL\texample.com/x/pkg (386)\t") || !strings.Contains(out, "FAIL\texample.com/x/pkg (amd64)\t") ||
		!strings.Contains(out, "2 packages, 2 failed") {
		t.Errorf("two ports: status %d, %s\n%s", status, errs, out)
	}
	if took := readTimes(filepath.Join(w.dir, "times.json")); !slices.Equal(slices.Sorted(maps.Keys(took)), []string{"386 example.com/x/pkg", "amd64 example.com/x/pkg"}) {
		t.Errorf("what is kept of how long packages took: %v", took)
	}
	if status, out, _ := w.vmexec("panic", "test", "."); status != fault.Panic || strings.Contains(out, "ok  ") {
		t.Errorf("with a panic: status %d\n%s", status, out)
	}
}

func TestInitCompiles(t *testing.T) {
	needsGo(t)
	if testing.Short() {
		t.Skip("compiles a program; not with -short")
	}
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	init, err := buildInit(t.TempDir(), "amd64")
	if err != nil {
		t.Fatal(err)
	}
	if arch, err := elfcheck.Test(init); err != nil || arch != "amd64" {
		t.Errorf("init: %s %v", arch, err)
	}
	before, err := os.Stat(init)
	if err != nil {
		t.Fatal(err)
	}
	again, err := buildInit(t.TempDir(), "amd64")
	if err != nil || again != init {
		t.Errorf("not kept: %s, %s, %v", init, again, err)
	}
	if after, err := os.Stat(init); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("compiled again: %v", err)
	}
}

// TestInitCompilesForARM64: the sources have build constraints.
func TestInitCompilesForARM64(t *testing.T) {
	needsGo(t)
	if testing.Short() {
		t.Skip("compiles a program; not with -short")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	init, err := buildInit(t.TempDir(), "arm64")
	if err != nil {
		t.Fatal(err)
	}
	if arch, err := elfcheck.Test(init); err != nil || arch != "arm64" {
		t.Errorf("init: %s %v", arch, err)
	}
}

// kernelFile has what is looked for in a kernel: the note with the PVH entry.
func kernelFile() []byte {
	pvh := []byte("\x04\x00\x00\x00\x04\x00\x00\x00\x12\x00\x00\x00Xen\x00\x00\x70\x78\x00")
	return fakeqemu.ELF(elf.EM_X86_64, elf.ELFOSABI_FREEBSD, elf.PT_NOTE, pvh)
}
