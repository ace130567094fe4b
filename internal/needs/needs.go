// Package needs skips tests on machines that lack what they work with. A test
// binary may run far from where it was built: in a virtual machine that holds
// nothing else.
package needs

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/rawsys-go/rawsys/internal/gotool"
)

// Go skips a test when there is no go command, and when the test binary is
// emulated: the go command is the host's, and what a test learns from it does
// not depend on the CPU, so that the emulator would only take its time.
func Go(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		tb.Skip("needs the go command, which is not installed here")
	}
	RealCPU(tb, "drives the go command of the host")
}

// RealCPU skips a test of an emulated test binary, and says why: the emulator does not
// start what the test starts, and the host's programs are for another CPU.
func RealCPU(tb testing.TB, why string) {
	tb.Helper()
	if emulator := os.Getenv(gotool.Emulator); emulator != "" {
		tb.Skipf("%s, and runs under %s", why, emulator)
	}
}

// Brevity reports whether a test in which nothing runs at the same time, as one
// of a model, does with fewer cases: under -short, and under the race detector,
// which has nothing to see there and takes ten times as long.
func Brevity() bool { return race || testing.Short() }

// Kernel skips a test that asks nothing of the kernel, as one of a model, where this
// kernel is what -short tests are run for: on FreeBSD, mostly on emulated processors.
// Every other system, and FreeBSD without -short, runs the same code.
func Kernel(tb testing.TB) {
	tb.Helper()
	if runtime.GOOS == "freebsd" && testing.Short() {
		tb.Skip("asks nothing of the kernel, and runs on other systems: not with -short on FreeBSD")
	}
}

// NoRace skips a test in which nothing runs at the same time when the race
// detector is on: it sees nothing there, and takes twenty times as long.
func NoRace(tb testing.TB) {
	tb.Helper()
	if race {
		tb.Skip("one thread at a time, where the race detector sees nothing: runs without it")
	}
}

// HostGo is the go command for the machine it runs on, whatever target the
// tests are built for.
func HostGo(args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS=", "GOARCH=", "GOFLAGS=")
	return cmd
}

// Self is the test binary as a command, for tests that need a process of their
// own, under the emulator that runs this one.
func Self(tb testing.TB, args ...string) *exec.Cmd {
	tb.Helper()
	exe, err := os.Executable()
	if err != nil {
		tb.Skip("needs to run itself again:", err)
	}
	if emulator := os.Getenv(gotool.Emulator); emulator != "" {
		return exec.CommandContext(tb.Context(), emulator, append([]string{exe}, args...)...)
	}
	return exec.CommandContext(tb.Context(), exe, args...)
}

// Tree returns the root of the module's source tree, and skips a test when the
// test binary runs away from it.
func Tree(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for !isFile(filepath.Join(dir, "go.mod")) || !isFile(filepath.Join(dir, "tools.go")) {
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Skip("needs the module's source tree, which is not on this machine")
		}
		dir = parent
	}
	return dir
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
