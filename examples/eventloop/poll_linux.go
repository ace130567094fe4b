package main

import (
	"os"
	"syscall"
	"time"
)

// epoll is epoll(7).
type epoll struct {
	fd     int
	events [128]syscall.EpollEvent
	ready  []int
}

func newPoller() (poller, error) {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	return &epoll{fd: fd}, os.NewSyscallError("epoll_create1", err)
}

func (e *epoll) add(fd int) error {
	const edge = 1 << 31 // EPOLLET, which package syscall has as a negative number
	event := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | edge, Fd: int32(fd)}
	return os.NewSyscallError("epoll_ctl", syscall.EpollCtl(e.fd, syscall.EPOLL_CTL_ADD, fd, &event))
}

func (e *epoll) wait(timeout time.Duration) ([]int, error) {
	n, err := syscall.EpollWait(e.fd, e.events[:], int(timeout.Milliseconds()))
	if err == syscall.EINTR {
		n, err = 0, nil
	}
	if err != nil {
		return nil, os.NewSyscallError("epoll_wait", err)
	}
	e.ready = e.ready[:0]
	for _, event := range e.events[:n] {
		e.ready = append(e.ready, int(event.Fd))
	}
	return e.ready, nil
}

func (e *epoll) close() error { return syscall.Close(e.fd) }
