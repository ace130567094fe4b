package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

var (
	only     = flag.Int64("size", -1, "measure this file size alone")
	among    = flag.String("among", "", "measure transfer and the contenders whose names match this regular expression")
	draining = flag.Bool("drain", false, "be the receiving end")
	calls    = flag.Bool("calls", false, "count system calls, by strace")
	single   = flag.String("contender", "", "let this contender alone send -n messages, without measuring")
	peer     = flag.String("peer", "", "the receiving end's address, for -contender")
	messages = flag.Int("n", 1, "how many messages -contender sends")
	curve    = flag.Bool("curve", false, "compare copy and kernel by size")
	rounds   = flag.Int("rounds", 15, "rounds per size")
	length   = flag.Duration("time", 50*time.Millisecond, "about how long one contender sends in a round")
	pin      = flag.Bool("pin", true, "give the sender one CPU and the receiving end another")
	store    = flag.String("o", "", "also store the table in `DIR`, as sendfile.tsv and cpu.tsv for plots")
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
	if done, err := pinSelf(); done || err != nil {
		return err
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
