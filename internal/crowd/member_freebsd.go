package crowd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"syscall"

	"github.com/rawsys-go/rawsys/zsys"
)

// member plays a role until the crowd ends.
func member(role string) {
	m, err := know(role)
	if err == nil && role == Sandbox {
		err = zsys.CapEnter()
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(m)
	}
	if err != nil {
		log.Fatalf("%s: %v", role, err)
	}
	if role == Zombie {
		os.Exit(ExitStatus)
	}
	io.Copy(io.Discard, os.Stdin) // until the crowd ends
	runtime.KeepAlive(kept)
	os.Exit(0)
}

// kept is what a member must not close.
var kept []any

// know says what a process knows of itself, after doing what its role asks.
func know(role string) (m Member, err error) {
	if role == User {
		if err := become(1001, 1002, 1003, 1004); err != nil {
			return m, err
		}
	}
	m = Member{
		Role: role, Pid: os.Getpid(), Ppid: os.Getppid(), Uid: os.Geteuid(), Ruid: os.Getuid(), Gid: os.Getegid(), Rgid: os.Getgid(),
	}
	switch role {
	case Nice:
		m.Nice = 5
		err = syscall.Setpriority(syscall.PRIO_PROCESS, 0, m.Nice)
	case Threaded:
		m.Threads, err = startThreads(5)
	case Opener:
		err = m.open()
	case Idle:
		m.Umask = 0o27
		syscall.Umask(m.Umask)
	}
	if err != nil {
		return m, err
	}
	if m.Umask == 0 {
		m.Umask = syscall.Umask(0o22)
		syscall.Umask(m.Umask)
	}
	if m.Pgid, err = syscall.Getpgid(0); err != nil {
		return m, err
	}
	if m.Sid, err = zsys.Getsid(0); err != nil {
		return m, err
	}
	var limit syscall.Rlimit
	if err = syscall.Getrlimit(zsys.RLIMIT_STACK, &limit); err != nil {
		return m, err
	}
	m.Stack = [2]uint64{uint64(limit.Cur), uint64(limit.Max)}
	m.Groups, err = os.Getgroups()
	return m, err
}

// become gives the process another user, and other groups.
func become(uid, gid int, groups ...int) error {
	return errors.Join(syscall.Setgroups(groups), syscall.Setgid(gid), syscall.Setuid(uid))
}

// startThreads starts threads that have names.
func startThreads(n int) ([]Thread, error) {
	started := make(chan Thread)
	failed := make(chan error)
	for i := range n {
		go func() {
			runtime.LockOSThread()
			t := Thread{Name: fmt.Sprintf("crowd-%d", i)}
			err := zsys.ThrSelf(&t.Tid)
			if err == nil {
				err = zsys.ThrSetName(t.Tid, t.Name)
			}
			if err != nil {
				failed <- err
			}
			started <- t
			select {} // the thread stays this goroutine's
		}()
	}
	var list []Thread
	for range n {
		select {
		case t := <-started:
			list = append(list, t)
		case err := <-failed:
			return nil, err
		}
	}
	return list, nil
}
