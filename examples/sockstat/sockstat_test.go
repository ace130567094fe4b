package main

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/kinfo"
	"github.com/rawsys-go/rawsys/zsys"
)

var sockets = []kinfo.Socket{
	{Family: zsys.AF_INET, Type: zsys.SOCK_STREAM, Protocol: 6, TCP: true, State: zsys.TCPS_LISTEN, Listening: true, Local: netip.MustParseAddrPort("0.0.0.0:22"), Address: 1},
	{Family: zsys.AF_INET6, Type: zsys.SOCK_STREAM, Protocol: 6, TCP: true, State: zsys.TCPS_ESTABLISHED, Uid: 7, RecvQueue: 5, Address: 2,
		Local: netip.MustParseAddrPort("[::1]:22"), Peer: netip.MustParseAddrPort("[::1]:4000")},
	{Family: zsys.AF_INET, Type: zsys.SOCK_DGRAM, Protocol: 17, Local: netip.MustParseAddrPort("127.0.0.1:53"), Address: 3},
	{Family: zsys.AF_UNIX, Type: zsys.SOCK_STREAM, PeerPcb: 9, Address: 4},
}

func run(t *testing.T, args string) string {
	t.Helper()
	o, err := parse(strings.Fields(args), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	users := report.Users{0: "root", 7: "seven"}
	var out strings.Builder
	table := report.New(&out, o.json, heading...)
	by := owners{1: {{100, 0, "sshd", 3}, {101, 0, "sshd", 4}}}
	for i := range sockets {
		s := &sockets[i]
		if !o.want(s, users) {
			continue
		}
		for _, r := range rows(s, users.Name(s.Uid), by[s.Address]) {
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

func TestRows(t *testing.T) {
	const want = `USER  COMMAND PID FD PROTO  RECV-Q SEND-Q LOCAL ADDRESS FOREIGN ADDRESS STATE
root  sshd    100 3  tcp4   0      0      0.0.0.0:22    -               listen
root  sshd    101 4  tcp4   0      0      0.0.0.0:22    -               listen
seven -       -   -  tcp6   5      0      [::1]:22      [::1]:4000      established
root  -       -   -  udp4   0      0      127.0.0.1:53  -               -
root  -       -   -  stream 0      0      -             -               -
`
	if got := run(t, ""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := run(t, "-json -l"), `{"user":"root","command":"sshd","pid":100,"fd":3,"protocol":"tcp4","local":"0.0.0.0:22","state":"listen","recvq":0,"sendq":0}`; !strings.HasPrefix(got, want+"\n") {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWant(t *testing.T) {
	for args, lines := range map[string]int{"-4": 3, "-6": 1, "-unix": 1, "-4 -6": 4, "-l": 2, "-c": 2, "-p 4000": 1, "-p 22": 3, "-u seven": 1, "-u 7": 1, "-p 53,22": 4} {
		if n := strings.Count(run(t, args), "\n") - 1; n != lines {
			t.Errorf("%s: %d lines, want %d", args, n, lines)
		}
	}
	for args, tables := range map[string]int{"": 6, "-tcp": 1, "-udp": 1, "-unix": 3, "-4": 3, "-unix -tcp": 3, "-4 -unix": 6, "-sctp": 0, "-sctp -udp": 1} {
		o, err := parse(strings.Fields(args), io.Discard)
		if err != nil || len(o.tables()) != tables {
			t.Errorf("%q: tables %v, %v", args, o.tables(), err)
		}
	}
}

// Sockets among descriptors are found, and nothing else.
func TestOwners(t *testing.T) {
	by := owners{}
	for _, d := range []kinfo.Descriptor{
		{Pid: 5, Fd: 3, Type: zsys.DTYPE_SOCKET, Data: 1}, {Pid: 5, Fd: 4, Type: zsys.DTYPE_VNODE, Data: 1}, {Pid: 6, Uid: 7, Fd: 8, Type: zsys.DTYPE_SOCKET, Data: 1},
	} {
		by.add(&d, map[int]string{5: "five"})
	}
	if got := fmt.Sprint(by); got != "map[1:[{5 0 five 3} {6 7  8}]]" {
		t.Error(got)
	}
}

func TestSCTP(t *testing.T) {
	one, two := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	listens := &kinfo.SCTPEndpoint{Port: 7, Listening: true, Local: []netip.Addr{one, two}, Associations: []kinfo.SCTPAssociation{
		{State: zsys.SCTP_ESTABLISHED, PeerPort: 9, Primary: two, Local: []netip.Addr{one}},
	}}
	idle := &kinfo.SCTPEndpoint{IPv6: true}
	by := []owner{{10, 7, "prog", 3}}
	users := report.Users{0: "root", 7: "seven"}
	for args, want := range map[string]string{
		"":           "seven sctp4 192.0.2.1:7 192.0.2.2:9 established\nseven sctp4 192.0.2.1:7,192.0.2.2:7  listen\n sctp6   closed\n",
		"-l":         "seven sctp4 192.0.2.1:7,192.0.2.2:7  listen\n",
		"-c -u 7":    "seven sctp4 192.0.2.1:7 192.0.2.2:9 established\n",
		"-p 9":       "seven sctp4 192.0.2.1:7 192.0.2.2:9 established\n",
		"-6":         " sctp6   closed\n",
		"-u root":    "",
		"-unix":      "",
		"-tcp":       "",
		"-p 4":       "",
		"-sctp -p 7": "seven sctp4 192.0.2.1:7 192.0.2.2:9 established\nseven sctp4 192.0.2.1:7,192.0.2.2:7  listen\n",
	} {
		o, err := parse(strings.Fields(args), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if o.wantSCTP() {
			for _, r := range append(sctpRows(o, listens, users, by), sctpRows(o, idle, users, nil)...) {
				got += fmt.Sprintln(r.User, r.Protocol, r.Local, r.Peer, r.State)
			}
		}
		if got != want {
			t.Errorf("%q:\n%swant\n%s", args, got, want)
		}
	}
}
