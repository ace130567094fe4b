package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// printCalls counts the system calls of a transfer by running each contender
// under strace twice, with few and with more messages: the difference is theirs.
func printCalls() error {
	strace, err := exec.LookPath("strace")
	if err != nil {
		return fmt.Errorf("counting system calls: %w", err)
	}
	address, stop, err := startDrain() // outside strace's view
	if err != nil {
		return err
	}
	defer stop()
	fmt.Println("system calls per transfer, without waiting for the peer")
	for _, size := range sizes[:len(sizes)-1] {
		fmt.Printf("%-9s", byteSize(size))
		for _, c := range contenders {
			few, err := traced(strace, address, c.name, size, 10)
			if err != nil {
				return err
			}
			more, err := traced(strace, address, c.name, size, 60)
			if err != nil {
				return err
			}
			fmt.Printf("  %s %.1f", c.name, float64(more-few)/50)
		}
		fmt.Println()
	}
	return nil
}

// sending is the calls that a transfer may make; the runtime's own and the
// wait for the peer's byte are left out.
var sending = regexp.MustCompile(`\b(sendmsg|sendto|sendfile|write|writev|pread64|read|lseek|fstat|getsockopt|setsockopt|fcntl|splice)\(`)

// traced is how many such calls n messages of a contender take.
func traced(strace, address, name string, size int64, n int) (int, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	log := filepath.Join(dir, "log")
	cmd := exec.Command(strace, "-f", "-o", log, self, "-peer", address, "-contender", name, "-size", fmt.Sprint(size), "-n", fmt.Sprint(n))
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, out)
	}
	lines, err := os.ReadFile(log)
	if err != nil {
		return 0, err
	}
	calls := 0
	for line := range bytes.Lines(lines) {
		if sending.Match(line) && !bytes.Contains(line, []byte("resumed")) && !acknowledgement.Match(line) {
			calls++
		}
	}
	return calls, nil
}

// acknowledgement is the read of the peer's one byte, or the attempt.
var acknowledgement = regexp.MustCompile(`\bread\(\d+, .*, 1\)`)

// runOne sends n messages by one contender, for strace to look at.
func runOne(address, name string, size int64, n int) error {
	m, done, err := newMessage(size)
	if err != nil {
		return err
	}
	defer done()
	for _, c := range contenders {
		if c.name == name {
			_, err := once(address, m, c, n, answered)
			return err
		}
	}
	return fmt.Errorf("no contender %q", name)
}
