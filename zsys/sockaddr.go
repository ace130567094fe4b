package zsys

// AppendSockaddrIn appends the [SockaddrIn] of an IPv4 address and port to b, for
// Bind, Connect and Sendto. With net/netip:
//
//	b := zsys.AppendSockaddrIn(nil, ap.Addr().As4(), ap.Port())
func AppendSockaddrIn(b []byte, addr [4]byte, port uint16) []byte {
	s := SockaddrIn{Len: sizeofSockaddrIn, Family: AF_INET}
	raw := Bytes(&s)
	raw[2], raw[3] = byte(port>>8), byte(port) // the network's byte order, on every host
	copy(raw[4:], addr[:])
	return append(b, raw...)
}

// ParseSockaddrIn returns the address and port of a [SockaddrIn], as Accept,
// Getsockname and Recvfrom store it: as much of their slice as alen says. Ok is
// false for what is too short, or of another family. With net/netip:
//
//	ap := netip.AddrPortFrom(netip.AddrFrom4(addr), port)
func ParseSockaddrIn(b []byte) (addr [4]byte, port uint16, ok bool) {
	if len(b) < sizeofSockaddrIn || b[1] != AF_INET {
		return addr, 0, false
	}
	return [4]byte(b[4:8]), uint16(b[2])<<8 | uint16(b[3]), true
}

// AppendSockaddrIn6 appends the [SockaddrIn6] of an IPv6 address, port and scope
// to b. Scope is the number of an interface, for addresses that every link has,
// such as fe80::1, and 0 for others. An IPv4 address goes to a socket of
// AF_INET6 in 16 bytes, as netip.Addr.As16 makes them.
func AppendSockaddrIn6(b []byte, addr [16]byte, port uint16, scope uint32) []byte {
	s := SockaddrIn6{Len: sizeofSockaddrIn6, Family: AF_INET6, ScopeId: scope}
	raw := Bytes(&s)
	raw[2], raw[3] = byte(port>>8), byte(port)
	copy(raw[8:], addr[:])
	return append(b, raw...)
}

// ParseSockaddrIn6 returns the address, port and scope of a [SockaddrIn6]. Ok is
// false for what is too short, or of another family.
func ParseSockaddrIn6(b []byte) (addr [16]byte, port uint16, scope uint32, ok bool) {
	if len(b) < sizeofSockaddrIn6 || b[1] != AF_INET6 {
		return addr, 0, 0, false
	}
	var s SockaddrIn6
	copy(Bytes(&s), b)
	return [16]byte(b[8:24]), uint16(b[2])<<8 | uint16(b[3]), s.ScopeId, true
}

// AppendSockaddrUn appends the [SockaddrUn] of a Unix socket's path to b. Ok is
// false, and b as it was, for a path that is empty, has a NUL, or is longer than
// 104 bytes.
func AppendSockaddrUn(b []byte, path string) (out []byte, ok bool) {
	if path == "" || len(path) > len(SockaddrUn{}.Path) {
		return b, false
	}
	for i := range len(path) {
		if path[i] == 0 {
			return b, false
		}
	}
	return append(append(b, byte(unHead+len(path)), AF_UNIX), path...), true
}

// ParseSockaddrUn returns the path of a [SockaddrUn], which is empty for a socket
// that has none. Ok is false for what is too short, or of another family.
func ParseSockaddrUn(b []byte) (path string, ok bool) {
	if len(b) < unHead || b[1] != AF_UNIX {
		return "", false
	}
	b = b[unHead:max(unHead, min(len(b), int(b[0])))]
	for i, c := range b {
		if c == 0 {
			return string(b[:i]), true
		}
	}
	return string(b), true
}

// Sizes that do not differ between ports; unHead is a SockaddrUn without its path.
const (
	sizeofSockaddrIn  = 16
	sizeofSockaddrIn6 = 28
	unHead            = 2
)
