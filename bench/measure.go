package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// result is what one round of a contender cost, per transfer.
type result struct {
	ns       float64 // until the calls had returned
	arrived  float64 // until the peer had said that it has everything
	cpu      float64 // nanoseconds of the sender's CPU time
	allocs   float64
	segments float64
}

// better takes the lower of each figure.
func (r *result) better(o result) {
	if r.ns == 0 {
		*r = o
		return
	}
	r.ns, r.arrived, r.cpu = min(r.ns, o.ns), min(r.arrived, o.arrived), min(r.cpu, o.cpu)
	r.allocs, r.segments = min(r.allocs, o.allocs), min(r.segments, o.segments)
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

// measure sends n messages on a connection, each when the one before has
// arrived whole, as the answers to one client's requests do.
func measure(c *net.TCPConn, m *message, con contender, n int) (result, error) {
	send, done, err := con.setup(c, m)
	if err != nil {
		return result{}, err
	}
	defer done()
	total := uint64(len(m.header)+len(m.trailer)) + uint64(m.size)
	if err := binary.Write(c, binary.LittleEndian, total); err != nil {
		return result{}, err
	}
	var before, after runtime.MemStats
	var segs uint32
	var cpu, calls, arrived time.Duration
	ack := make([]byte, 1)
	for i := range n + 1 {
		if i == 1 { // the first was to warm up
			runtime.ReadMemStats(&before)
			segs, cpu, calls, arrived = segments(c), cpuTime(), 0, 0
		}
		start := time.Now()
		if err := send(); err != nil {
			return result{}, err
		}
		calls += time.Since(start)
		if _, err := io.ReadFull(c, ack); err != nil {
			return result{}, err
		}
		arrived += time.Since(start)
	}
	cpu, segs = cpuTime()-cpu, segments(c)-segs
	runtime.ReadMemStats(&after)
	per := func(v float64) float64 { return v / float64(n) }
	return result{
		per(float64(calls)), per(float64(arrived)), per(float64(cpu)),
		per(float64(after.Mallocs - before.Mallocs)), per(float64(segs)),
	}, nil
}

// drain is the receiving end, in a process of its own, whose address it prints.
func drain() error {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go take(c)
	}
}

// take is told a length, and says one byte each time that many have arrived.
func take(c net.Conn) {
	defer c.Close()
	var total uint64
	if err := binary.Read(c, binary.LittleEndian, &total); err != nil {
		return
	}
	buf := make([]byte, 256<<10)
	for got := uint64(0); ; {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		for got += uint64(n); got >= total; got -= total {
			if _, err := c.Write(buf[:1]); err != nil {
				return
			}
		}
	}
}

// startDrain runs drain in a child and returns its address.
func startDrain() (address string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "-drain")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("receiving end: %w", err)
	}
	return line[:len(line)-1], stop, nil
}
