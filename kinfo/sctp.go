package kinfo

import (
	"net/netip"
	"time"

	"github.com/rawsys-go/rawsys/zsys"
)

// SCTPEndpoint describes an SCTP socket of the system, whoever has it open, with its
// associations: struct xsctp_inpcb, as netstat(1) reads it.
//
// A [Descriptor] says which processes have it open: one whose Data is Address.
type SCTPEndpoint struct {
	Port       uint16 // own port, 0 if bound to none
	IPv6       bool   // a socket of AF_INET6, which can use IPv4 too
	Stream     bool   // of type SOCK_STREAM: at most one association; else any number
	Listening  bool   // does it wait for associations?
	Queued     int    // of a listening Stream: associations that wait for accept(2)
	QueueLimit int    // of a listening Stream: most associations that may wait

	Sent     uint32 // messages
	Received uint32 // messages
	NoSpace  uint32 // messages that found no room in the send buffer
	Fragment int    // longest piece of a message, in bytes; 0 for as long as a packet holds
	Flags    uint32 // SCTP_PCB_FLAGS_* of netinet/sctp.h
	Features uint64 // SCTP_PCB_FLAGS_* of netinet/sctp.h, those of features
	Address  uint64 // of struct socket in the kernel; 0 if all processes have closed it

	Local        []netip.Addr // own addresses; if bound to all, those of the interfaces
	Associations []SCTPAssociation
}

// SCTPAssociation describes an association, which is SCTP's connection: struct
// xsctp_tcb. Numbers of messages and packets wrap at 32 bits, as the kernel's do.
type SCTPAssociation struct {
	ID       uint32         // number of the association in its socket
	State    zsys.SctpState // SCTP_ESTABLISHED and others
	PeerPort uint16
	Primary  netip.Addr    // address of the peer that is sent to
	Start    time.Duration // when it was set up, after the system was booted

	InStreams, OutStreams uint32
	Sent                  uint32        // messages
	Received              uint32        // messages
	Retransmitted         uint32        // packets
	Errors                uint32        // packets in a row without an answer
	InitTimeouts          uint32        // times that setting up was tried again
	ShutdownTimeouts      uint32        // times that shutting down was tried again
	Heartbeat             time.Duration // between two heartbeats
	MTU                   int           // smallest of all paths, in bytes
	PeerWindow            int           // bytes that the peer has room for

	LocalTag, PeerTag uint32 // verification tags
	InitialTSN        uint32 // first number that was sent
	HighestTSN        uint32 // last number that was sent
	AckedTSN          uint32 // last number that the peer has confirmed
	ReceivedTSN       uint32 // last number up to which all has arrived

	Local []netip.Addr // own addresses that it uses
	Paths []SCTPPath   // addresses of the peer
}

// SCTPPath describes an address of an association's peer: struct xsctp_raddr.
type SCTPPath struct {
	Address           netip.Addr
	State             zsys.SctpPathState // SCTP_ACTIVE, SCTP_INACTIVE or SCTP_UNCONFIRMED
	PotentiallyFailed bool               // packets are lost, but not yet enough to be inactive
	Heartbeats        bool               // are they sent?
	Start             time.Duration      // when the address was added, after the system was booted

	RTT           time.Duration // of packets, as measured
	RTO           time.Duration // after which a packet is sent again
	Heartbeat     time.Duration // between two heartbeats
	Retransmitted uint32        // packets
	Errors        uint32        // packets in a row without an answer
	MaxErrors     uint32        // more of these make the path inactive
	Window        int           // congestion window, in bytes
	SlowStart     int           // window up to which it grows fast, in bytes
	InFlight      int           // bytes sent and not confirmed
	MTU           int           // in bytes
	EncapsulateIn uint16        // UDP port that packets are sent to, 0 without UDP
}

// detach gives e slices of its own.
func (e *SCTPEndpoint) detach() {
	e.Local = append([]netip.Addr(nil), e.Local...)
	e.Associations = append([]SCTPAssociation(nil), e.Associations...)
	for i := range e.Associations {
		a := &e.Associations[i]
		a.Local = append([]netip.Addr(nil), a.Local...)
		a.Paths = append([]SCTPPath(nil), a.Paths...)
	}
}
