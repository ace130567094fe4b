//go:build unix

package main

import (
	"net"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys"
)

var ways = []way{transfer, {"sendfile", "Sendfile on a blocking descriptor", setupSendfile}, copying, reading}

func setupSendfile(c *net.TCPConn, m *message) (send func() error, done func(), err error) {
	f, err := c.File() // a second descriptor of the same socket
	if err != nil {
		return nil, nil, err
	}
	// Fd makes the socket a blocking one, for c too, until done.
	out, in := int(f.Fd()), int(m.file.Fd())
	headers, trailers := [][]byte{m.header}, [][]byte{m.trailer}
	send = func() error {
		// A count of 0 asks for all that follows, which is nothing then.
		_, err := rawsys.Sendfile(out, in, m.offset, m.count, headers, trailers, 0)
		return err
	}
	return send, func() {
		_ = syscall.SetNonblock(out, true)
		f.Close()
	}, nil
}

// cpuTime is the CPU time that this process used.
func cpuTime() (time.Duration, bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}
