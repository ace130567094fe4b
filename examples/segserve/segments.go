package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"net"
	"os"
	"time"

	"github.com/rawsys-go/rawsys"
)

// segments is a range of a file on its way to a client, frame by frame.
type segments struct {
	*server
	conn net.Conn
	file *os.File
	size int64
	way  rawsys.Way
}

// sendError is an error of the connection, about which the client cannot be told
// through it.
type sendError struct{ error }

func (e *sendError) Unwrap() error { return e.error }

// send sends count bytes from offset.
func (g *segments) send(offset, count int64) error {
	sum := crc32.New(castagnoli)
	buf := make([]byte, min(count, 256<<10))
	start, all := time.Now(), count
	for count > 0 {
		n := min(count, int64(g.frame))
		if err := checksum(sum, io.NewSectionReader(g.file, offset, n), n, buf); err != nil {
			return err
		}
		t := rawsys.Transfer{
			File: g.file, Offset: offset, Count: n,
			Headers:  [][]byte{fmt.Appendf(nil, "frame %d %d\n", offset, n)},
			Trailers: [][]byte{fmt.Appendf(nil, "crc32c %08x\n", sum.Sum32())},
		}
		if err := g.deliver(&t); err != nil {
			return &sendError{err}
		}
		offset, count = offset+n, count-n
	}
	end := rawsys.Transfer{Headers: [][]byte{fmt.Appendf(nil, "end %d\n", g.size)}}
	if err := g.deliver(&end); err != nil {
		return &sendError{err}
	}
	g.log.Printf("%v: %d bytes of %s by %v in %v", g.conn.RemoteAddr(), all, g.file.Name(), g.way, time.Since(start).Round(time.Millisecond))
	return nil
}

// deliver sends a frame. A deadline that passes while the client takes
// bytes, only slowly, is none: the transfer goes on with the byte at which it was stopped.
func (g *segments) deliver(t *rawsys.Transfer) error {
	for {
		before := t.Progress()
		if err := g.conn.SetWriteDeadline(time.Now().Add(g.stall)); err != nil {
			return err
		}
		_, err := t.WriteTo(g.conn)
		g.way |= t.Progress().Way
		var timeout net.Error
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &timeout) || !timeout.Timeout() || t.Progress() == before:
			return fmt.Errorf("after %+v: %w", t.Progress(), err)
		case !resumable(g.conn):
			return fmt.Errorf("after a deadline this connection takes nothing more: %w", err)
		}
	}
}

// resumable reports whether a connection may be written to after a deadline. One
// with TLS may not: a record was cut, and the client asks again.
func resumable(c net.Conn) bool {
	_, encrypted := c.(*tls.Conn)
	return !encrypted
}

// checksum sums n bytes of r.
func checksum(sum hash.Hash32, r io.Reader, n int64, buf []byte) error {
	sum.Reset()
	for n > 0 {
		got, err := r.Read(buf)
		sum.Write(buf[:got])
		n -= int64(got)
		if err != nil && n > 0 {
			return fmt.Errorf("the file has become shorter: %w", err)
		}
	}
	return nil
}
