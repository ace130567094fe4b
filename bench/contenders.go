package main

import (
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

// contender is a way of sending a message on a connection.
type contender struct {
	name  string
	about string

	// setup readies the sending of messages on a connection; run, for a program
	// of another language, does all of it.
	setup func(c *net.TCPConn, m *message) (send func() error, done func(), err error)
	run   func(address string, m *message, n int) (result, error)
}

var contenders = []contender{
	{name: "transfer", about: "Transfer.WriteTo(conn)", setup: setupTransfer(0)},
	{name: "sendfile", about: "Sendfile on a blocking descriptor", setup: setupSendfile},
	{name: "write+copy", about: "conn.Write(header), io.Copy(conn, file), conn.Write(trailer)", setup: setupCopy},
	{name: "buffers", about: "net.Buffers of header, the file as read, trailer", setup: setupBuffers},
	{name: "x/sys", about: "sendmsg(MSG_MORE), sendfile, write by x/sys/unix on a blocking descriptor", setup: setupHand},
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
	if int64(len(m.buf)) < m.size {
		m.buf = make([]byte, m.size)
	}
	return func() error {
		n, err := m.file.ReadAt(m.buf[:m.size], 0)
		if err != nil {
			return err
		}
		bufs := net.Buffers{m.header, m.buf[:n], m.trailer}
		_, err = bufs.WriteTo(c)
		return err
	}, nothing, nil
}

func setupHand(c *net.TCPConn, m *message) (func() error, func(), error) {
	fd, done, err := blocking(c)
	in := int(m.file.Fd())
	return func() error {
		if _, err := unix.SendmsgN(fd, m.header, nil, nil, unix.MSG_MORE|unix.MSG_NOSIGNAL); err != nil {
			return err
		}
		for off := int64(0); off < m.size; {
			if _, err := unix.Sendfile(fd, in, &off, int(m.size-off)); err != nil && err != unix.EINTR {
				return err
			}
		}
		_, err := unix.SendmsgN(fd, m.trailer, nil, nil, unix.MSG_NOSIGNAL)
		return err
	}, done, err
}
