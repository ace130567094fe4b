package zsys_test

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/zsys"
)

// effect is a call, or a few, whose effect a test sees. In names the stubs.
type effect struct {
	in      string
	run     func(t *testing.T)
	where   where
	blocked int                              // a signal that all of the child's threads block, or 0
	ends    func(ws syscall.WaitStatus) bool // how the child ends; nil: as a test that passed
}

// where an effect is tried.
type where int

const (
	here  where = iota // in the test's own process
	child              // in a process that may be changed or lost
)

func effects() []effect {
	return slices.Concat(fileEffects, processEffects, identityEffects, memoryEffects, threadEffects, signalEffects, systemEffects, wideEffects)
}

//go:embed calls_*_freebsd*.go
var stubSources embed.FS

// stubNames returns the names of all stubs.
func stubNames(t *testing.T) []string {
	t.Helper()
	files, err := fs.Glob(stubSources, "*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		text, err := stubSources.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (\w+)\(`).FindAllSubmatch(text, -1) {
			names = append(names, string(m[1]))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

const (
	effectVariable = "RAWSYS_TEST_EFFECT" // in a child: the effect to try
	endVariable    = "RAWSYS_TEST_END"    // in a program that a test starts: how to end
)

// TestEveryStub calls every stub, and fails for one that it did not call: with
// arguments whose effect it sees, or that have an errno of their own.
func TestEveryStub(t *testing.T) {
	if in := os.Getenv(effectVariable); in != "" {
		for _, e := range effects() {
			if e.in == in {
				e.run(t)
				return
			}
		}
		t.Fatalf("no effect is called %q", in)
	}
	ignoreSigsys(t)
	reached := make(map[string]bool)
	for _, c := range errnoCases {
		reached[c.name] = true
		c.check(t)
	}
	for _, e := range effects() {
		for name := range strings.FieldsSeq(e.in) {
			reached[name] = true
		}
		t.Run(e.in, func(t *testing.T) {
			if e.where == child {
				inChild(t, &e)
				return
			}
			e.run(t)
		})
	}
	all := stubNames(t)
	for _, name := range all {
		if !reached[name] {
			t.Errorf("%s was not called", name)
		}
		delete(reached, name)
	}
	for name := range reached {
		t.Errorf("%s is no stub", name)
	}
	fmt.Printf("executed %s: %s\n", kernel(t), strings.Join(all, " "))
}

// kernel returns the release that runs, and the port of this program.
func kernel(t *testing.T) string {
	t.Helper()
	version, err := syscall.SysctlUint32("kern.osreldate")
	ok(t, "kern.osreldate", err)
	return fmt.Sprintf("%d.%d %s", version/100000, version/1000%100, runtime.GOARCH)
}

// ignoreSigsys lets calls say ENOSYS whose module is not there.
func ignoreSigsys(t *testing.T) {
	signal.Ignore(syscall.SIGSYS)
	t.Cleanup(func() { signal.Reset(syscall.SIGSYS) })
}

// inChild tries an effect in a process of its own, which is this test again.
func inChild(t *testing.T, e *effect) {
	t.Helper()
	cmd := self(t, "TestEveryStub", effectVariable+"="+e.in)
	if e.blocked != 0 { // a program starts with what the thread blocks that starts it
		oneThread(t)
		var before zsys.Sigset
		ok(t, "sigprocmask", zsys.Sigprocmask(zsys.SIG_BLOCK, only(e.blocked), &before))
		defer func() { ok(t, "sigprocmask", zsys.Sigprocmask(zsys.SIG_SETMASK, &before, nil)) }()
	}
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("the child: %v\n%s", err, out)
	}
	ws := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if e.ends == nil && ws != 0 || e.ends != nil && !e.ends(ws) {
		t.Errorf("the child ended with status %#x:\n%s", uint32(ws), out)
	}
}

// self is one of these tests as a program, with a variable more in its environment.
func self(t *testing.T, test, env string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	ok(t, "executable", err)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, exe, "-test.run=^"+test+"$")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) } // it prints its goroutines
	cmd.WaitDelay = 2 * time.Second                                          // and whom it left behind may hold its output open
	cmd.Env = append(os.Environ(), effectVariable+"=", env)
	return cmd
}

// TestEnd is the program that tests start: it sleeps, or exits with a status.
func TestEnd(t *testing.T) {
	switch end := os.Getenv(endVariable); end {
	case "", "leave":
	case "sleep":
		fmt.Println("ready")
		time.Sleep(time.Minute)
	default:
		os.Exit(int(end[0] - '0'))
	}
}

// TestLeave is the program of ExampleProcctl, which leaves a sleeping one behind.
func TestLeave(t *testing.T) {
	if os.Getenv(endVariable) != "leave" {
		return
	}
	exe, err := os.Executable()
	ok(t, "executable", err)
	cmd := exec.Command(exe, "-test.run=^TestEnd$")
	cmd.Env = append(os.Environ(), endVariable+"=sleep")
	ok(t, "start", cmd.Start())
}

// sleeper starts a process that sleeps, and returns its number when it does so: in
// its execve ptrace finds it busy.
func sleeper(t *testing.T) int32 {
	t.Helper()
	cmd := self(t, "TestEnd", endVariable+"=sleep")
	out, err := cmd.StdoutPipe()
	ok(t, "pipe", err)
	ok(t, "start", cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	_, err = io.ReadFull(out, make([]byte, len("ready")))
	ok(t, "a process that sleeps", err)
	return int32(cmd.Process.Pid)
}

func exits(status int) func(syscall.WaitStatus) bool {
	return func(ws syscall.WaitStatus) bool { return ws.Exited() && ws.ExitStatus() == status }
}

func killedBy(sig syscall.Signal) func(syscall.WaitStatus) bool {
	return func(ws syscall.WaitStatus) bool { return ws.Signaled() && ws.Signal() == sig }
}

// is wants an errno.
func is(t testing.TB, call string, err error, want syscall.Errno) {
	t.Helper()
	if err != want {
		t.Errorf("%s: %v, want %v", call, err, want)
	}
}

// same wants what a call said, or its effect, to be something.
func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// oneThread keeps a test on one thread, to the end of the test.
func oneThread(t *testing.T) {
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
}

// tid is the number of the thread.
func tid(t testing.TB) int {
	t.Helper()
	var id int
	ok(t, "thr_self", zsys.ThrSelf(&id))
	return id
}
