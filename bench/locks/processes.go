//go:build freebsd || linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/shmsync"
)

// startChild starts this program as a worker, with files as descriptors 3 and on.
func startChild(role string, number int, files ...*os.File) (*exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.Command(exe, "-role", role, "-number", fmt.Sprint(number))
	c.Stderr, c.ExtraFiles = os.Stderr, files
	return c, c.Start()
}

// beChild is what a worker does.
func beChild() error {
	name, rest, _ := strings.Cut(*role, " ")
	r, err := shmsync.FromFile(os.NewFile(3, "region"), 0)
	if err != nil {
		return err
	}
	a, err := shmsync.At[arena](r, 0)
	if err != nil {
		return err
	}
	switch name {
	case "mutex", "robust":
		var l load
		if _, err := fmt.Sscan(rest, &l.inside, &l.outside); err != nil {
			return err
		}
		a.await()
		a.done[*number] = work(a.locker(name == "robust"), l, &a.count, &a.phase)
		return nil
	case "receive":
		return receiveChild(r, a, rest)
	}
	return fmt.Errorf("no role %q", *role)
}

// await waits for the start.
func (a *arena) await() {
	a.ready.Add(1)
	for a.start.Load() == 0 {
		time.Sleep(50 * time.Microsecond)
	}
}

// gather waits until n workers are ready, and says so if one ends before.
func (a *arena) gather(n int) error {
	for end := time.Now().Add(20 * time.Second); a.ready.Load() < uint32(n); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			return errors.New("a worker did not start within 20 s")
		}
	}
	return nil
}

// processes has n of them work for a time.
func processes(n int, d time.Duration, robust bool, l load) (s sample, err error) {
	r, err := shmsync.Create("locks", 4096)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	a, err := shmsync.At[arena](r, 0)
	if err != nil {
		return s, err
	}
	role := "mutex"
	if robust {
		role = "robust"
	}
	var all []*exec.Cmd
	for i := range n {
		c, err := startChild(fmt.Sprint(role, " ", l.inside, " ", l.outside), i, r.File())
		if err != nil {
			return s, err
		}
		all = append(all, c)
	}
	if err := a.gather(n); err != nil {
		return s, err
	}
	runtime.GC()
	a.start.Store(1)
	took := a.measure(d)
	for _, c := range all {
		if err := c.Wait(); err != nil {
			return s, err
		}
	}
	return shared(a.done[:n], took), nil
}
