package main

import (
	"os"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys/zsys"
)

// kqueue is kqueue(2).
type kqueue struct {
	fd     int
	events [128]zsys.KeventT
	ready  []int
}

func newPoller() (poller, error) {
	fd, err := zsys.Kqueue()
	if err != nil {
		return nil, os.NewSyscallError("kqueue", err)
	}
	syscall.CloseOnExec(fd)
	return &kqueue{fd: fd}, nil
}

func (k *kqueue) add(fd int) error {
	changes := []zsys.KeventT{
		{Ident: uintptr(fd), Filter: zsys.EVFILT_READ, Flags: zsys.EV_ADD | zsys.EV_CLEAR},
		{Ident: uintptr(fd), Filter: zsys.EVFILT_WRITE, Flags: zsys.EV_ADD | zsys.EV_CLEAR},
	}
	_, err := zsys.Kevent(k.fd, changes, nil, nil)
	return os.NewSyscallError("kevent", err)
}

func (k *kqueue) wait(timeout time.Duration) ([]int, error) {
	var ts zsys.Timespec
	set(&ts.Sec, int64(timeout/time.Second))
	set(&ts.Nsec, int64(timeout%time.Second))
	n, err := zsys.Kevent(k.fd, nil, k.events[:], &ts)
	if err == syscall.EINTR {
		n, err = 0, nil
	}
	if err != nil {
		return nil, os.NewSyscallError("kevent", err)
	}
	k.ready = k.ready[:0]
	for _, event := range k.events[:n] {
		k.ready = append(k.ready, int(event.Ident))
	}
	return k.ready, nil
}

func (k *kqueue) close() error { return syscall.Close(k.fd) }

// set sets a number whose width a port decides.
func set[T int32 | int64](field *T, v int64) { *field = T(v) }
