package main

import (
	"net/netip"
	"strings"

	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/kinfo"
)

// wantSCTP reports whether sockets of SCTP may be listed.
func (o *options) wantSCTP() bool {
	return (o.sctp || !o.tcp && !o.udp) && (o.v4 || o.v6 || !o.unix)
}

// sctpRows describes an endpoint once for each of its associations, or for each
// address at which it waits for one, and again for each descriptor. The kernel does
// not say who made the socket: its user is that of the process that has it open.
func sctpRows(o *options, e *kinfo.SCTPEndpoint, users report.Users, by []owner) []row {
	r := row{Protocol: "sctp4", State: "closed"}
	if e.IPv6 {
		r.Protocol = "sctp6"
	}
	if e.Listening {
		r.State = "listen"
	}
	if (o.v4 || o.v6) && !(o.v4 && !e.IPv6 || o.v6 && e.IPv6) || o.listen && !e.Listening {
		return nil
	}
	var list []row
	for i := range e.Associations {
		a := &e.Associations[i]
		if !o.listen && (o.ports.Has(int(e.Port)) || o.ports.Has(int(a.PeerPort))) {
			in := r
			in.State = strings.ToLower(strings.TrimPrefix(a.State.String(), "SCTP_"))
			in.Local, in.Peer = addresses(a.Local, e.Port), netip.AddrPortFrom(a.Primary, a.PeerPort).String()
			list = append(list, in)
		}
	}
	if (e.Listening || len(e.Associations) == 0) && !o.connected && o.ports.Has(int(e.Port)) {
		r.Local = addresses(e.Local, e.Port)
		list = append(list, r)
	}
	return owned(o, list, users, by)
}

// addresses are those of one end, which may have several.
func addresses(list []netip.Addr, port uint16) string {
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = netip.AddrPortFrom(a, port).String()
	}
	return strings.Join(words, ",")
}

// owned repeats rows for the owners that are wanted, with their users.
func owned(o *options, list []row, users report.Users, by []owner) []row {
	if len(by) == 0 && o.user == "" {
		return list
	}
	var all []row
	for _, r := range list {
		for i, one := range by {
			if users.IsUser(one.uid, o.user) {
				r.User = users.Name(one.uid)
				all = append(all, r.of(by[i:i+1])...)
			}
		}
	}
	return all
}
