// Gopsutil compares what package kinfo tells of the processes of this FreeBSD
// system with what gopsutil tells, wherever both answer, and counts what it sees.
// Processes that change on the way are asked again; the status is 1 if a value
// still differs.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"

	"github.com/shirou/gopsutil/v4/process"

	"github.com/rawsys-go/rawsys/kinfo"
)

// A method is a question that both answer. here and there return values to be
// compared with fmt.Sprint.
type method struct {
	name  string
	here  func(*kinfo.Proc) (any, error)
	there func(*process.Process) (any, error)
}

// either makes a value of any type comparable.
func either[T any](v T, err error) (any, error) { return v, err }

var methods = []method{
	{"Ppid", func(p *kinfo.Proc) (any, error) { return p.Ppid, nil }, func(p *process.Process) (any, error) { return either(p.Ppid()) }},
	{"Exe", func(p *kinfo.Proc) (any, error) { return either(kinfo.Executable(p.Pid)) }, func(p *process.Process) (any, error) { return either(p.Exe()) }},
	{"Cwd", cwd, func(p *process.Process) (any, error) { return either(p.Cwd()) }},
	{"CmdlineSlice", func(p *kinfo.Proc) (any, error) { return either(kinfo.Args(p.Pid)) }, func(p *process.Process) (any, error) { return either(p.CmdlineSlice()) }},
	{"CreateTime", func(p *kinfo.Proc) (any, error) { return p.Start.UnixMilli(), nil }, func(p *process.Process) (any, error) { return either(p.CreateTime()) }},
	{"Status", status, func(p *process.Process) (any, error) { return either(p.Status()) }},
	{"Uids", func(p *kinfo.Proc) (any, error) { return []uint32{p.Ruid, p.Uid, p.Svuid}, nil }, func(p *process.Process) (any, error) { return either(p.Uids()) }},
	{"Gids", func(p *kinfo.Proc) (any, error) { return []uint32{p.Rgid, p.Gid, p.Svgid}, nil }, func(p *process.Process) (any, error) { return either(p.Gids()) }},
	{"Groups", func(p *kinfo.Proc) (any, error) { g, _ := p.Groups(); return slices.Clone(g), nil }, func(p *process.Process) (any, error) { return either(p.Groups()) }},
	{"Nice", func(p *kinfo.Proc) (any, error) { return p.Nice, nil }, func(p *process.Process) (any, error) { return either(p.Nice()) }},
	{"NumThreads", func(p *kinfo.Proc) (any, error) { return p.Threads, nil }, func(p *process.Process) (any, error) { return either(p.NumThreads()) }},
	{"IOCounters", func(p *kinfo.Proc) (any, error) { return []uint64{p.Usage.Reads, p.Usage.Writes}, nil }, ioCounters},
	{"Times", func(p *kinfo.Proc) (any, error) { return times(p.Usage.User.Seconds(), p.Usage.System.Seconds()), nil }, cpuTimes},
	{"MemoryInfo", func(p *kinfo.Proc) (any, error) { return []uint64{p.Resident, p.VirtualSize}, nil }, memory},
}

func cwd(p *kinfo.Proc) (any, error) {
	f, err := kinfo.Cwd(p.Pid)
	if err != nil {
		return nil, err
	}
	return f.PathString(), nil
}

// status is named as gopsutil does.
func status(p *kinfo.Proc) (any, error) {
	name := p.State.String()
	if name == "run" {
		name = "running"
	}
	return []string{name}, nil
}

func ioCounters(p *process.Process) (any, error) {
	c, err := p.IOCounters()
	if err != nil {
		return nil, err
	}
	return []uint64{c.ReadCount, c.WriteCount}, nil
}

func cpuTimes(p *process.Process) (any, error) {
	c, err := p.Times()
	if err != nil {
		return nil, err
	}
	return times(c.User, c.System), nil
}

func times(user, system float64) string { return fmt.Sprintf("%.6f %.6f", user, system) }

func memory(p *process.Process) (any, error) {
	m, err := p.MemoryInfo()
	if err != nil {
		return nil, err
	}
	return []uint64{m.RSS, m.VMS}, nil
}

// attempts is how often a process is asked that changes in between.
const attempts = 20

// tally counts the answers to one method.
type tally struct {
	same, different, onlyHere, onlyThere, neither int
	example                                       string
}

func main() {
	procs, err := kinfo.Collect(kinfo.Procs(kinfo.All()))
	if err != nil {
		fmt.Fprintln(os.Stderr, "gopsutil:", err)
		os.Exit(1)
	}
	differ := false
	fmt.Printf("%-13s %5s %9s %9s %10s %7s  %s\n", "method", "same", "different", "here only", "there only", "neither", "a difference: here, there")
	for _, m := range methods {
		var t tally
		for i := range procs {
			t.ask(m, procs[i].Pid)
		}
		differ = differ || t.different > 0
		fmt.Printf("%-13s %5d %9d %9d %10d %7d  %s\n", m.name, t.same, t.different, t.onlyHere, t.onlyThere, t.neither, t.example)
	}
	if differ {
		os.Exit(1)
	}
}

// ask compares the answers about a process until they agree.
func (t *tally) ask(m method, pid int) {
	var here, there any
	for range attempts {
		p, err := kinfo.Process(pid)
		if errors.Is(err, syscall.ESRCH) {
			return // it has ended
		}
		q := &process.Process{Pid: int32(pid)}
		var errHere, errThere error
		here, errHere = m.here(p)
		there, errThere = m.there(q)
		switch {
		case errHere != nil && errThere != nil:
			t.neither++
			return
		case errThere != nil:
			t.onlyHere++
			return
		case errHere != nil:
			t.onlyThere++
			return
		case fmt.Sprint(here) == fmt.Sprint(there):
			t.same++
			return
		}
	}
	t.different++
	t.example = fmt.Sprintf("pid %d: %.60s, %.60s", pid, fmt.Sprint(here), fmt.Sprint(there))
}
