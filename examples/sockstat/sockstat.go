// Sockstat lists the sockets of the system with the processes that have them open,
// as sockstat(1) does.
package main

import (
	"flag"
	"io"
	"strings"

	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/kinfo"
	"github.com/rawsys-go/rawsys/zsys"
)

type options struct {
	v4, v6, unix bool
	tcp, udp     bool
	sctp         bool
	listen       bool
	connected    bool
	ports        report.Numbers
	user         string
	json         bool
}

func parse(args []string, output io.Writer) (*options, error) {
	var o options
	fs := flag.NewFlagSet("sockstat", flag.ContinueOnError)
	fs.SetOutput(output)
	fs.BoolVar(&o.v4, "4", false, "list IPv4; without -4, -6 and -unix all three")
	fs.BoolVar(&o.v6, "6", false, "list IPv6")
	fs.BoolVar(&o.unix, "unix", false, "list Unix sockets")
	fs.BoolVar(&o.tcp, "tcp", false, "list of IPv4 and IPv6 only TCP")
	fs.BoolVar(&o.udp, "udp", false, "list of IPv4 and IPv6 only UDP")
	fs.BoolVar(&o.sctp, "sctp", false, "list of IPv4 and IPv6 only SCTP")
	fs.BoolVar(&o.listen, "l", false, "list only sockets that listen")
	fs.BoolVar(&o.connected, "c", false, "list only connected sockets")
	fs.Var(&o.ports, "p", "list only sockets with one of these `ports`, at either end")
	fs.StringVar(&o.user, "u", "", "list only sockets that this `user` has made, name or number")
	fs.BoolVar(&o.json, "json", false, "write a JSON object a line")
	return &o, report.Parse(fs, args)
}

// owner is a descriptor of a socket. Its zero value stands for none.
type owner struct {
	pid     int
	uid     uint32
	command string
	fd      int
}

// owners are the descriptors of sockets, by the socket's address in the kernel.
type owners map[uint64][]owner

// add notes a descriptor, if it is one of a socket.
func (o owners) add(d *kinfo.Descriptor, commands map[int]string) {
	if so, ok := d.Socket(); ok {
		o[so] = append(o[so], owner{d.Pid, d.Uid, commands[d.Pid], d.Fd})
	}
}

// row is a socket that a process has open, or that none has.
type row struct {
	User     string `json:"user"`
	Command  string `json:"command,omitempty"`
	PID      int    `json:"pid,omitempty"`
	FD       *int   `json:"fd,omitempty"`
	Protocol string `json:"protocol"` // tcp4, udp6, sctp4, stream, …
	Local    string `json:"local,omitempty"`
	Peer     string `json:"peer,omitempty"`
	State    string `json:"state,omitempty"`
	RecvQ    int    `json:"recvq"`
	SendQ    int    `json:"sendq"`
}

var heading = []string{"USER", "COMMAND", "PID", "FD", "PROTO", "RECV-Q", "SEND-Q", "LOCAL ADDRESS", "FOREIGN ADDRESS", "STATE"}

func (r *row) write(t *report.Table) error {
	pid, fd := any("-"), any("-")
	if r.FD != nil {
		pid, fd = r.PID, *r.FD
	}
	return t.Row(r, r.User, r.Command, pid, fd, r.Protocol, r.RecvQ, r.SendQ, r.Local, r.Peer, r.State)
}

// rows describes a socket once for each descriptor.
func rows(s *kinfo.Socket, user string, by []owner) []row {
	r := row{User: user, Protocol: protocol(s), RecvQ: s.RecvQueue, SendQ: s.SendQueue}
	if s.Family == zsys.AF_UNIX {
		r.Local, r.Peer = s.LocalPath(), s.PeerPath()
	} else {
		r.Local = s.Local.String()
		if s.Peer.IsValid() {
			r.Peer = s.Peer.String()
		}
	}
	switch {
	case s.TCP:
		r.State = strings.ToLower(strings.TrimPrefix(s.State.String(), "TCPS_"))
	case s.Listening:
		r.State = "listen"
	}
	return r.of(by)
}

// of repeats a row for each owner.
func (r row) of(by []owner) []row {
	if len(by) == 0 {
		return []row{r}
	}
	list := make([]row, len(by))
	for i, o := range by {
		list[i] = r
		list[i].Command, list[i].PID, list[i].FD = o.command, o.pid, &o.fd
	}
	return list
}

func protocol(s *kinfo.Socket) string {
	if s.Family == zsys.AF_UNIX {
		switch s.Type {
		case zsys.SOCK_STREAM:
			return "stream"
		case zsys.SOCK_DGRAM:
			return "dgram"
		}
		return "seqpac"
	}
	name := "raw"
	switch {
	case s.TCP:
		name = "tcp"
	case s.Protocol == 17:
		name = "udp"
	}
	if s.Family == zsys.AF_INET6 {
		return name + "6"
	}
	return name + "4"
}

// tables are those that may have what is to be listed.
func (o *options) tables() []kinfo.SocketTable {
	var list []kinfo.SocketTable
	all := !o.v4 && !o.v6 && !o.unix
	inet, either := all || o.v4 || o.v6, !o.tcp && !o.udp && !o.sctp
	if inet && (o.tcp || either) {
		list = append(list, kinfo.TCPSockets)
	}
	if inet && (o.udp || either) {
		list = append(list, kinfo.UDPSockets)
	}
	if inet && either {
		list = append(list, kinfo.RawSockets)
	}
	if o.unix || all && either {
		list = append(list, kinfo.UnixStreams, kinfo.UnixDatagrams, kinfo.UnixSeqpackets)
	}
	return list
}

// want reports whether a socket is to be listed.
func (o *options) want(s *kinfo.Socket, users report.Users) bool {
	all := !o.v4 && !o.v6 && !o.unix
	family := all || s.Family == zsys.AF_INET && o.v4 || s.Family == zsys.AF_INET6 && o.v6 || s.Family == zsys.AF_UNIX && o.unix
	port := len(o.ports) == 0 || s.Family != zsys.AF_UNIX && (o.ports.Has(int(s.Local.Port())) || s.Peer.IsValid() && o.ports.Has(int(s.Peer.Port())))
	connected := s.Peer.IsValid() || s.PeerPcb != 0
	return family && port && (!o.listen || s.Listening) && (!o.connected || connected) && users.IsUser(s.Uid, o.user)
}
