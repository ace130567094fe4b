package kinfo

import (
	"encoding/binary"
	"iter"
	"net/netip"
	"time"

	"github.com/rawsys-go/rawsys/zsys"
)

// DecodeSCTP returns an iterator over the endpoints in a table that the sysctl
// net.inet.sctp.assoclist returned. It has the same form on all ports, from FreeBSD
// 12.0 on.
//
// The *SCTPEndpoint is reused as by [SCTPEndpoints]. The error is a [*CorruptError],
// and ends the loop. The table is only read.
func DecodeSCTP(table []byte) iter.Seq2[*SCTPEndpoint, error] {
	return func(yield func(*SCTPEndpoint, error) bool) {
		decodeSCTP(table, new(SCTPEndpoint), yield)
	}
}

// decodeSCTP yields an endpoint once all that belongs to it is read.
func decodeSCTP(table []byte, e *SCTPEndpoint, yield func(*SCTPEndpoint, error) bool) {
	if len(table) == 0 {
		return
	}
	t := sctpTable{table: table}
	for {
		r := t.next(&sctpEndpoints)
		if r != nil {
			e.decode(r, &t)
		}
		switch {
		case t.err != nil:
			yield(nil, t.err)
			return
		case r == nil:
			if have := len(table) - t.off; have > 0 {
				yield(nil, &CorruptError{Record: sctpEndpoints.record, Offset: t.off, Have: have, Reason: "bytes behind the end of the table"})
			}
			return
		case !yield(e, nil):
			return
		}
	}
}

// sctpList is a list in the table. Records do not tell their lengths; one that has a
// mark ends the list.
type sctpList struct {
	record     string
	size, last int // length, and where the mark is
}

var (
	sctpEndpoints    = sctpList{"xsctp_inpcb", sctpInSize, sctpInLast}
	sctpAssociations = sctpList{"xsctp_tcb", sctpTcbSize, sctpTcbLast}
	sctpLocals       = sctpList{"xsctp_laddr", sctpLaddrSize, sctpAddrLast}
	sctpPaths        = sctpList{"xsctp_raddr", sctpRaddrSize, sctpAddrLast}
)

// sctpTable reads the table's lists, one within the other.
type sctpTable struct {
	table []byte
	off   int
	err   error
}

// next returns the next record of a list, or nil at its end and after an error.
func (t *sctpTable) next(l *sctpList) raw {
	rest := t.table[t.off:]
	if t.err == nil && len(rest) < l.size {
		t.err = &CorruptError{Record: l.record, Offset: t.off, Size: l.size, Have: len(rest), Reason: "the record is cut off"}
	}
	if t.err != nil {
		return nil
	}
	t.off += l.size
	if r := raw(rest[:l.size]); r.u32(l.last) == 0 {
		return r
	}
	return nil
}

// From netinet/sctp.h: what an endpoint is.
const (
	sctpStream    = 0x2
	sctpListening = 0x8
	sctpBoundV6   = 0x4000000
)

// decode sets all of e, from its record and from those behind it.
func (e *SCTPEndpoint) decode(r raw, t *sctpTable) {
	flags := r.u32(sctpInFlags)
	*e = SCTPEndpoint{
		Port: r.u16(sctpInPort), IPv6: flags&sctpBoundV6 != 0, Stream: flags&sctpStream != 0, Listening: flags&sctpListening != 0,
		Queued: r.int(sctpInQlen), QueueLimit: r.int(sctpInMaxqlen),
		Sent: r.u32(sctpInSent), Received: r.u32(sctpInRecvd), NoSpace: r.u32(sctpInNoSpace), Fragment: r.int(sctpInFragment),
		Flags: flags, Features: r.u64(sctpInFeatures), Address: r.u64(sctpInSocket),
		Local: t.locals(e.Local[:0]), Associations: e.Associations[:0],
	}
	if !e.Stream { // the kernel has something else in place of the queue
		e.Queued, e.QueueLimit = 0, 0
	}
	for r := t.next(&sctpAssociations); r != nil; r = t.next(&sctpAssociations) {
		if n := len(e.Associations); n < cap(e.Associations) { // whose lists are used again
			e.Associations = e.Associations[:n+1]
		} else {
			e.Associations = append(e.Associations, SCTPAssociation{})
		}
		e.Associations[len(e.Associations)-1].decode(r, t)
	}
}

func (a *SCTPAssociation) decode(r raw, t *sctpTable) {
	*a = SCTPAssociation{
		ID: r.u32(sctpTcbID), State: zsys.SctpState(r.u32(sctpTcbState)), PeerPort: r.u16(sctpTcbPeerPort),
		Primary: sockstore(r), Start: sctpTime(r[sctpTcbStart:]),
		InStreams: r.u32(sctpTcbIn), OutStreams: r.u32(sctpTcbOut), Sent: r.u32(sctpTcbSent), Received: r.u32(sctpTcbRecvd),
		Retransmitted: r.u32(sctpTcbRetrans), Errors: r.u32(sctpTcbErrors),
		InitTimeouts: r.u32(sctpTcbT1), ShutdownTimeouts: r.u32(sctpTcbT2), Heartbeat: milliseconds(r.u32(sctpTcbHeartbeat)),
		MTU: r.int(sctpTcbMTU), PeerWindow: r.int(sctpTcbWindow), LocalTag: r.u32(sctpTcbLocalTag), PeerTag: r.u32(sctpTcbPeerTag),
		InitialTSN: r.u32(sctpTcbInitial), HighestTSN: r.u32(sctpTcbHighest), AckedTSN: r.u32(sctpTcbAcked), ReceivedTSN: r.u32(sctpTcbReceived),
		Local: t.locals(a.Local[:0]), Paths: a.Paths[:0],
	}
	for r := t.next(&sctpPaths); r != nil; r = t.next(&sctpPaths) {
		a.Paths = append(a.Paths, sctpPath(r))
	}
}

func (t *sctpTable) locals(list []netip.Addr) []netip.Addr {
	for r := t.next(&sctpLocals); r != nil; r = t.next(&sctpLocals) {
		list = append(list, sockstore(r))
	}
	return list
}

func sctpPath(r raw) SCTPPath {
	return SCTPPath{
		Address: sockstore(r), State: zsys.SctpPathState(r.u16(sctpPathState)), PotentiallyFailed: r.u8(sctpPathFailed) != 0,
		Heartbeats: r.u8(sctpPathHeartbeats) != 0, Start: sctpTime(r[sctpPathStart:]),
		RTT: milliseconds(r.u32(sctpPathRTT)), RTO: milliseconds(r.u32(sctpPathRTO)), Heartbeat: milliseconds(r.u32(sctpPathInterval)),
		Retransmitted: r.u32(sctpPathRetrans), Errors: r.u32(sctpPathErrors), MaxErrors: r.u32(sctpPathMax),
		Window: r.int(sctpPathCwnd), SlowStart: r.int(sctpPathSsthresh), InFlight: r.int(sctpPathFlight), MTU: r.int(sctpPathMTU),
		EncapsulateIn: binary.BigEndian.Uint16(r[sctpPathPort:]),
	}
}

// sockstore is the address of a union sctp_sockstore, or the zero Addr.
func sockstore(r raw) netip.Addr {
	switch r.u8(1) {
	case zsys.AF_INET:
		return netip.AddrFrom4([4]byte(r[4:]))
	case zsys.AF_INET6:
		return scoped([16]byte(r[8:]), r.u32(24))
	}
	return netip.Addr{}
}

func sctpTime(r raw) time.Duration { return duration(int64(r.u32(0)), int64(r.u32(4))) }

func milliseconds(n uint32) time.Duration { return time.Duration(n) * time.Millisecond }
