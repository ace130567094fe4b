package main

import (
	"hash/crc32"
	"io"
	"net"
	"os"

	"github.com/rawsys-go/rawsys"
)

// message is what each way sends.
type message struct {
	header, trailer []byte
	file            *os.File
	offset, count   int64
}

func (m *message) size() int64 { return int64(len(m.header)) + m.count + int64(len(m.trailer)) }

// sum is the CRC-32C of the message.
func (m *message) sum() (uint32, error) {
	sum := crc32.New(castagnoli)
	sum.Write(m.header)
	if n, err := io.Copy(sum, io.NewSectionReader(m.file, m.offset, m.count)); err != nil || n < m.count {
		return 0, shrunk(err)
	}
	sum.Write(m.trailer)
	return sum.Sum32(), nil
}

// shrunk is the error for a file that gave less than it had.
func shrunk(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// way is a way to send. It is set up for a connection, which it may keep a second
// descriptor of until done.
type way struct {
	name, about string
	setup       func(c *net.TCPConn, m *message) (send func() error, done func(), err error)
}

func wayNames() (names []string) {
	for _, w := range ways {
		names = append(names, w.name)
	}
	return names
}

func nothing() {}

var transfer = way{"transfer", "Transfer.WriteTo(conn)", func(c *net.TCPConn, m *message) (func() error, func(), error) {
	t := rawsys.Transfer{
		File: m.file, Offset: m.offset, Count: m.count,
		Headers: [][]byte{m.header}, Trailers: [][]byte{m.trailer},
	}
	return func() error {
		t.Reset()
		_, err := t.WriteTo(c)
		return err
	}, nothing, nil
}}

var copying = way{"copy", "conn.Write(header), io.Copy(conn, file), conn.Write(trailer)", func(c *net.TCPConn, m *message) (func() error, func(), error) {
	return func() error {
		if _, err := m.file.Seek(m.offset, io.SeekStart); err != nil {
			return err
		}
		if _, err := c.Write(m.header); err != nil {
			return err
		}
		if n, err := io.Copy(c, &io.LimitedReader{R: m.file, N: m.count}); err != nil || n < m.count {
			return shrunk(err)
		}
		_, err := c.Write(m.trailer)
		return err
	}, nothing, nil
}}

var reading = way{"read", "file.ReadAt and conn.Write by 256 KiB, the ends in the same buffer", func(c *net.TCPConn, m *message) (func() error, func(), error) {
	buf := make([]byte, len(m.header)+len(m.trailer)+256<<10)
	return func() error {
		used := copy(buf, m.header)
		for done := int64(0); done < m.count; {
			n, err := m.file.ReadAt(buf[used : len(buf)-len(m.trailer)][:min(m.count-done, 256<<10)], m.offset+done)
			if n == 0 {
				return shrunk(err)
			}
			used += n
			if done += int64(n); done < m.count {
				if _, err := c.Write(buf[:used]); err != nil {
					return err
				}
				used = 0
			}
		}
		used += copy(buf[used:], m.trailer)
		_, err := c.Write(buf[:used])
		return err
	}, nothing, nil
}}
