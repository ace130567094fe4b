package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/crowd"
)

func TestMain(m *testing.M) { crowd.Main(m) }

// shown are the lines about a process, by descriptor.
func shown(t *testing.T, pid int) map[int][]row {
	t.Helper()
	byFd := map[int][]row{}
	for _, r := range crowd.Lines[row](t, func(w io.Writer) error { return list(&options{json: true}, w) }) {
		if r.PID == pid && r.FD != nil {
			byFd[*r.FD] = append(byFd[*r.FD], r)
		}
	}
	return byFd
}

// Every socket that a member of a crowd has is listed once, as what it is.
func TestCrowd(t *testing.T) {
	m := crowd.New(t, 16).Find(crowd.Opener)
	rows, seen := shown(t, m.Pid), map[string]bool{}
	for _, want := range m.Sockets {
		seen[want.Kind] = true
		if len(rows[want.FD]) != 1 {
			t.Errorf("%+v: %+v", want, rows[want.FD])
			continue
		}
		r, state := rows[want.FD][0], strings.ToLower(want.State)
		if want.Listening {
			state = "listen"
		}
		if r.User != "root" || !strings.HasPrefix(want.Kind, r.Protocol) || r.Local != want.Local || r.Peer != want.Peer || r.RecvQ != want.Waiting ||
			state != "" && r.State != state || !strings.HasPrefix(r.Command, "sockstat") {
			t.Errorf("%+v: %+v", want, r)
		}
	}
	for _, kind := range []string{"tcp4", "tcp6", "udp4", "udp6", "raw4", "stream", "dgram", "seqpacket", "sctp4", "sctp6"} {
		if !seen[kind] {
			t.Errorf("the crowd has no socket of kind %s", kind)
		}
	}
	if testing.Verbose() {
		if err := list(&options{}, os.Stdout); err != nil {
			t.Error(err)
		}
	}
}
