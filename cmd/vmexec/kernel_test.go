//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/elfcheck"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/vm"
)

// kernelFor returns the values of GOARCH that the kernel named by the environment
// runs, its own first, or skips the test when there is none.
func kernelFor(t *testing.T) (goarchs []string) {
	t.Helper()
	kernel := os.Getenv(kernelVariable)
	if kernel == "" {
		t.Skipf("needs a FreeBSD kernel: set %s to the file", kernelVariable)
	}
	arch, err := elfcheck.Kernel(kernel)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath(vm.For(arch).QEMU); err != nil {
		t.Skipf("needs QEMU: %v", err)
	}
	return elfcheck.Runs(arch)
}

// guestTests compiles the tests in testdata for FreeBSD, and makes their directory
// the working directory.
func guestTests(t *testing.T, goarch string) (binary string) {
	t.Helper()
	t.Chdir("testdata/guest")
	return guestBinary(t, goarch)
}

// guestBinary compiles the tests in the working directory for FreeBSD.
func guestBinary(t *testing.T, goarch string) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "guest.test")
	cmd := exec.Command("go", "test", "-c", "-cover", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "GOOS=freebsd", "GOARCH="+goarch, "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

func vmexec(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(args, &out, &errs)
	return status, out.String(), errs.String()
}

func TestKernelRunsTests(t *testing.T) {
	for _, goarch := range kernelFor(t) {
		t.Run(goarch, func(t *testing.T) {
			binary := guestTests(t, goarch)
			dir, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			t.Setenv("GUEST_DIR", dir)
			t.Setenv("GUEST_RACCT", "1")
			cover := filepath.Join(t.TempDir(), "cover.out")
			status, out, errs := vmexec("-kenv", "kern.racct.enable=1", binary, "-test.v", "-test.timeout=1m", "-test.coverprofile="+cover)
			t.Logf("%s%s", out, errs)
			if status != 0 || !strings.Contains(out, "--- SKIP: TestSkip") ||
				!strings.Contains(out, "--- PASS: TestVariable") || !strings.Contains(out, "PASS\n") {
				t.Errorf("status %d", status)
			}
			if data, err := os.ReadFile(cover); err != nil || !strings.HasPrefix(string(data), "mode: ") {
				t.Errorf("cover profile: %q %v", data, err)
			}
			if _, err := os.Stat("new"); err == nil {
				t.Error("what a test wrote in the guest is here")
			}
		})
	}
}

func TestKernelOutcomes(t *testing.T) {
	binary := guestTests(t, kernelFor(t)[0])
	for _, c := range []struct {
		part   string
		args   []string
		status int
		want   string // in stdout or stderr
	}{
		{"exit", nil, 7, "about to exit"},
		{"kill", nil, 128 + 9, ""},
		{"hostile", nil, 1, "--- PASS: TestAll"},
		{"line", nil, fault.Guest, "not to be trusted"},
		{"fill", nil, 0, "no space left on device"},
		{"memory", []string{"-mem", "512"}, 128 + 9, "-mem gives it more"},
		{"panic", nil, fault.Panic, "kdb_sysctl_panic"},
		{"hang", []string{"-timeout", "1s"}, fault.Timeout, "SIGQUIT: quit"},
	} {
		t.Run(c.part, func(t *testing.T) {
			t.Setenv("GUEST_PART", c.part)
			status, out, errs := vmexec(append(c.args, binary)...)
			t.Logf("%s%s", out, errs)
			if status != c.status || !strings.Contains(out+errs, c.want) {
				t.Errorf("status %d, want %d and %q", status, c.status, c.want)
			}
		})
	}
}

// TestKernelRefuses wants what cannot run to be named before a machine is started, and
// what only the kernel can see to come back from it.
func TestKernelRefuses(t *testing.T) {
	goarchs := kernelFor(t)
	kernel := os.Getenv(kernelVariable)
	binary := guestTests(t, goarchs[0])
	host, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	foreign := guestBinary(t, map[string]string{"amd64": "arm64", "arm64": "amd64"}[goarchs[0]])
	damaged := damage(t, binary)
	for _, c := range []struct {
		name           string
		kernel, binary string
		args           []string
		status         int
		want           string // in stderr
	}{
		{"binary of this system", kernel, host, nil, fault.Binary, "not for FreeBSD"},
		{"binary of another processor", kernel, foreign, nil, fault.Binary, "the kernel is for " + goarchs[0]},
		{"binary that is cut", kernel, cutShort(t, binary), nil, fault.Binary, "cut short"},
		{"binary that the kernel refuses", kernel, damaged, nil, fault.Binary, "could not be started in the guest: exec format error"},
		{"kernel that is a program", binary, binary, nil, fault.Kernel, "kernel"},
		{"kernel that is cut", cutShort(t, kernel), binary, nil, fault.Kernel, "cut short"},
		{"kernel that does not come up", kernel, binary, []string{"-boot-timeout", "1ms"}, fault.Timeout, "before init was ready"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, out, errs := vmexec(append(c.args, "-kernel", c.kernel, c.binary)...)
			t.Logf("%s%s", out, errs)
			if status != c.status || !strings.Contains(errs, c.want) {
				t.Errorf("status %d, want %d and %q", status, c.status, c.want)
			}
		})
	}
}

// cutShort returns half of a file.
func cutShort(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, data[:len(data)/2])
}

// damage returns a copy of a program whose type is none that a kernel knows.
func damage(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const typeAt = 16 // in the header of an ELF file
	data[typeAt], data[typeAt+1] = 0xff, 0xfe
	return writeFile(t, data)
}

func writeFile(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKernelSuite(t *testing.T) {
	guestTests(t, kernelFor(t)[0])
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GUEST_DIR", dir)
	start := time.Now()
	status, out, errs := vmexec("test", ".", "-args", "-test.run=TestPlace|TestSkip")
	t.Logf("%v\n%s%s", time.Since(start), out, errs)
	if status != 0 || !strings.Contains(out, "1 passed, 0 failed, 1 skipped") || !strings.Contains(out, "TestSkip: guest_test.go") {
		t.Errorf("status %d", status)
	}
}
