package kinfo

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/rawsys-go/rawsys/zsys"
)

// Lengths of the addresses that addrPort reads.
const (
	sockaddrIn  = 16
	sockaddrIn6 = 28
)

// sockaddr returns the address in ss as the kernel wrote it, length and
// family first: none of its bytes if it has no length, and never more than fit.
func sockaddr(ss *zsys.SockaddrStorage) []byte {
	mem := sockaddrBytes(ss)
	return mem[:min(int(mem[0]), len(mem))]
}

// addrPort returns the internet address in ss, or the invalid AddrPort if ss
// holds none. The zone of a scoped IPv6 address is its interface's index.
func addrPort(ss *zsys.SockaddrStorage) netip.AddrPort {
	sa := sockaddr(ss)
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

// unixPath returns the path in ss, as a part of ss, and nothing if ss has
// another family or no name.
func unixPath(ss *zsys.SockaddrStorage) []byte {
	if sa := sockaddr(ss); family(sa) == zsys.AF_UNIX {
		return beforeNUL(sa[2:])
	}
	return nil
}

// connectedTo is the internet address of a peer. For a socket without a peer the
// kernel writes address and port zero: then it is the invalid AddrPort.
func connectedTo(peer netip.AddrPort) netip.AddrPort {
	if peer.Port() == 0 && peer.Addr().IsUnspecified() {
		return netip.AddrPort{}
	}
	return peer
}

// family is 0, AF_UNSPEC, for an address without one.
func family(sa []byte) byte {
	if len(sa) < 2 {
		return 0
	}
	return sa[1]
}

func port(sa []byte) uint16 { return binary.BigEndian.Uint16(sa[2:]) }

// endpoint is an address and port of struct in_endpoints: an address of IPv4 lies
// in the last four bytes of the room for one of IPv6.
func endpoint(addr, portBytes raw, v6 bool, zone uint32) netip.AddrPort {
	p := binary.BigEndian.Uint16(portBytes)
	if !v6 {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(addr[12:])), p)
	}
	return netip.AddrPortFrom(scoped([16]byte(addr), zone), p)
}

// scoped is an IPv6 address. The kernel keeps the interface of one that is
// link-local within it.
func scoped(b [16]byte, zone uint32) netip.Addr {
	a := netip.AddrFrom16(b)
	if a.IsLinkLocalUnicast() || a.IsInterfaceLocalMulticast() || a.IsLinkLocalMulticast() {
		if embedded := uint32(binary.BigEndian.Uint16(b[2:])); embedded != 0 {
			zone = embedded
		}
		b[2], b[3] = 0, 0
		a = netip.AddrFrom16(b)
		if zone != 0 {
			a = a.WithZone(strconv.FormatUint(uint64(zone), 10))
		}
	}
	return a
}
