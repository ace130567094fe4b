package kinfo

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/rawsys-go/rawsys/zsys"
)

// Lengths of the addresses that AddrPort reads.
const (
	sockaddrIn  = 16
	sockaddrIn6 = 28
)

// Sockaddr returns the address in ss as the kernel wrote it, length and
// family first: none of its bytes if it has no length, and never more than fit.
func Sockaddr(ss *zsys.SockaddrStorage) []byte {
	mem := sockaddrBytes(ss)
	return mem[:min(int(mem[0]), len(mem))]
}

// AddrPort returns the internet address in ss, or the invalid AddrPort if ss
// holds none. The zone of a scoped IPv6 address is its interface's index.
func AddrPort(ss *zsys.SockaddrStorage) netip.AddrPort {
	sa := Sockaddr(ss)
	switch {
	case family(sa) == zsys.AF_INET && len(sa) >= sockaddrIn:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(sa[4:])), port(sa))
	case family(sa) == zsys.AF_INET6 && len(sa) >= sockaddrIn6:
		addr := netip.AddrFrom16([16]byte(sa[8:]))
		if scope := le32(sa[24:]); scope != 0 {
			addr = addr.WithZone(strconv.FormatUint(uint64(scope), 10))
		}
		return netip.AddrPortFrom(addr, port(sa))
	}
	return netip.AddrPort{}
}

// UnixPath returns the path in ss, as a part of ss, and nothing if ss has
// another family or no name.
func UnixPath(ss *zsys.SockaddrStorage) []byte {
	if sa := Sockaddr(ss); family(sa) == zsys.AF_UNIX {
		return beforeNUL(sa[2:])
	}
	return nil
}

// Peer returns the internet address that a socket is connected to, or the
// invalid AddrPort. For a socket without a peer the kernel writes address and
// port zero.
func Peer(s *zsys.KinfoFileSock) netip.AddrPort {
	peer := AddrPort(&s.SaPeer)
	if peer.Port() == 0 && peer.Addr().IsUnspecified() {
		return netip.AddrPort{}
	}
	return peer
}

// Connected reports whether the socket has a peer.
func Connected(s *zsys.KinfoFileSock) bool {
	if s.Domain0 == zsys.AF_UNIX {
		return s.Unpconn != 0
	}
	return Peer(s).IsValid()
}

// Buffered reports whether the queue lengths and buffer states mean
// anything. A listening socket keeps its queue of connections in the same
// memory, and the record does not say which sockets listen: all that do are of a
// type that connects, and have no peer. No such socket has data waiting.
func Buffered(s *zsys.KinfoFileSock) bool {
	return s.Type0 != zsys.SOCK_STREAM && s.Type0 != zsys.SOCK_SEQPACKET || Connected(s)
}

// family is 0, AF_UNSPEC, for an address without one.
func family(sa []byte) byte {
	if len(sa) < 2 {
		return 0
	}
	return sa[1]
}

func port(sa []byte) uint16 { return binary.BigEndian.Uint16(sa[2:]) }
