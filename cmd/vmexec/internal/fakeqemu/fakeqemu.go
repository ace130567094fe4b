// Package fakeqemu stands in for QEMU in the runner's tests: a test binary that
// is started again with Variable set plays a guest, for better or worse.
package fakeqemu

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// Variable names the part to play, one of Parts.
const Variable = "VMEXEC_FAKE_QEMU"

// Guest is what a part can do.
type Guest struct {
	*wire.Writer
	Line    io.Writer // under Writer
	Orders  *bufio.Scanner
	Console *os.File
	Job     *wire.Job
	Args    []string
}

// Parts returns the guests by name.
func Parts() map[string]func(*Guest) {
	return map[string]func(*Guest){
		"echo":      echo,
		"exit3":     func(g *Guest) { g.all(wire.Status{Code: 3}) },
		"signal":    func(g *Guest) { g.all(wire.Status{Signal: 11}) },
		"killed":    func(g *Guest) { g.all(wire.Status{Signal: 9, Killed: "failed to reclaim memory"}) },
		"timed-out": func(g *Guest) { g.all(wire.Status{Code: 2, TimedOut: true}) },
		"no-start":  func(g *Guest) { g.all(wire.Status{Code: 127, Error: "exec format error"}) },
		"panic":     func(g *Guest) { g.boot(); g.start(0); g.Print(panicText); hang() },
		"overtaken": func(g *Guest) { g.Print(panicText); time.Sleep(100 * time.Millisecond); g.boot(); g.start(0); hang() },
		"reset":     func(g *Guest) { g.boot(); g.start(0); g.Print(panicText) },
		"mountroot": func(g *Guest) { g.Print("Manual root filesystem specification:\n\nmountroot> "); hang() },
		"silent":    func(g *Guest) { g.Print("Copyright (c)\nrandom: unblocking device.\n"); hang() },
		"stuck":     func(g *Guest) { g.boot(); g.start(0); g.Print("last words\n"); hang() },
		"refuse":    refuse,
		"hostile":   hostile,
		"forge":     forge,
		"cut":       func(g *Guest) { g.boot(); g.start(0); io.WriteString(g.Line, "VXO\x00\x00") },
		"off":       func(g *Guest) { g.boot(); g.start(0); g.Print("Uptime: 1s\n") },
		"disorder":  func(g *Guest) { g.boot(); g.send(wire.Exit, wire.Status{}); hang() },
		"early":     func(g *Guest) { g.boot(); g.Send(wire.Done, nil); hang() },
		"failure":   func(g *Guest) { g.boot(); g.Send(wire.Failure, []byte("tmpfs on /tmp: no")); hang() },
		"files":     files,
		"steal":     steal,
		"tcg-only":  tcgOnly,
		"tests":     tests,
	}
}

const panicText = "panic: page fault\ncpuid = 0\nKDB: stack backtrace:\n#0 0xffffffff8048c73d at kdb_backtrace+0x5d\nUptime: 1s\n"

// Main plays the part that the environment names and exits, or returns when it
// names none. A test binary calls it first in TestMain.
func Main() {
	name := os.Getenv(Variable)
	if name == "" {
		return
	}
	g, err := newGuest(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "fake QEMU:", err)
		os.Exit(1)
	}
	Parts()[name](g)
	os.Exit(0)
}

func newGuest(args []string) (*Guest, error) {
	var key []byte
	var drives []string
	for i, a := range args {
		switch a {
		case "-append":
			_, rest, _ := strings.Cut(args[i+1], wire.KeyVariable+"=")
			text, _, _ := strings.Cut(rest, " ")
			var err error
			if key, err = hex.DecodeString(text); err != nil {
				return nil, err
			}
		case "-drive":
			_, file, _ := strings.Cut(args[i+1], "file=")
			drives = append(drives, strings.ReplaceAll(file, ",,", ","))
		}
	}
	if len(drives) != 2 || len(key) != wire.KeySize {
		return nil, fmt.Errorf("unexpected arguments %q", args)
	}
	job, err := readJob(drives[1])
	if err != nil {
		return nil, err
	}
	return &Guest{wire.NewWriter(os.Stdout, key), os.Stdout, bufio.NewScanner(os.Stdin), os.NewFile(3, "console"), job, args}, nil
}

func readJob(archive string) (*wire.Job, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := tar.NewReader(f)
	if _, err := r.Next(); err != nil {
		return nil, err
	}
	job := new(wire.Job)
	return job, json.NewDecoder(r).Decode(job)
}

// Print prints on the console.
func (g *Guest) Print(text string) { io.WriteString(g.Console, text) }

func (g *Guest) send(kind wire.Kind, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	g.Send(kind, data)
}

func (g *Guest) boot() {
	g.Print("---<<BOOT>>---\r\n")
	g.Send(wire.Warning, []byte("something is missing"))
	g.send(wire.Hello, wire.Greeting{Release: "15.0-FAKE", Date: 1500068})
}

func (g *Guest) start(run int) { g.Send(wire.Start, fmt.Append(nil, run)) }

// all runs everything with the same end.
func (g *Guest) all(end wire.Status) { g.each(func(wire.Run) wire.Status { return end }) }

// each runs everything.
func (g *Guest) each(run func(wire.Run) wire.Status) {
	g.boot()
	for g.Orders.Scan() && g.Orders.Text() != wire.Off {
		i, err := strconv.Atoi(g.Orders.Text())
		if err != nil {
			panic(err)
		}
		g.start(i)
		g.send(wire.Exit, run(g.Job.Runs[i]))
	}
	g.Send(wire.Done, nil)
}

// hang waits to be killed; not for ever, in case the runner forgets to.
func hang() { time.Sleep(time.Minute) }

// echo prints what it was asked to run as JSON.
func echo(g *Guest) {
	g.each(func(r wire.Run) wire.Status {
		g.send(wire.Stdout, r)
		g.Send(wire.Stderr, []byte("on standard error\n"))
		return wire.Status{}
	})
}

func refuse(*Guest) {
	fmt.Fprintln(os.Stderr, "qemu-system-x86_64: Error loading uncompressed kernel without PVH ELF Note")
	os.Exit(1)
}

// hostile is a test that fails, and prints what reports its success.
func hostile(g *Guest) {
	g.each(func(wire.Run) wire.Status {
		g.Send(wire.Stdout, forged())
		return wire.Status{Code: 1}
	})
}

// forge is a test that found the line itself.
func forge(g *Guest) {
	g.boot()
	g.start(0)
	g.Line.Write(forged())
	hang()
}

// forged returns frames under a key that somebody guessed.
func forged() []byte {
	var b bytes.Buffer
	w := wire.NewWriter(&b, make([]byte, wire.KeySize))
	w.Send(wire.Exit, []byte(`{"Code":0}`))
	w.Send(wire.Done, nil)
	return b.Bytes()
}

// files leaves all that was asked for.
func files(g *Guest) {
	g.each(func(r wire.Run) wire.Status {
		for _, path := range r.Collect {
			g.Send(wire.File, []byte(path))
			g.Send(wire.Data, []byte("content of "))
			g.Send(wire.Data, []byte(path))
		}
		return wire.Status{}
	})
}

// steal sends a file that nobody asked for.
func steal(g *Guest) {
	g.each(func(wire.Run) wire.Status {
		g.Send(wire.File, []byte(os.Getenv("VMEXEC_FAKE_TARGET")))
		g.Send(wire.Data, []byte("owned"))
		return wire.Status{}
	})
}

// tcgOnly is a host whose hardware virtualisation does not work.
func tcgOnly(g *Guest) {
	if !strings.Contains(strings.Join(g.Args, " "), "-accel tcg") {
		fmt.Fprintln(os.Stderr, "KVM internal error. Suberror: 1")
		os.Exit(1)
	}
	g.all(wire.Status{})
}

// tests reports one test of each outcome, and claims two more in plain text.
func tests(g *Guest) {
	g.each(func(wire.Run) wire.Status {
		g.Send(wire.Stdout, []byte("\x16=== RUN   TestGood\n--- PASS: TestClaimed (0.00s)\n\x16--- PASS: TestGood (0.00s)\n"+
			"\x16=== RUN   TestBad\n    x_test.go:9: broken\n\x16--- FAIL: TestBad (0.00s)\n"+
			"\x16=== RUN   TestSkipped\n    x_test.go:12: needs a printer\n\x16--- SKIP: TestSkipped (0.00s)\n"+
			"\x16FAIL\n"))
		return wire.Status{Code: 1}
	})
}
