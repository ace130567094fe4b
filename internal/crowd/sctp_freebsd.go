package crowd

import (
	"errors"
	"net/netip"
	"syscall"
)

const ipprotoSCTP = 132

// sctp makes a socket that listens, both ends of an association, and one that may
// have many associations. A kernel without SCTP has none of them.
func (m *Member) sctp() error {
	loopback := &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}
	l, err := bound(syscall.AF_INET, syscall.SOCK_STREAM, loopback)
	if errors.Is(err, syscall.EPROTONOSUPPORT) {
		return nil
	}
	if err != nil {
		return err
	}
	local, err := syscall.Getsockname(l)
	if err != nil {
		return err
	}
	a, err1 := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, ipprotoSCTP)
	err2 := syscall.Connect(a, local)
	b, peer, err3 := syscall.Accept(l)
	many, err4 := bound(syscall.AF_INET6, syscall.SOCK_SEQPACKET, &syscall.SockaddrInet6{Addr: [16]byte{15: 1}})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	own, err := syscall.Getsockname(many)
	m.Sockets = append(m.Sockets,
		Socket{Kind: "sctp4", FD: l, Local: text(local), Listening: true},
		Socket{Kind: "sctp4", FD: a, Local: text(peer), Peer: text(local), State: "ESTABLISHED"},
		Socket{Kind: "sctp4", FD: b, Local: text(local), Peer: text(peer), State: "ESTABLISHED"},
		Socket{Kind: "sctp6", FD: many, Local: text(own), Listening: true})
	return err
}

// bound makes a socket that listens at an address.
func bound(family, kind int, at syscall.Sockaddr) (int, error) {
	fd, err := syscall.Socket(family, kind, ipprotoSCTP)
	if err != nil {
		return fd, err
	}
	return fd, errors.Join(syscall.Bind(fd, at), syscall.Listen(fd, 5))
}

func text(sa syscall.Sockaddr) string {
	switch a := sa.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port)).String()
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port)).String()
	}
	return ""
}
