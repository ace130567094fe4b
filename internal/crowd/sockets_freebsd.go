package crowd

import (
	"errors"
	"net"
	"syscall"
)

func (m *Member) internet() error {
	return errors.Join(m.tcp("tcp4", "127.0.0.1:0"), m.tcp("tcp6", "[::1]:0"), m.udp("udp4", "127.0.0.1:0"), m.udp("udp6", "[::1]:0"), m.raw(), m.sctp())
}

// tcp makes a listener, a connection with bytes that nobody reads, and one that
// its one end has closed for writing.
func (m *Member) tcp(network, address string) error {
	l, err := net.Listen(network, address)
	if err != nil {
		return err
	}
	err = m.add(Socket{Kind: network, Local: l.Addr().String(), State: "LISTEN", Listening: true}, l.(*net.TCPListener))
	a, b, e := pair(l)
	if e != nil {
		return errors.Join(err, e)
	}
	_, e = a.Write([]byte("hello"))
	err = errors.Join(err, e, m.ends(network, a, b, "ESTABLISHED", "ESTABLISHED", 5))
	a, b, e = pair(l)
	if e != nil {
		return errors.Join(err, e)
	}
	return errors.Join(err, a.(*net.TCPConn).CloseWrite(), m.ends(network, a, b, "FIN_WAIT_2", "CLOSE_WAIT", 0))
}

func pair(l net.Listener) (a, b net.Conn, err error) {
	a, err = net.Dial(l.Addr().Network(), l.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	b, err = l.Accept()
	return a, b, err
}

// ends notes both ends of a connection, of which b has bytes to read.
func (m *Member) ends(kind string, a, b net.Conn, stateA, stateB string, waiting int) error {
	return errors.Join(
		m.add(Socket{Kind: kind, Local: a.LocalAddr().String(), Peer: a.RemoteAddr().String(), State: stateA}, a.(syscall.Conn)),
		m.add(Socket{Kind: kind, Local: b.LocalAddr().String(), Peer: b.RemoteAddr().String(), State: stateB, Waiting: waiting}, b.(syscall.Conn)))
}

func (m *Member) udp(network, address string) error {
	a, err := net.ListenPacket(network, address)
	if err != nil {
		return err
	}
	b, err := net.Dial(network, a.LocalAddr().String())
	if err != nil {
		return err
	}
	return errors.Join(m.add(Socket{Kind: network, Local: a.LocalAddr().String()}, a.(*net.UDPConn)),
		m.add(Socket{Kind: network, Local: b.LocalAddr().String(), Peer: b.RemoteAddr().String()}, b.(*net.UDPConn)))
}

func (m *Member) raw() error {
	c, err := net.ListenPacket("ip4:icmp", "127.0.0.1")
	if err != nil {
		return err
	}
	return m.add(Socket{Kind: "raw4", Local: "127.0.0.1:0"}, c.(*net.IPConn))
}

// local makes Unix sockets of each kind, two of which are connected.
func (m *Member) local(dir string) error {
	var err error
	for network, kind := range map[string]string{"unix": "stream", "unixpacket": "seqpacket"} {
		l, e := net.Listen(network, dir+"/"+kind)
		if e != nil {
			return e
		}
		a, b, e := pair(l)
		if e != nil {
			return e
		}
		err = errors.Join(err, m.add(Socket{Kind: kind, Local: dir + "/" + kind, Listening: true}, l.(*net.UnixListener)),
			m.add(Socket{Kind: kind, Peer: dir + "/" + kind}, a.(*net.UnixConn)), m.add(Socket{Kind: kind, Local: dir + "/" + kind}, b.(*net.UnixConn)))
	}
	d, e := net.ListenPacket("unixgram", dir+"/dgram")
	if e != nil {
		return e
	}
	return errors.Join(err, m.add(Socket{Kind: "dgram", Local: dir + "/dgram"}, d.(*net.UnixConn)))
}
