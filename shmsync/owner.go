//go:build freebsd || linux

package shmsync

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"

	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// owner is this process, as robust locks record it, or 0 before anybody asked.
var owner atomic.Uint64

// self returns this process's owner.
func self() (uint64, error) {
	if me := owner.Load(); me != 0 {
		return me, nil
	}
	return findSelf()
}

var errNarrow = errors.New("shmsync: this processor, or the program's GOARM, has no atomic access to 64 bits that other processes share")

func findSelf() (uint64, error) {
	if !wide() {
		return 0, errNarrow
	}
	pid := os.Getpid()
	start, _, err := startOf(pid)
	if err != nil {
		return 0, fmt.Errorf("shmsync: the start time of this process: %w", err)
	}
	if pid >= 1<<machine.PIDBits {
		return 0, fmt.Errorf("shmsync: process number %d, want less than %d", pid, 1<<machine.PIDBits)
	}
	me := machine.Owner(pid, start)
	owner.Store(me)
	return me, nil
}

// alive reports whether an owner's process may still run.
func alive(o uint64) bool {
	if o == owner.Load() {
		return true
	}
	pid, start := machine.Process(o)
	now, dead, err := startOf(pid)
	if err != nil { // not there, or not for us to see
		return probe(pid) != syscall.ESRCH
	}
	return !dead && machine.Owner(pid, now) == machine.Owner(pid, start)
}
