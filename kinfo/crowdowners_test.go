package kinfo

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/crowd"
	"github.com/rawsys-go/rawsys/zsys"
)

// owned finds the descriptors of sockets: process and number by the socket's address.
func owned(t *testing.T, tables map[string][]byte) map[uint64][][2]int {
	t.Helper()
	by := map[uint64][][2]int{}
	for d, err := range DecodeDescriptors(tables["descriptors"]) {
		if err != nil {
			t.Fatal(err)
		}
		if so, ok := d.Socket(); ok {
			by[so] = append(by[so], [2]int{d.Pid, d.Fd})
		}
	}
	return by
}

// checkCrowdDescriptors checks that the owners of sockets are found by their
// addresses, and what the descriptors say of files.
func checkCrowdDescriptors(t *testing.T, k *crowd.Known, tables map[string][]byte) {
	t.Helper()
	m, by := k.Find(crowd.Opener), owned(t, tables)
	checked := 0
	for _, want := range m.Sockets {
		which, ok := kindOf[want.Kind]
		if !ok {
			continue
		}
		found := false
		for s, err := range DecodeSockets(which, tables[strings.TrimRight(want.Kind, "46")]) {
			if err != nil {
				t.Fatal(err)
			}
			found = found || s.Address != 0 && slices.Contains(by[s.Address], [2]int{m.Pid, want.FD})
		}
		if !found {
			t.Errorf("nobody has %+v", want)
		}
		checked++
	}
	if checked < 20 {
		t.Errorf("only %d sockets", checked)
	}
	all, err := Collect(DecodeDescriptors(tables["descriptors"]))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range m.Files {
		i := slices.IndexFunc(all, func(d Descriptor) bool { return d.Pid == m.Pid && d.Fd == want.FD })
		if i < 0 || int(all[i].Uid) != m.Uid || (all[i].Type == zsys.DTYPE_VNODE) != (want.Type == "vnode") || (all[i].Type == zsys.DTYPE_PIPE) != (want.Type == "pipe") ||
			all[i].RefCount < 1 || all[i].File == 0 || want.Size > 0 && all[i].Offset != want.Size {
			t.Errorf("%+v: no such descriptor, or another", want)
		}
	}
}

func checkCrowdSCTP(t *testing.T, m *crowd.Member, tables map[string][]byte) {
	t.Helper()
	if tables["sctp"] == nil { // a kernel without SCTP
		return
	}
	list, err := Collect(DecodeSCTP(tables["sctp"]))
	if err != nil {
		t.Fatal(err)
	}
	by, checked := owned(t, tables), 0
	for _, want := range m.Sockets {
		if !strings.HasPrefix(want.Kind, "sctp") {
			continue
		}
		checked++
		i := slices.IndexFunc(list, func(e SCTPEndpoint) bool { return slices.Contains(by[e.Address], [2]int{m.Pid, want.FD}) })
		if i < 0 {
			t.Errorf("nobody has %+v", want)
			continue
		}
		checkCrowdEndpoint(t, &list[i], &want)
	}
	if checked != 4 {
		t.Errorf("%d sockets of SCTP, want 4", checked)
	}
}

func checkCrowdEndpoint(t *testing.T, e *SCTPEndpoint, want *crowd.Socket) {
	t.Helper()
	local := netip.MustParseAddrPort(want.Local)
	many := want.Kind == "sctp6"
	if e.Port != local.Port() || !slices.Contains(e.Local, local.Addr()) || e.Listening != want.Listening || e.Stream == many || e.IPv6 != many ||
		e.QueueLimit >= 5 != (want.Listening && !many) || e.Queued != 0 || (len(e.Associations) == 1) != (want.Peer != "") {
		t.Errorf("%+v: %+v", want, e)
	}
	if want.Peer == "" {
		return
	}
	a, peer := e.Associations[0], netip.MustParseAddrPort(want.Peer)
	if a.State.String() != "SCTP_"+want.State || a.PeerPort != peer.Port() || a.Primary != peer.Addr() || !slices.Contains(a.Local, local.Addr()) ||
		a.OutStreams == 0 || a.InStreams == 0 || a.PeerWindow == 0 || a.LocalTag == 0 || a.PeerTag == 0 || a.MTU < 1000 || a.Start <= 0 {
		t.Errorf("%+v: %+v", want, a)
	}
	i := slices.IndexFunc(a.Paths, func(p SCTPPath) bool { return p.Address == peer.Addr() })
	if i < 0 {
		t.Errorf("%+v: paths %+v", want, a.Paths)
		return
	}
	if p := a.Paths[i]; p.State != zsys.SCTP_ACTIVE || !p.Heartbeats || p.Start <= 0 || p.Window == 0 || p.MTU < 1000 || p.Heartbeat <= 0 || p.EncapsulateIn != 0 {
		t.Errorf("%+v: path %+v", want, p)
	}
}
