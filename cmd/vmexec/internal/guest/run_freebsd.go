//go:build amd64 || arm64 || riscv64

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// run runs one test binary and whatever it starts to its end. When it returns
// there is no other process.
func (g *guest) run(r wire.Run) wire.Status {
	start := time.Now()
	var output sync.WaitGroup
	pid, err := g.start(r, &output)
	if err != nil {
		return wire.Status{Code: 127, Error: err.Error()}
	}
	var clock alarm
	clock.set(pid, r.Timeout)
	how := reap(pid)
	timedOut := clock.stop()
	// What a test leaves behind must not reach into the next one, and it
	// holds the pipes open.
	syscall.Kill(-1, syscall.SIGKILL)
	reapAll()
	output.Wait()
	s := wire.Status{Code: how.ExitStatus(), TimedOut: timedOut, Elapsed: time.Since(start)}
	if how.Signaled() {
		s.Code, s.Signal, s.Killed = 0, int(how.Signal()), killed(pid)
	}
	return s
}

// killed returns why the kernel killed a process, or nothing if it did not: it says
// so among its messages when there is no memory left, for instance.
func killed(pid int) string {
	messages, err := syscall.Sysctl("kern.msgbuf")
	if err != nil {
		return ""
	}
	i := strings.LastIndex(messages, fmt.Sprintf("pid %d (", pid))
	if i < 0 {
		return ""
	}
	line, _, _ := strings.Cut(messages[i:], "\n")
	_, why, _ := strings.Cut(line, " was killed: ")
	return strings.TrimSpace(why)
}

// start starts a run in a session of its own, with nothing to read and its
// output on the way to the runner.
func (g *guest) start(r wire.Run, output *sync.WaitGroup) (pid int, err error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	stdout, err := g.pipe(wire.Stdout, output)
	if err != nil {
		return 0, err
	}
	defer stdout.Close()
	stderr, err := g.pipe(wire.Stderr, output)
	if err != nil {
		return 0, err
	}
	defer stderr.Close()
	return syscall.ForkExec(r.Path, append([]string{r.Path}, r.Args...), &syscall.ProcAttr{
		Dir:   r.Dir,
		Env:   r.Env,
		Files: []uintptr{null.Fd(), stdout.Fd(), stderr.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
}

// pipe returns the end to write to of a pipe whose other end is reported as kind
// until it closes.
func (g *guest) pipe(kind wire.Kind, output *sync.WaitGroup) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	output.Go(func() {
		defer r.Close()
		io.Copy(&sender{g.report, kind}, r)
	})
	return w, nil
}

// sender is a Writer of one kind of frame.
type sender struct {
	report *wire.Writer
	kind   wire.Kind
}

func (s *sender) Write(p []byte) (int, error) { return len(p), s.report.Send(s.kind, p) }

// reap waits for the process pid, and meanwhile for any other: as process 1,
// init is the parent of all that lose theirs.
func reap(pid int) syscall.WaitStatus {
	for {
		var status syscall.WaitStatus
		got, err := syscall.Wait4(-1, &status, 0, nil)
		if err == nil && got == pid {
			return status
		}
	}
}

// reapAll waits until there is no child left.
func reapAll() {
	for {
		if _, err := syscall.Wait4(-1, nil, 0, nil); errors.Is(err, syscall.ECHILD) {
			return
		}
	}
}

// alarm ends a run whose time is over: SIGQUIT, on which a Go program prints its
// goroutines, then SIGKILL.
type alarm struct {
	mu         sync.Mutex
	quit, kill *time.Timer
	rang       bool
	stopped    bool
}

func (a *alarm) set(pid int, after time.Duration) {
	if after <= 0 {
		return
	}
	a.quit = time.AfterFunc(after, func() { a.ring(pid, syscall.SIGQUIT) })
	a.kill = time.AfterFunc(after+wire.QuitGrace, func() { a.ring(pid, syscall.SIGKILL) })
}

// ring signals the process, unless it has been reaped already.
func (a *alarm) ring(pid int, sig syscall.Signal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.stopped {
		a.rang = true
		syscall.Kill(pid, sig)
	}
}

// stop ends the alarm and reports whether it rang.
func (a *alarm) stop() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopped = true
	if a.quit != nil {
		a.quit.Stop()
		a.kill.Stop()
	}
	return a.rang
}

// collect sends the files that a run was asked to leave. One that is not there
// was not written, which is no fault of the runner's.
func (g *guest) collect(paths []string) {
	for _, root := range paths {
		filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			return g.sendFile(p)
		})
	}
}

func (g *guest) sendFile(p string) error {
	f, err := os.Open(p)
	if err != nil {
		return nil
	}
	defer f.Close()
	if err := g.report.Send(wire.File, []byte(p)); err != nil {
		return err
	}
	_, err = io.Copy(&sender{g.report, wire.Data}, f)
	return err
}
