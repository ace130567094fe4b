// Fdstat lists open files: of all processes, or of chosen ones, as fstat(1) and
// lsof do.
package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/kinfo"
	"github.com/rawsys-go/rawsys/zsys"
)

// options say what to list, and how.
type options struct {
	pids    report.Numbers
	user    string
	command string
	path    string
	ports   report.Numbers
	kinds   string
	state   string
	json    bool
}

func parse(args []string, output io.Writer) (*options, error) {
	var o options
	fs := flag.NewFlagSet("fdstat", flag.ContinueOnError)
	fs.SetOutput(output)
	fs.Var(&o.pids, "p", "list only these `processes`, numbers with commas")
	fs.StringVar(&o.user, "u", "", "list only processes of this `user`, name or number")
	fs.StringVar(&o.command, "c", "", "list only processes whose `command` begins so")
	fs.StringVar(&o.path, "path", "", "list only files whose `path` begins so")
	fs.Var(&o.ports, "port", "list only sockets with one of these `ports`, at either end")
	fs.StringVar(&o.kinds, "type", "", "list only these `types`, names with commas: vnode, socket, pipe, kqueue, …")
	fs.StringVar(&o.state, "state", "", "list only TCP sockets in this `state`, such as listen or established")
	fs.BoolVar(&o.json, "json", false, "write a JSON object a line")
	return &o, report.Parse(fs, args)
}

// row is an open file of a process.
type row struct {
	PID     int    `json:"pid"`
	User    string `json:"user"`
	Command string `json:"command"`
	FD      string `json:"fd"` // a number, or cwd, root, jail, trace, text, ctty
	Type    string `json:"type"`
	Flags   string `json:"flags,omitempty"`
	Offset  int64  `json:"offset,omitempty"`
	Path    string `json:"path,omitempty"`
	Local   string `json:"local,omitempty"`
	Peer    string `json:"peer,omitempty"`
	State   string `json:"state,omitempty"` // of TCP
	Pending int    `json:"pending,omitempty"`

	ports [2]int // of both ends
}

// states are those of TCP sockets, by control block.
type states map[uint64]zsys.TcpState

// newRow describes a file of a process. The process is known by name.
func newRow(p *kinfo.Proc, user string, f *kinfo.File, tcp states) row {
	r := row{PID: p.Pid, User: user, Command: p.Command(), Type: name(f.Type.String(), "KF_TYPE_")}
	if fd, ok := f.Descriptor(); ok {
		r.FD, r.Offset = strconv.Itoa(fd), f.Offset
	} else {
		use, _ := f.PseudoFd()
		r.FD = name(use.String(), "KF_FD_TYPE_")
	}
	r.Flags = strings.ToLower(strings.ReplaceAll(f.Flags.String(), "KF_FLAG_", ""))
	r.Path = f.PathString()
	if s, ok := f.Socket(); ok {
		r.socket(s, tcp)
	}
	if pipe, ok := f.Pipe(); ok {
		r.Local, r.Peer, r.Pending = fmt.Sprintf("%#x", pipe.Addr), fmt.Sprintf("%#x", pipe.Peer), int(pipe.BufferCnt)
	}
	return r
}

func (r *row) socket(s kinfo.FileSocket, tcp states) {
	r.Path, r.Pending = "", s.RecvQueue()
	switch {
	case s.Local().IsValid():
		r.Local, r.ports[0] = s.Local().String(), int(s.Local().Port())
		if s.Peer().IsValid() {
			r.Peer, r.ports[1] = s.Peer().String(), int(s.Peer().Port())
		}
		if state, ok := tcp[s.Pcb]; ok {
			r.State = name(state.String(), "TCPS_")
		}
	default:
		r.Local, r.Peer = s.LocalPath(), s.PeerPath()
	}
}

// name makes a constant's name one for people.
func name(c, prefix string) string { return strings.ToLower(strings.TrimPrefix(c, prefix)) }

// wantProcess reports whether the files of a process may be listed.
func (o *options) wantProcess(p *kinfo.Proc, users report.Users) bool {
	return o.pids.Has(p.Pid) && users.IsUser(p.Uid, o.user) && strings.HasPrefix(p.Command(), o.command)
}

// want reports whether a file is to be listed.
func (o *options) want(r *row) bool {
	port := len(o.ports) == 0
	for _, p := range r.ports {
		port = port || p != 0 && o.ports.Has(p)
	}
	return port && strings.HasPrefix(r.Path, o.path) && (o.state == "" || o.state == r.State) &&
		(o.kinds == "" || slices.Contains(strings.Split(o.kinds, ","), r.Type))
}

var heading = []string{"USER", "COMMAND", "PID", "FD", "TYPE", "FLAGS", "OFFSET", "STATE", "NAME"}

func (r *row) write(t *report.Table) error {
	what := r.Path
	if r.Local != "" || r.Peer != "" {
		what = r.Local
		if r.Peer != "" {
			what += " -> " + r.Peer
		}
	}
	return t.Row(r, r.User, r.Command, r.PID, r.FD, r.Type, r.Flags, r.Offset, r.State, what)
}
