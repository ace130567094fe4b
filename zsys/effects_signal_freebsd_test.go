package zsys_test

import (
	"math/bits"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

var signalEffects = []effect{
	{in: "Sigprocmask", run: func(t *testing.T) {
		oneThread(t)
		var before, during zsys.Sigset
		ok(t, "sigprocmask", zsys.Sigprocmask(zsys.SIG_BLOCK, only(zsys.SIGUSR2), &before))
		ok(t, "sigprocmask", zsys.Sigprocmask(zsys.SIG_SETMASK, &before, &during))
		same(t, "blocked", during.Bits[0]&^before.Bits[0], only(zsys.SIGUSR2).Bits[0])
		is(t, "sigprocmask in no way", zsys.Sigprocmask(99, &before, nil), syscall.EINVAL)
	}},
	{in: "Sigaction", where: child, run: func(t *testing.T) {
		var before, after zsys.SigactionT
		want := zsys.SigactionT{Flags: zsys.SA_RESTART, Mask: *only(zsys.SIGHUP)}
		want.Handler[0] = 1 // SIG_IGN
		ok(t, "sigaction", zsys.Sigaction(zsys.SIGUSR2, &want, &before))
		ok(t, "sigaction", zsys.Sigaction(zsys.SIGUSR2, nil, &after))
		same(t, "action", after, want)
		ok(t, "ignored", zsys.Kill(int32(os.Getpid()), zsys.SIGUSR2))
		is(t, "sigaction of SIGKILL", zsys.Sigaction(zsys.SIGKILL, &want, nil), syscall.EINVAL)
	}},
	{in: "Sigsuspend", where: child, run: func(t *testing.T) {
		oneThread(t)
		signal.Notify(make(chan os.Signal, 1), syscall.SIGUSR1)
		sent := only(zsys.SIGUSR1)
		ok(t, "sigprocmask", zsys.Sigprocmask(zsys.SIG_BLOCK, sent, nil))
		ok(t, "thr_kill", zsys.ThrKill(tid(t), zsys.SIGUSR1))
		var before, after zsys.Sigset
		ok(t, "sigpending", zsys.Sigpending(&before))
		is(t, "sigsuspend", zsys.Sigsuspend(&zsys.Sigset{}), syscall.EINTR)
		ok(t, "sigpending", zsys.Sigpending(&after))
		// Of the one signal: Go's runtime sends itself others.
		same(t, "pending before", before.Bits[0]&sent.Bits[0], sent.Bits[0])
		same(t, "pending after", after.Bits[0]&sent.Bits[0], 0)
	}},
	{in: "Sigqueue Sigtimedwait", where: child, blocked: zsys.SIGUSR1, run: func(t *testing.T) {
		value := uintptr(0x12345678)
		if bits.UintSize == 64 {
			value |= value << 31 << 1
		}
		ok(t, "sigqueue", zsys.Sigqueue(int32(os.Getpid()), zsys.SIGUSR1, value))
		var info zsys.Siginfo
		got, err := zsys.Sigtimedwait(only(zsys.SIGUSR1), &info, &zsys.Timespec{Sec: 5})
		ok(t, "sigtimedwait", err)
		same(t, "signal", got, zsys.SIGUSR1)
		same(t, "value", *(*uintptr)(unsafe.Pointer(&info.Value)), value)
		_, err = zsys.Sigtimedwait(only(zsys.SIGUSR1), &info, &zsys.Timespec{})
		is(t, "sigtimedwait for a second signal", err, syscall.EAGAIN)
	}},
	{in: "Sigaltstack", run: func(t *testing.T) {
		oneThread(t)
		var now zsys.StackT
		ok(t, "sigaltstack", zsys.Sigaltstack(nil, &now))
		if now.Size == 0 || now.Sp == 0 {
			t.Errorf("the stack that Go's runtime has given: %+v", now)
		}
		is(t, "sigaltstack with flags that are none", zsys.Sigaltstack(&zsys.StackT{Flags: 1 << 20}, nil), syscall.EINVAL)
	}},
	{in: "Sigfastblock", run: func(t *testing.T) {
		oneThread(t)
		_, err := zsys.Sigfastblock(99, nil)
		is(t, "sigfastblock of no kind", err, syscall.EINVAL)
		_, err = zsys.Sigfastblock(zsys.SIGFASTBLOCK_UNSETPTR, nil)
		is(t, "sigfastblock of no word", err, syscall.EINVAL)
	}},
}

// only is the set of one signal.
func only(sig int) *zsys.Sigset {
	var s zsys.Sigset
	s.Bits[(sig-1)/32] = 1 << ((sig - 1) % 32)
	return &s
}
