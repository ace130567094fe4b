package main

import (
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
)

// message is what every contender sends.
type message struct {
	header, trailer []byte
	file            *os.File
	size            int64
	buf             []byte // for those who read the file themselves
}

// room is a buffer for all of the file.
func (m *message) room() []byte {
	if int64(len(m.buf)) < m.size {
		m.buf = make([]byte, m.size)
	}
	return m.buf[:m.size]
}

// contender is a way of sending a message on a connection.
type contender struct {
	name  string
	about string

	// setup readies the sending of messages on a connection; run, for a program
	// of another language, does all of it.
	setup func(c *net.TCPConn, m *message) (send func() error, done func(), err error)
	run   func(address string, m *message, n int, how mode) (sample, error)
}

var contenders = []contender{
	{name: "transfer", about: "Transfer.WriteTo(conn)", setup: setupTransfer(0)},
	{name: "sendfile", about: "Sendfile on a blocking descriptor", setup: setupSendfile},
	{name: "write+copy", about: "conn.Write(header), io.Copy(conn, file), conn.Write(trailer)", setup: setupCopy},
	{name: "buffers", about: "net.Buffers of header, the file as read, trailer", setup: setupBuffers},
	{name: "x/sys", about: "sendmsg(MSG_MORE), sendfile, sendmsg by x/sys/unix on a blocking descriptor", setup: setupHand},
	{name: "x/sys poll", about: "the same inside RawConn.Write, waiting in Go's poller", setup: setupPolled},
	{name: "two calls", about: "pread and one sendmsg by x/sys/unix on a blocking descriptor: as few as can be", setup: setupTwoCalls},
}

func nothing() {}

// setupTransfer sends by a Transfer with the given threshold.
func setupTransfer(threshold int) func(c *net.TCPConn, m *message) (func() error, func(), error) {
	return func(c *net.TCPConn, m *message) (func() error, func(), error) {
		t := rawsys.Transfer{
			File: m.file, Count: m.size, Threshold: threshold,
			Headers: [][]byte{m.header}, Trailers: [][]byte{m.trailer},
		}
		return func() error {
			t.Reset()
			_, err := t.WriteTo(c)
			return err
		}, nothing, nil
	}
}

// blocking is the connection's socket as a blocking descriptor.
func blocking(c *net.TCPConn) (fd int, done func(), err error) {
	f, err := c.File() // its own descriptor of the same socket
	if err != nil {
		return 0, nil, err
	}
	fd = int(f.Fd())
	if err := unix.SetNonblock(fd, false); err != nil {
		f.Close()
		return 0, nil, err
	}
	return fd, func() {
		unix.SetNonblock(fd, true)
		f.Close()
	}, nil
}

func setupSendfile(c *net.TCPConn, m *message) (func() error, func(), error) {
	fd, done, err := blocking(c)
	in := int(m.file.Fd())
	return func() error {
		if m.size == 0 {
			// Count 0 asks for the end of the file, which is at 0.
			_, err := rawsys.Sendfile(fd, in, 0, 0, [][]byte{m.header}, [][]byte{m.trailer}, 0)
			return err
		}
		_, err := rawsys.Sendfile(fd, in, 0, m.size, [][]byte{m.header}, [][]byte{m.trailer}, 0)
		return err
	}, done, err
}

func setupCopy(c *net.TCPConn, m *message) (func() error, func(), error) {
	return func() error {
		if _, err := m.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := c.Write(m.header); err != nil {
			return err
		}
		if _, err := io.Copy(c, m.file); err != nil {
			return err
		}
		_, err := c.Write(m.trailer)
		return err
	}, nothing, nil
}

func setupBuffers(c *net.TCPConn, m *message) (func() error, func(), error) {
	buf := m.room()
	return func() error {
		n, err := m.file.ReadAt(buf, 0)
		if err != nil {
			return err
		}
		bufs := net.Buffers{m.header, buf[:n], m.trailer}
		_, err = bufs.WriteTo(c)
		return err
	}, nothing, nil
}

func setupHand(c *net.TCPConn, m *message) (func() error, func(), error) {
	fd, done, err := blocking(c)
	in := int(m.file.Fd())
	var h hand
	return func() error {
		h = hand{message: m, in: in}
		return h.send(fd)
	}, done, err
}

func setupPolled(c *net.TCPConn, m *message) (func() error, func(), error) {
	raw, err := c.SyscallConn()
	in := int(m.file.Fd())
	var h hand
	send := func(fd uintptr) bool {
		h.err = h.send(int(fd))
		return h.err != unix.EAGAIN
	}
	return func() error {
		h = hand{message: m, in: in}
		if err := raw.Write(send); err != nil {
			return err
		}
		return h.err
	}, nothing, err
}

// hand is a message on its way by system calls made by hand. Its header and
// trailer are taken to leave whole or not at all.
type hand struct {
	*message
	in     int
	headed bool
	off    int64
	err    error
}

func (h *hand) send(fd int) error {
	if !h.headed {
		if _, err := unix.SendmsgN(fd, h.header, nil, nil, unix.MSG_MORE|unix.MSG_NOSIGNAL); err != nil {
			return err
		}
		h.headed = true
	}
	for h.off < h.size {
		if _, err := unix.Sendfile(fd, h.in, &h.off, int(h.size-h.off)); err != nil && err != unix.EINTR {
			return err
		}
	}
	_, err := unix.SendmsgN(fd, h.trailer, nil, nil, unix.MSG_NOSIGNAL)
	return err
}

func setupTwoCalls(c *net.TCPConn, m *message) (func() error, func(), error) {
	fd, done, err := blocking(c)
	return twoCalls(fd, m), done, err
}

// twoCalls sends all of m by pread and one sendmsg.
func twoCalls(fd int, m *message) func() error {
	in := int(m.file.Fd())
	buf := m.room()
	vector := [][]byte{m.header, buf, m.trailer}
	all := len(m.header) + len(buf) + len(m.trailer)
	return func() error {
		if n, err := unix.Pread(in, buf, 0); err != nil || n < len(buf) {
			return fmt.Errorf("pread: %d bytes, %v", n, err)
		}
		if n, err := unix.SendmsgBuffers(fd, vector, nil, nil, unix.MSG_NOSIGNAL); err != nil || n < all {
			return fmt.Errorf("sendmsg: %d bytes, %v", n, err)
		}
		return nil
	}
}
