package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/crowd"
)

func TestMain(m *testing.M) { crowd.Main(m) }

func shown(t *testing.T, o options) []row {
	t.Helper()
	o.json = true
	return crowd.Lines[row](t, func(w io.Writer) error { return list(&o, w) })
}

// Every member of a crowd is listed as what it is: zombies, stopped and jailed
// processes, threads, and those of other users.
func TestCrowd(t *testing.T) {
	k := crowd.New(t, 16)
	states := map[string]string{crowd.Zombie: "zombie", crowd.Stopped: "stop"}
	all := shown(t, options{args: true})
	for _, m := range k.Members {
		i := slices.IndexFunc(all, func(r row) bool { return r.PID == m.Pid })
		if i < 0 {
			t.Errorf("%s %d is not listed", m.Role, m.Pid)
			continue
		}
		r := all[i]
		want, living := states[m.Role], m.Role != crowd.Zombie
		if r.PPID != m.Ppid || r.Jail != m.Jail || want != "" && r.State != want || (r.User == "root") != (m.Uid == 0) || r.Started.IsZero() ||
			living && (r.Resident == 0 || r.Virtual < r.Resident || r.Threads < 2 || !slices.Equal(r.Args, m.Args)) {
			t.Errorf("%s: %+v, want %+v", m.Role, r, m)
		}
	}
	threaded := k.Find(crowd.Threaded)
	threads := shown(t, options{threads: true, pids: []int{threaded.Pid}})
	for _, th := range threaded.Threads {
		if !slices.ContainsFunc(threads, func(r row) bool { return r.TID == th.Tid && r.Thread == th.Name }) {
			t.Errorf("thread %+v is not listed", th)
		}
	}
	jailed := k.Find(crowd.Jailed)
	if in := shown(t, options{jails: []int{jailed.Jail}}); len(in) != 1 || in[0].PID != jailed.Pid {
		t.Errorf("in the jail: %+v, want %d alone", in, jailed.Pid)
	}
	if below := shown(t, options{tree: os.Getpid()}); len(below) < len(k.Members)+1 {
		t.Errorf("%d processes in the tree, want %d", len(below), len(k.Members)+1)
	}
	if kernel := shown(t, options{kernel: true}); !slices.ContainsFunc(kernel, func(r row) bool { return r.PID == 0 && strings.HasPrefix(r.Command, "kernel") }) {
		t.Error("the kernel is not listed")
	}
	if testing.Verbose() {
		if err := list(&options{kernel: true}, os.Stdout); err != nil {
			t.Error(err)
		}
	}
}
