//go:build unix

package vm

import (
	"bufio"
	"io"
	"regexp"
	"strings"
	"sync"
)

// consoleLines is how many of the console's lines an error shows.
const consoleLines = 30

// console follows what the kernel prints.
type console struct {
	mu    sync.Mutex
	last  []string
	alarm chan string // gets the line that says that the kernel cannot go on
	done  chan struct{}
}

// deadly matches what a kernel prints when it cannot go on: a panic, or the prompt
// for a root file system.
var deadly = regexp.MustCompile(`^(panic: |Fatal trap |mountroot> )`)

// follow reads a console to its end, and copies it to echo unless that is nil.
func follow(r io.Reader, echo io.Writer) *console {
	c := &console{alarm: make(chan string, 1), done: make(chan struct{})}
	if echo != nil {
		r = io.TeeReader(r, echo)
	}
	go c.read(r)
	return c
}

func (c *console) read(r io.Reader) {
	defer close(c.done)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	lines.Split(scanLines)
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		c.keep(line)
		if deadly.MatchString(line) {
			select {
			case c.alarm <- line:
			default: // one is enough
			}
		}
	}
	io.Copy(io.Discard, r) // a line without end must not block QEMU
}

// scanLines is bufio.ScanLines, which also takes the prompt for a line: nothing
// follows it.
func scanLines(data []byte, atEOF bool) (int, []byte, error) {
	if string(data) == "mountroot> " {
		return len(data), data, nil
	}
	return bufio.ScanLines(data, atEOF)
}

func (c *console) keep(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = append(c.last, line)
	c.last = c.last[max(0, len(c.last)-consoleLines):]
}

// lines returns the last lines so far.
func (c *console) lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.last...)
}
