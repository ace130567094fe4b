package main

import (
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
)

// BenchmarkDispatch sends a small message by Sendfile and by the same two
// system calls by hand: the difference is what Sendfile itself costs. The
// destination is a datagram socket that nobody reads, where a send neither waits nor fails.
func BenchmarkDispatch(b *testing.B) {
	const size = 1024
	m, done, err := newMessage(size)
	if err != nil {
		b.Fatal(err)
	}
	defer done()
	in := int(m.file.Fd())
	b.Run("Sendfile", func(b *testing.B) {
		out := unread(b)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := rawsys.Sendfile(out, in, 0, size, [][]byte{m.header}, [][]byte{m.trailer}, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		out := unread(b)
		buf := make([]byte, size)
		vector := [][]byte{m.header, buf, m.trailer}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := unix.Pread(in, buf, 0); err != nil {
				b.Fatal(err)
			}
			if _, err := unix.SendmsgBuffers(out, vector, nil, nil, unix.MSG_NOSIGNAL); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// unread is a socket whose messages go nowhere.
func unread(b *testing.B) int {
	b.Helper()
	sink, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { sink.Close() })
	c, err := net.Dial("udp4", sink.LocalAddr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	f, err := c.(*net.UDPConn).File()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	keep = f
	return int(f.Fd())
}

// keep holds the file open while its descriptor is used.
var keep *os.File
