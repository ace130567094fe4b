package kinfo

import (
	"net/netip"

	"github.com/rawsys-go/rawsys/zsys"
)

// Socket describes a socket of the system, whoever has it open: struct xtcpcb,
// xinpcb or xunpcb, as netstat(1) reads them.
//
// The kernel does not say which processes have it open. Their descriptors do: a
// [Descriptor] whose Data is Address, or a [File], see [Socket.Matches]. A connection that is being set up, or whose processes have
// closed it, belongs to none.
type Socket struct {
	Family   int    // zsys.AF_INET, AF_INET6 or AF_UNIX
	Type     int    // zsys.SOCK_STREAM and others
	Protocol int    // 6 for TCP, 17 for UDP; of raw sockets what they were opened with; 0 for Unix
	Uid      uint32 // effective user of who made it

	Local netip.AddrPort // own address; address zero if bound to none, port zero likewise
	Peer  netip.AddrPort // what it is connected to, or the invalid AddrPort

	TCP   bool          // is this a TCP socket?
	State zsys.TcpState // of a TCP socket

	Listening  bool   // does it wait for connections?
	Queued     int    // of a listening one: connections that wait for accept(2)
	Incomplete int    // of a listening one: connections being set up
	QueueLimit int    // of a listening one: most connections that may wait
	RecvQueue  int    // bytes that wait to be read
	SendQueue  int    // bytes that wait to be sent or confirmed
	RecvBuffer int    // most bytes that may wait to be read
	SendBuffer int    // most bytes that may wait to be sent
	Options    int    // SO_* of sys/socket.h
	FIB        int    // number of the routing table
	Generation uint64 // number of the socket in order of making

	Address uint64 // of struct socket in the kernel; 0 of a connection being set up
	Pcb     uint64 // of its protocol control block: that of the File, see Matches
	PeerPcb uint64 // of a connected Unix socket: the Pcb of its peer
	Vnode   uint64 // of a Unix socket bound to a path: the kernel's vnode

	stack, congestion [32]byte
	local, peer       unixName
}

// unixName is a path of a Unix socket. It is not NUL-terminated.
type unixName struct {
	text [104]byte
	n    int
}

func (u *unixName) bytes() []byte { return u.text[:u.n] }

// LocalPath returns the path that a Unix socket is bound to, or "".
func (s *Socket) LocalPath() string { return string(s.local.bytes()) }

// PeerPath returns the path that the peer of a Unix socket is bound to, or "":
// most peers are not bound.
func (s *Socket) PeerPath() string { return string(s.peer.bytes()) }

// Stack returns the name of a TCP socket's stack, such as "freebsd".
func (s *Socket) Stack() string { return string(beforeNUL(s.stack[:])) }

// Congestion returns the name of a TCP socket's congestion control, such as
// "cubic".
func (s *Socket) Congestion() string { return string(beforeNUL(s.congestion[:16])) }

// Matches reports whether a file is a descriptor of this socket.
func (s *Socket) Matches(f FileSocket) bool { return s.Pcb != 0 && s.Pcb == f.Pcb }

const soAcceptconn = 0x2 // SO_ACCEPTCONN of sys/socket.h

// socket decodes a struct xsocket, after which s has nothing of an earlier one.
func (s *Socket) socket(r raw) {
	*s = Socket{
		Family: r.int(soFamily), Type: int(r.u16(soType)), Protocol: r.int(soProtocol), Uid: r.u32(soUid),
		Queued: r.int(soQlen), Incomplete: r.int(soIncqlen), QueueLimit: r.int(soQlimit),
		RecvQueue: r.int(soRcv + sbCc), RecvBuffer: r.int(soRcv + sbHiwat),
		SendQueue: r.int(soSnd + sbCc), SendBuffer: r.int(soSnd + sbHiwat),
		Options: int(r.u16(soOptions)), FIB: r.int(soFibnum), Address: r.u64(soSo), Pcb: r.u64(soPcb),
	}
	s.Listening = s.Options&soAcceptconn != 0
}

// inet decodes a struct xinpcb.
func (s *Socket) inet(r raw) {
	s.socket(r[inSocket:])
	shift := 0
	if narrowKernel(r) {
		shift = inGencnt - inEndsEnd
	}
	s.Generation = r.u64(inGencnt - shift)
	v6 := r.u8(inVflag-shift)&zsys.INP_IPV6 != 0
	if s.Family == 0 { // a connection being set up has no socket yet
		s.Family = zsys.AF_INET
		if v6 {
			s.Family = zsys.AF_INET6
		}
	}
	ends := r[inEnds:]
	s.Local = endpoint(ends[endLaddr:], ends[endLport:], v6, ends.u32(endZoneid))
	s.Peer = connectedTo(endpoint(ends[endFaddr:], ends[endFport:], v6, ends.u32(endZoneid)))
	if s.Protocol == 0 {
		s.Protocol = int(r.u8(inProto - shift))
	}
}

// narrowKernel reports whether a kernel of 386 wrote a struct xinpcb: others have
// a hole of zeros where that has the lower half of a number which is never 0, and
// their addresses have more than 32 bits.
func narrowKernel(r raw) bool {
	return r.u32(inEndsEnd) != 0 && (r.u64(inSocket+soSo)|r.u64(inSocket+soPcb))>>32 == 0
}

// tcp decodes a struct xtcpcb.
func (s *Socket) tcp(r raw) {
	s.inet(r[tcpInp:])
	s.TCP, s.State = true, zsys.TcpState(r.u32(tcpState))
	if s.Type == 0 {
		s.Type, s.Protocol = zsys.SOCK_STREAM, ipprotoTCP
	}
	copy(s.stack[:], r[tcpStack:])
	copy(s.congestion[:16], r[tcpCc:])
}

const ipprotoTCP = 6

// unix decodes a struct xunpcb.
func (s *Socket) unix(r raw) {
	s.socket(r[unSocket:])
	s.Generation, s.Vnode, s.PeerPcb = r.u64(unGencnt), r.u64(unVnode), r.u64(unConn)
	s.Pcb = r.u64(unUnpp)
	s.local.set(r[unAddr:])
	s.peer.set(r[unCaddr:])
}

// set takes the path of a struct sockaddr_un. What lies behind its length may be
// left from another socket: the kernel uses its memory again.
func (u *unixName) set(sa raw) {
	n := min(int(sa.u8(0)), 2+len(u.text))
	if n < 2 {
		return
	}
	u.n = copy(u.text[:], beforeNUL(sa[2:n]))
}
