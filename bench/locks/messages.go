//go:build freebsd || linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/shmsync"
)

const (
	ringAt   = 4096
	capacity = 1 << 18 // about what a socket holds
)

var sizes = []int{64, 4 << 10, 64 << 10}

// messages are sent to a process that reads them. Its sockets and pipes block, as
// those of C do: Go's poller would make them slower.
func messages() (list []kase) {
	for _, size := range sizes {
		of := func(kind string) func(time.Duration) (sample, error) {
			return func(d time.Duration) (sample, error) { return stream(kind, size, d) }
		}
		target := 0.
		if size == 64 {
			target = 1. / 5
		}
		bases := []string{"socketpair", "seqpacket", "pipe"}
		list = append(list, kase{name: fmt.Sprintf("messages of %d bytes", size), size: size, contenders: []contender{
			{name: "Ring", against: bases, target: target, run: of("ring")},
			{name: "robust Ring", against: bases, target: target, run: of("robust")},
			{name: "socketpair", run: of("socketpair")},
			{name: "seqpacket", run: of("seqpacket")},
			{name: "pipe", run: of("pipe")},
		}})
	}
	return list
}

// channel returns both ends of what messages are sent through, the first to read.
func channel(kind string) (fds [2]int, err error) {
	switch kind {
	case "socketpair":
		return unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	case "seqpacket":
		return unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	}
	err = unix.Pipe2(fds[:], unix.O_CLOEXEC)
	return fds, err
}

// stream sends messages for a time, and waits until the last was read.
func stream(kind string, size int, d time.Duration) (s sample, err error) {
	r, err := shmsync.Create("ring", ringAt+shmsync.RingSize(capacity))
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	a, err := shmsync.At[arena](r, 0)
	if err != nil {
		return s, err
	}
	files := []*os.File{r.File()}
	var send func([]byte) error
	if kind == "ring" || kind == "robust" {
		ring, err := shmsync.NewRing(r, ringAt, capacity, kind == "robust")
		if err != nil {
			return s, err
		}
		send = ring.Send
	} else {
		fds, err := channel(kind)
		if err != nil {
			return s, err
		}
		ends := []*os.File{os.NewFile(uintptr(fds[0]), kind), os.NewFile(uintptr(fds[1]), kind)}
		defer ends[0].Close()
		defer ends[1].Close()
		files = append(files, ends[0])
		send = func(m []byte) error { return sendAll(fds[1], m) }
	}
	c, err := startChild(fmt.Sprint("receive ", kind, " ", size), 0, files...)
	if err != nil {
		return s, err
	}
	if err := a.gather(1); err != nil {
		return s, err
	}
	a.start.Store(1)
	s, err = sendFor(send, size, d, a)
	return s, errors.Join(err, c.Wait())
}

func sendAll(fd int, m []byte) error {
	for len(m) > 0 {
		n, err := unix.Write(fd, m)
		if err != nil && err != unix.EINTR {
			return err
		}
		m = m[max(n, 0):]
	}
	return nil
}

// sendFor sends for a time. The last message begins with 1.
func sendFor(send func([]byte) error, size int, d time.Duration, a *arena) (s sample, err error) {
	m := make([]byte, size)
	n := 0
	start := time.Now()
	for ; n%64 != 0 || time.Since(start) < d; n++ {
		if err := send(m); err != nil {
			return s, err
		}
	}
	m[0] = 1
	if err := send(m); err != nil {
		return s, err
	}
	for a.phase.Load() != stopped {
		time.Sleep(20 * time.Microsecond)
	}
	return sample{ns: float64(time.Since(start)) / float64(n+1), allocs: float64(a.done[0]) / float64(n+1), share: -1}, nil
}

// receiveChild reads messages until the last.
func receiveChild(r *shmsync.Region, a *arena, how string) error {
	var kind string
	var size int
	if _, err := fmt.Sscan(how, &kind, &size); err != nil {
		return err
	}
	var receive func([]byte) (int, error)
	switch kind {
	case "ring", "robust":
		ring, err := shmsync.OpenRing(r, ringAt)
		if err != nil {
			return err
		}
		receive = ring.Receive
	case "seqpacket":
		receive = func(m []byte) (int, error) { return unix.Read(4, m) }
	default: // as few reads as there can be
		in := bufio.NewReaderSize(os.NewFile(4, kind), 1<<16)
		receive = func(m []byte) (int, error) { return io.ReadFull(in, m) }
	}
	m := make([]byte, size)
	a.await()
	before := mallocs()
	for m[0] == 0 {
		n, err := receive(m)
		if err == unix.EINTR {
			continue
		}
		if err != nil || n != size {
			return fmt.Errorf("%d bytes of a message of %d: %w", n, size, err)
		}
	}
	a.done[0] = mallocs() - before
	a.phase.Store(stopped)
	return nil
}
