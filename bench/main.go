package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"time"
)

var (
	only     = flag.Int64("size", -1, "measure this file size alone")
	draining = flag.Bool("drain", false, "be the receiving end")
	calls    = flag.Bool("calls", false, "count system calls, by strace")
	single   = flag.String("contender", "", "let this contender alone send -n messages, without measuring")
	peer     = flag.String("peer", "", "the receiving end's address, for -contender")
	messages = flag.Int("n", 1, "how many messages -contender sends")
	curve    = flag.Bool("curve", false, "compare copy and kernel by size")
	rounds   = flag.Int("rounds", 5, "rounds per size")
	length   = flag.Duration("time", 100*time.Millisecond, "about how long one contender sends in a round")
	largest  = flag.Int64("max", 1<<30, "largest file")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	if *draining {
		return drain()
	}
	switch {
	case *curve:
		return printCurve()
	case *calls:
		return printCalls()
	case *single != "":
		return runOne(*peer, *single, max(*only, 0), *messages)
	}
	return printTable()
}

// newMessage makes a message with a file of the given size in the page cache.
func newMessage(size int64) (*message, func(), error) {
	f, err := os.CreateTemp("", "bench")
	if err != nil {
		return nil, nil, err
	}
	done := func() {
		f.Close()
		os.Remove(f.Name())
	}
	block := make([]byte, 1<<20)
	for i := range block {
		block[i] = byte(i * 7)
	}
	for left := size; left > 0; {
		n, err := f.Write(block[:min(left, int64(len(block)))])
		if err != nil {
			done()
			return nil, nil, err
		}
		left -= int64(n)
	}
	return &message{header: make([]byte, 220), trailer: make([]byte, 32), file: f, size: size}, done, nil
}

// compare lets the contenders take turns and returns the best of each.
func compare(address string, size int64, cons []contender) ([]result, error) {
	m, done, err := newMessage(size)
	if err != nil {
		return nil, err
	}
	defer done()
	best := make([]result, len(cons))
	n := make([]int, len(cons))
	for round := range *rounds + 1 {
		for i, con := range cons {
			if round == 0 { // find out how many transfers fill the time
				n[i] = 1
			}
			r, err := once(address, m, con, n[i])
			if err != nil {
				return nil, fmt.Errorf("%s, %d bytes: %w", con.name, size, err)
			}
			if round == 0 {
				if r, err = once(address, m, con, max(1, int(1e6/r.arrived))); err != nil {
					return nil, err
				}
				n[i] = max(1, int(float64(*length)/r.arrived))
				continue
			}
			best[i].better(r)
		}
	}
	return best, nil
}

func once(address string, m *message, con contender, n int) (result, error) {
	if con.run != nil {
		return con.run(address, m, n)
	}
	c, err := net.Dial("tcp4", address)
	if err != nil {
		return result{}, err
	}
	defer c.Close()
	return measure(c.(*net.TCPConn), m, con, n)
}

// printCurve shows where the copy of small files stops paying.
func printCurve() error {
	address, stop, err := startDrain()
	if err != nil {
		return err
	}
	defer stop()
	ways := []contender{
		{name: "copy", setup: setupTransfer(1 << 20)},
		{name: "kernel", setup: setupTransfer(-1)},
	}
	fmt.Println("             copy:                          kernel:                        kernel over copy:      segments")
	fmt.Println("    bytes    calls ns  arrived ns    CPU ns   calls ns  arrived ns    CPU ns   calls  arrived    CPU copy kernel")
	for _, size := range []int64{1 << 10, 4 << 10, 8 << 10, 12 << 10, 16 << 10, 20 << 10, 24 << 10, 28 << 10, 32 << 10, 40 << 10, 48 << 10, 64 << 10, 96 << 10, 128 << 10, 192 << 10, 256 << 10, 384 << 10, 512 << 10, 1 << 20} {
		r, err := compare(address, size, ways)
		if err != nil {
			return err
		}
		c, k := r[0], r[1]
		fmt.Printf("%9d %11.0f %11.0f %9.0f %10.0f %11.0f %9.0f %7.2f %8.2f %6.2f %4.1f %6.1f\n", size,
			c.ns, c.arrived, c.cpu, k.ns, k.arrived, k.cpu, k.ns/c.ns, k.arrived/c.arrived, k.cpu/c.cpu, c.segments, k.segments)
	}
	return nil
}
