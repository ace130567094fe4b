//go:build freebsd || linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys"
)

// poller tells which descriptors to look at. It tells of a descriptor once each time that
// something about it has changed (EPOLLET, EV_CLEAR): what is not read or written until
// EAGAIN is not told of again.
type poller interface {
	add(fd int) error
	wait(timeout time.Duration) (fds []int, err error) // the slice is good until the next wait
	close() error
}

// loop serves all of its connections in one goroutine.
type loop struct {
	options
	poll     poller
	root     *os.Root
	listener int
	conns    map[int]*conn
	log      *log.Logger
}

// conn is a connection: a name is being read, or its file is on its way.
type conn struct {
	fd       int
	name     []byte
	named    bool // all of the name has been read
	file     *os.File
	transfer rawsys.Transfer
	active   time.Time
}

const maxName = 1024

// newLoop takes a listener over.
func newLoop(o options, l *net.TCPListener, w io.Writer) (*loop, error) {
	root, err := os.OpenRoot(o.dir)
	if err != nil {
		return nil, err
	}
	f, err := l.File() // a descriptor that Go's poller does not know
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Dup(int(f.Fd()))
	if err := errors.Join(err, f.Close(), l.Close()); err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	poll, err := newPoller()
	if err == nil {
		err = errors.Join(syscall.SetNonblock(fd, true), poll.add(fd))
	}
	return &loop{o, poll, root, fd, map[int]*conn{}, log.New(w, "eventloop: ", 0)}, err
}

// run serves until stop is closed.
func (l *loop) run(stop <-chan struct{}) error {
	defer l.close()
	swept := time.Now()
	for {
		fds, err := l.poll.wait(100 * time.Millisecond)
		if err != nil {
			return err
		}
		select {
		case <-stop:
			return nil
		default:
		}
		for _, fd := range fds {
			if c := l.conns[fd]; c != nil {
				l.step(c)
			}
		}
		l.accept() // also after a wait for nothing: there may have been no descriptor left
		if now := time.Now(); now.Sub(swept) > l.idle/4 {
			l.sweep(now)
			swept = now
		}
	}
}

// accept takes what connections there are.
func (l *loop) accept() {
	for {
		fd, _, err := syscall.Accept4(l.listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		switch {
		case err == syscall.EINTR, err == syscall.ECONNABORTED:
			continue
		case err == syscall.EAGAIN:
			return
		case err != nil:
			l.log.Print(os.NewSyscallError("accept4", err))
			return
		}
		c := &conn{fd: fd, active: time.Now()}
		if err := l.poll.add(fd); err != nil {
			l.log.Print(err)
			syscall.Close(fd)
			continue
		}
		l.conns[fd] = c
		l.step(c)
	}
}

// step brings a connection as far as it goes without waiting.
func (l *loop) step(c *conn) {
	var err error
	if !c.named {
		if err = c.read(); err == nil {
			c.open(l.root)
		}
	}
	if err == nil {
		err = c.send()
	}
	if again(err) {
		return
	}
	if err != nil && err != io.EOF {
		l.log.Printf("fd %d: %v, after %+v", c.fd, err, c.transfer.Progress())
	}
	l.drop(c)
}

// again reports whether a connection takes or has nothing more for now.
func again(err error) bool { return errors.Is(err, syscall.EAGAIN) }

// read reads a name, until its newline.
func (c *conn) read() error {
	for {
		var buf [256]byte
		n, err := syscall.Read(c.fd, buf[:])
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return os.NewSyscallError("read", err)
		case n == 0:
			return io.EOF
		}
		c.active = time.Now()
		c.name = append(c.name, buf[:n]...)
		if i := bytes.IndexByte(c.name, '\n'); i >= 0 {
			c.name, c.named = c.name[:i], true
			return nil
		}
		if len(c.name) > maxName {
			return fmt.Errorf("a name of more than %d bytes", maxName)
		}
	}
}

// open readies the file for sending. What is wrong with the name is an answer, too.
func (c *conn) open(root *os.Root) {
	f, err := root.Open(string(c.name))
	if err == nil {
		c.file = f
		var info os.FileInfo
		if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
			err = fmt.Errorf("%q is no regular file", c.name)
		}
		if err == nil {
			c.transfer = rawsys.Transfer{File: f, Count: info.Size(), Headers: [][]byte{fmt.Appendf(nil, "length %d\n", info.Size())}}
			return
		}
	}
	c.transfer = rawsys.Transfer{Headers: [][]byte{fmt.Appendf(nil, "error %q\n", err.Error())}}
}

// send sends what is left. With EAGAIN the transfer has kept how far it came, and
// goes on when the poller tells of the connection.
func (c *conn) send() error {
	n, err := c.transfer.Send(c.fd)
	if n > 0 {
		c.active = time.Now()
	}
	return err
}

// sweep drops the connections of which nothing has been heard.
func (l *loop) sweep(now time.Time) {
	for _, c := range l.conns {
		if now.Sub(c.active) > l.idle {
			l.log.Printf("fd %d: idle", c.fd)
			l.drop(c)
		}
	}
}

// drop ends a connection. Closed, the descriptor leaves the poller.
func (l *loop) drop(c *conn) {
	delete(l.conns, c.fd)
	if c.file != nil {
		c.file.Close()
	}
	syscall.Close(c.fd)
}

func (l *loop) close() {
	for _, c := range l.conns {
		l.drop(c)
	}
	syscall.Close(l.listener)
	l.poll.close()
	l.root.Close()
}
