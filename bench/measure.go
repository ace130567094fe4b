package main

import (
	"encoding/binary"
	"io"
	"net"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// mode is how messages follow each other on a connection.
type mode int

const (
	// streamed messages follow each other at once; the time is until the last
	// has arrived.
	streamed mode = iota

	// answered messages are sent when the one before has arrived whole, as the
	// answers to one client's requests are.
	answered

	modes = iota
)

// sample is what a message cost in one round.
type sample struct {
	ns       float64 // until the peer had said that it has everything
	cpu      float64 // nanoseconds of the sender's CPU time
	segments float64
	allocs   float64
}

// cpuTime is the CPU time that this process used.
func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// segments is the number of segments with data that a connection has sent.
func segments(c *net.TCPConn) (n uint32) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			n = info.Data_segs_out
		}
	})
	return n
}

// measure sends one message to warm up and then n on a connection.
func measure(c *net.TCPConn, m *message, con contender, n int, how mode) (sample, error) {
	send, done, err := con.setup(c, m)
	if err != nil {
		return sample{}, err
	}
	defer done()
	one := uint64(len(m.header)+len(m.trailer)) + uint64(m.size)
	batch := 1
	if how == streamed {
		batch = n
	}
	if err := binary.Write(c, binary.LittleEndian, [2]uint64{one, one * uint64(batch)}); err != nil {
		return sample{}, err
	}
	ack := make([]byte, 1)
	if err := sendBatch(c, send, 1, ack); err != nil {
		return sample{}, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	segs, cpu, start := segments(c), cpuTime(), time.Now()
	for left := n; left > 0; left -= batch {
		if err := sendBatch(c, send, batch, ack); err != nil {
			return sample{}, err
		}
	}
	ns := time.Since(start)
	cpu, segs = cpuTime()-cpu, segments(c)-segs
	runtime.ReadMemStats(&after)
	per := func(v float64) float64 { return v / float64(n) }
	return sample{per(float64(ns)), per(float64(cpu)), per(float64(segs)), per(float64(after.Mallocs - before.Mallocs))}, nil
}

// sendBatch sends n messages and waits for the byte that says: all arrived.
func sendBatch(c *net.TCPConn, send func() error, n int, ack []byte) error {
	for range n {
		if err := send(); err != nil {
			return err
		}
	}
	_, err := io.ReadFull(c, ack)
	return err
}
