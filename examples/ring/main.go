//go:build freebsd || linux

// Ring has two programs pass work through shared memory, and survive the end of
// either: run "ring recv FILE" and "ring send FILE" in two terminals, kill one of
// them with kill -9, and start it again. "ring demo" does that by itself.
//
// The file may be in /dev/shm on Linux. It is made by whoever comes first.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/shmsync"
)

const capacity = 1 << 12

func main() {
	log.SetFlags(0)
	log.SetPrefix("ring: ")
	switch {
	case len(os.Args) == 3 && os.Args[1] == "send":
		send(open(os.Args[2]))
	case len(os.Args) == 3 && os.Args[1] == "recv":
		receive(open(os.Args[2]))
	case len(os.Args) == 2 && os.Args[1] == "demo":
		demo()
	default:
		log.Fatal("usage: ring send FILE | ring recv FILE | ring demo")
	}
}

// open opens the ring in a file, or makes it under another name first, so that
// nobody sees half of it.
func open(path string) *shmsync.Ring {
	temp := fmt.Sprintf("%s.%d", path, os.Getpid())
	r, err := shmsync.CreateFile(temp, shmsync.RingSize(capacity), 0o600)
	check(err)
	defer os.Remove(temp)
	ring, err := shmsync.NewRing(r, 0, capacity, true)
	check(err)
	if err := os.Link(temp, path); !errors.Is(err, fs.ErrExist) {
		check(err)
		return ring
	}
	check(r.Close())
	r, err = shmsync.Open(path, 0)
	check(err)
	ring, err = shmsync.OpenRing(r, 0)
	check(err)
	return ring
}

// send sends one job every 10 ms.
func send(ring *shmsync.Ring) {
	for n := uint32(1); ; n++ {
		job := binary.NativeEndian.AppendUint32(nil, uint32(os.Getpid()))
		check(ring.Send(binary.NativeEndian.AppendUint32(job, n)))
		time.Sleep(10 * time.Millisecond)
	}
}

// receive prints every tenth job.
func receive(ring *shmsync.Ring) {
	var job [8]byte
	for {
		_, err := ring.Receive(job[:])
		check(err)
		pid, n := binary.NativeEndian.Uint32(job[:]), binary.NativeEndian.Uint32(job[4:])
		if n%10 == 0 {
			fmt.Printf("receiver %d: job %d of sender %d\n", os.Getpid(), n, pid)
		}
	}
}

func demo() {
	dir, err := os.MkdirTemp("", "ring")
	check(err)
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "ring")
	sender, receiver := start("send", file), start("recv", file)
	for range 2 {
		await(sender, receiver)
		receiver = restart("receiver", receiver, "recv", file)
		await(sender, receiver)
		sender = restart("sender", sender, "send", file)
	}
	await(sender, receiver)
	kill(sender)
	kill(receiver)
}

// printed are the lines of receivers.
var printed = make(chan string, 1000)

// await waits until a receiver has printed two jobs of a sender.
func await(sender, receiver *exec.Cmd) {
	from, to := fmt.Sprintf(" of sender %d\n", sender.Process.Pid), fmt.Sprintf("receiver %d:", receiver.Process.Pid)
	limit := time.After(20 * time.Second)
	for n := 0; n < 2; {
		select {
		case line := <-printed:
			if strings.HasPrefix(line, to) && strings.HasSuffix(line, from) {
				n++
			}
		case <-limit:
			log.Fatal("no job has arrived for 20 s")
		}
	}
}

func start(role, file string) *exec.Cmd {
	c := exec.Command(os.Args[0], role, file)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	check(err)
	check(c.Start())
	go func() {
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			fmt.Print(line)
			printed <- line
		}
	}()
	return c
}

func restart(name string, c *exec.Cmd, role, file string) *exec.Cmd {
	fmt.Printf("kill -9 of %s %d\n", name, c.Process.Pid)
	kill(c)
	return start(role, file)
}

func kill(c *exec.Cmd) {
	check(c.Process.Kill())
	_ = c.Wait() // it was killed
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
