package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

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

// take is told two lengths. It says one byte when the first has arrived, and
// from then on each time that the second has.
func take(c net.Conn) {
	defer c.Close()
	var lengths [2]uint64
	if err := binary.Read(c, binary.LittleEndian, &lengths); err != nil {
		return
	}
	buf := make([]byte, 256<<10)
	for got, want := uint64(0), lengths[0]; ; {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		for got += uint64(n); got >= want; want = lengths[1] {
			got -= want
			if _, err := c.Write(buf[:1]); err != nil {
				return
			}
		}
	}
}

// startDrain runs drain in a child, on the peer's CPU, and returns its address.
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
	if err := startOn(peerCPU, cmd); err != nil {
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

// The sender and its peer have a CPU each, or the scheduler's choices
// would be measured: which of the two shares a CPU with the softirqs, and when.
const (
	senderCPU = 0
	peerCPU   = 1
)

// pinSelf runs this program once more, on the sender's CPU, and says whether it has.
func pinSelf() (bool, error) {
	const mark = "RAWSYS_BENCH_PINNED"
	if !*pin || os.Getenv(mark) != "" || runtime.NumCPU() <= peerCPU {
		return false, nil
	}
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), mark+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := startOn(senderCPU, cmd); err != nil {
		return false, err
	}
	return true, cmd.Wait()
}

// startOn starts a command whose threads all run on one CPU: a child has its
// thread's affinity.
func startOn(cpu int, cmd *exec.Cmd) error {
	if !*pin {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var old, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &old); err != nil {
		return err
	}
	one.Set(cpu)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return fmt.Errorf("CPU %d: %w", cpu, err)
	}
	defer unix.SchedSetaffinity(0, &old)
	return cmd.Start()
}
