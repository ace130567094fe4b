// Ps lists processes, as ps(1) does.
package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/kinfo"
)

type options struct {
	pids    report.Numbers
	jails   report.Numbers
	user    string
	command string
	threads bool
	args    bool
	kernel  bool
	tree    int
	json    bool
}

func parse(args []string, output io.Writer) (*options, error) {
	var o options
	fs := flag.NewFlagSet("ps", flag.ContinueOnError)
	fs.SetOutput(output)
	fs.Var(&o.pids, "p", "list only these `processes`, numbers with commas")
	fs.Var(&o.jails, "j", "list only processes in these `jails`, numbers with commas; 0 is the host")
	fs.StringVar(&o.user, "u", "", "list only processes of this `user`, name or number")
	fs.StringVar(&o.command, "c", "", "list only processes whose `command` begins so")
	fs.BoolVar(&o.threads, "t", false, "list each thread")
	fs.BoolVar(&o.args, "a", false, "show arguments in place of the command's name")
	fs.BoolVar(&o.kernel, "k", false, "list the kernel's own processes too")
	fs.IntVar(&o.tree, "d", 0, "list only this `process` and those that it has started")
	fs.BoolVar(&o.json, "json", false, "write a JSON object a line")
	return &o, report.Parse(fs, args)
}

// row is a process or a thread. Sizes are in bytes, times in seconds.
type row struct {
	PID      int       `json:"pid"`
	PPID     int       `json:"ppid"`
	TID      int       `json:"tid,omitempty"`
	User     string    `json:"user"`
	Jail     int       `json:"jail"`
	State    string    `json:"state"`
	Wait     string    `json:"wait,omitempty"`
	Threads  int       `json:"threads"`
	CPU      float64   `json:"cpu"` // percent
	Time     float64   `json:"time"`
	Started  time.Time `json:"started"`
	Virtual  uint64    `json:"virtual"`
	Resident uint64    `json:"resident"`
	Command  string    `json:"command"`
	Thread   string    `json:"thread,omitempty"`
	Args     []string  `json:"args,omitempty"`
}

func newRow(p *kinfo.Proc, user string, threads bool) row {
	r := row{
		PID: p.Pid, PPID: p.Ppid, User: user, Jail: p.Jid, State: p.State.String(), Wait: p.WaitMessage(), Threads: p.Threads,
		CPU: p.PercentCPU, Time: p.RunTime.Seconds(), Started: p.Start, Virtual: p.VirtualSize, Resident: p.Resident, Command: p.Command(),
	}
	if threads {
		r.TID, r.Thread = p.Tid, p.ThreadName()
	}
	return r
}

var heading = []string{"USER", "PID", "PPID", "TID", "JID", "THR", "%CPU", "VSZ", "RSS", "STATE", "WAIT", "STARTED", "TIME", "COMMAND"}

func (r *row) write(t *report.Table) error {
	command := r.Command
	if len(r.Args) > 0 {
		command = strings.Join(r.Args, " ")
	}
	if r.Thread != "" {
		command += "/" + r.Thread
	}
	tid, started := any("-"), "-"
	if r.TID != 0 {
		tid = r.TID
	}
	if !r.Started.IsZero() {
		started = r.Started.Format("2006-01-02T15:04:05")
	}
	return t.Row(r, r.User, r.PID, r.PPID, tid, r.Jail, r.Threads, fmt.Sprintf("%.1f", r.CPU), kib(r.Virtual), kib(r.Resident),
		r.State, r.Wait, started, clock(r.Time), command)
}

func kib(n uint64) string { return fmt.Sprintf("%dK", n/1024) }

func clock(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second)).Round(10 * time.Millisecond)
	return fmt.Sprintf("%d:%05.2f", int(d.Minutes()), (d % time.Minute).Seconds())
}

// want reports whether a process is to be listed, if below has it or is nil.
func (o *options) want(p *kinfo.Proc, users report.Users, below map[int]bool) bool {
	return o.pids.Has(p.Pid) && o.jails.Has(p.Jid) && users.IsUser(p.Uid, o.user) && strings.HasPrefix(p.Command(), o.command) &&
		(o.kernel || !p.Kernel()) && (below == nil || below[p.Pid])
}

// family is the set of a process and its descendants.
func family(procs []kinfo.Proc, pid int) map[int]bool {
	set := map[int]bool{pid: true}
	for _, child := range kinfo.Descendants(procs, pid) {
		set[child] = true
	}
	return set
}
