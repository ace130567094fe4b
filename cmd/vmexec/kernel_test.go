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

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
)

// guestTests compiles the tests in testdata for FreeBSD, or skips where there is
// no kernel to run them on. It makes their directory the working directory.
func guestTests(t *testing.T, goarch string) (binary string) {
	t.Helper()
	if os.Getenv(kernelVariable) == "" {
		t.Skipf("needs a FreeBSD kernel: set %s to the file", kernelVariable)
	}
	if _, err := exec.LookPath("qemu-system-x86_64"); err != nil {
		t.Skipf("needs QEMU: %v", err)
	}
	t.Chdir("testdata/guest")
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
	for _, goarch := range []string{"amd64", "386"} {
		t.Run(goarch, func(t *testing.T) {
			binary := guestTests(t, goarch)
			dir, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			t.Setenv("GUEST_DIR", dir)
			cover := filepath.Join(t.TempDir(), "cover.out")
			status, out, errs := vmexec(binary, "-test.v", "-test.timeout=1m", "-test.coverprofile="+cover)
			t.Logf("%s%s", out, errs)
			if status != 0 || !strings.Contains(out, "--- SKIP: TestSkip") || !strings.Contains(out, "PASS\n") {
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
	binary := guestTests(t, "amd64")
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

func TestKernelSuite(t *testing.T) {
	guestTests(t, "amd64")
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
