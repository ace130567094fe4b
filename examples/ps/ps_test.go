package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/kinfo"
)

var procs = []kinfo.Proc{
	{Pid: 0, Ppid: 0, Flags: 0x204, State: kinfo.StateSleep},
	{Pid: 1, Ppid: 0, State: kinfo.StateSleep, Threads: 1, RunTime: 83*time.Second + 456*time.Millisecond, VirtualSize: 10 << 20, Resident: 1 << 20, Start: time.Unix(1e9, 0).UTC()},
	{Pid: 10, Ppid: 1, Uid: 7, Jid: 2, State: kinfo.StateRunning, Threads: 3, PercentCPU: 12.34, Tid: 100123},
	{Pid: 11, Ppid: 10, Uid: 7, State: kinfo.StateZombie},
}

func run(t *testing.T, args string) string {
	t.Helper()
	o, err := parse(strings.Fields(args), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	users := report.Users{0: "root", 7: "seven"}
	var below map[int]bool
	if o.tree > 0 {
		below = family(procs, o.tree)
	}
	var out strings.Builder
	table := report.New(&out, o.json, heading...)
	for i := range procs {
		if p := &procs[i]; o.want(p, users, below) {
			r := newRow(p, users.Name(p.Uid), o.threads)
			if p.Pid == 1 && o.args {
				r.Args = []string{"init", "-s"}
			}
			if err := r.write(table); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestList(t *testing.T) {
	const want = `USER  PID PPID TID JID THR %CPU VSZ    RSS   STATE  WAIT STARTED             TIME    COMMAND
root  1   0    -   0   1   0.0  10240K 1024K sleep  -    2001-09-09T01:46:40 1:23.46 init -s
seven 10  1    -   2   3   12.3 0K     0K    run    -    -                   0:00.00 -
seven 11  10   -   0   0   0.0  0K     0K    zombie -    -                   0:00.00 -
`
	if got := run(t, "-a"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := run(t, "-json -t -p 10"); !strings.Contains(got, `"tid":100123`) || !strings.Contains(got, `"jail":2,"state":"run"`) || strings.Count(got, "\n") != 1 {
		t.Errorf("%s", got)
	}
}

func TestWant(t *testing.T) {
	for args, lines := range map[string]int{"": 3, "-k": 4, "-u seven": 2, "-u 0 -k": 2, "-j 2": 1, "-p 1,11": 2, "-c sh": 0, "-d 10": 2, "-d 1 -j 0": 2, "-d 99": 0} {
		if n := strings.Count(run(t, args), "\n") - 1; n != lines {
			t.Errorf("%s: %d lines, want %d", args, n, lines)
		}
	}
}
