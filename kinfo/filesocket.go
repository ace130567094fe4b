package kinfo

import (
	"net/netip"

	"github.com/rawsys-go/rawsys/zsys"
)

// FileSocket is the view of a socket. The embedded structure is what the kernel
// wrote; the methods return the part of it that can be trusted.
type FileSocket struct{ *zsys.KinfoFileSock }

// Domain returns the socket's address family, zsys.AF_*.
func (s FileSocket) Domain() int { return int(s.Domain0) }

// Type returns the kind of socket, zsys.SOCK_*.
func (s FileSocket) Type() int { return int(s.Type0) }

// Protocol returns the number of the protocol, such as 6 for TCP and 17 for UDP.
// It is 0 for raw sockets, whatever protocol they were opened with.
func (s FileSocket) Protocol() int { return int(s.Protocol0) }

// Local returns the socket's own address if its family is IPv4 or IPv6, and
// otherwise the invalid AddrPort. Address and port are zero if the socket is not
// bound. The zone of a scoped IPv6 address is the index of its interface.
func (s FileSocket) Local() netip.AddrPort { return addrPort(&s.SaLocal) }

// Peer returns the address that the socket is connected to, in the form of
// [FileSocket.Local], or the invalid AddrPort if it is not connected.
func (s FileSocket) Peer() netip.AddrPort { return connectedTo(addrPort(&s.SaPeer)) }

// LocalPath returns the path that a Unix socket is bound to, or "".
func (s FileSocket) LocalPath() string { return string(unixPath(&s.SaLocal)) }

// PeerPath returns the path that the peer of a Unix socket is bound to, or
// "": most peers are not bound.
func (s FileSocket) PeerPath() string { return string(unixPath(&s.SaPeer)) }

// Connected reports whether the socket has a peer.
func (s FileSocket) Connected() bool {
	if s.Domain0 == zsys.AF_UNIX {
		return s.Unpconn != 0
	}
	return s.Peer().IsValid()
}

// SendQueue returns how many bytes wait to be sent. It is 0 for a stream or
// seqpacket socket without a peer: such a socket may be listening, and then the
// kernel puts something else in its place.
func (s FileSocket) SendQueue() int { return s.ifBuffered(s.Sendq) }

// RecvQueue returns how many bytes wait to be read, and 0 in the cases of
// [FileSocket.SendQueue].
func (s FileSocket) RecvQueue() int { return s.ifBuffered(s.Recvq) }

// From sys/socketvar.h: states of a socket's buffers.
const (
	sbsCantSendMore = 0x0010
	sbsCantRcvMore  = 0x0020
	sbsRcvAtMark    = 0x0040
)

// CantSendMore reports whether the socket was shut down for writing or the
// connection is closed. It is false in the cases of [FileSocket.SendQueue].
func (s FileSocket) CantSendMore() bool {
	return s.ifBuffered(uint32(s.SndSbState))&sbsCantSendMore != 0
}

// CantRecvMore reports whether everything that the peer will send has arrived. It
// is false in the cases of [FileSocket.SendQueue].
func (s FileSocket) CantRecvMore() bool {
	return s.ifBuffered(uint32(s.RcvSbState))&sbsCantRcvMore != 0
}

// AtMark reports whether out-of-band data comes next. It is false in the cases of
// [FileSocket.SendQueue].
func (s FileSocket) AtMark() bool {
	return s.ifBuffered(uint32(s.RcvSbState))&sbsRcvAtMark != 0
}

func (s FileSocket) ifBuffered(v uint32) int {
	if !s.buffered() {
		return 0
	}
	return int(v)
}

// buffered reports whether the queue lengths and buffer states mean anything. A
// listening socket keeps its queue of connections in the same memory, and the
// record does not say which sockets listen: all that do are of a type that
// connects, and have no peer. No such socket has data waiting.
func (s FileSocket) buffered() bool {
	return s.Type0 != zsys.SOCK_STREAM && s.Type0 != zsys.SOCK_SEQPACKET || s.Connected()
}
