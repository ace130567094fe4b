//go:build !plan9

// Package umtxtime checks and builds the time limits of _umtx_op(2). It makes no
// system call, so it runs and is tested on every host.
package umtxtime

import (
	"math"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys/internal/badarg"
	"github.com/rawsys-go/rawsys/zsys"
)

const nsecPerSec = int64(time.Second / time.Nanosecond)

// KnownClock reports whether a wait on the clock can end. The kernel takes any
// number and never times out on one that it doesn't know. The calling thread's
// own CPU clock is refused with them: it stands still while the thread sleeps.
func KnownClock(clock zsys.Clock) bool {
	switch clock {
	case zsys.CLOCK_REALTIME, zsys.CLOCK_REALTIME_PRECISE, zsys.CLOCK_REALTIME_FAST, zsys.CLOCK_SECOND, zsys.CLOCK_TAI,
		zsys.CLOCK_MONOTONIC, zsys.CLOCK_MONOTONIC_PRECISE, zsys.CLOCK_MONOTONIC_FAST,
		zsys.CLOCK_UPTIME, zsys.CLOCK_UPTIME_PRECISE, zsys.CLOCK_UPTIME_FAST,
		zsys.CLOCK_VIRTUAL, zsys.CLOCK_PROF, zsys.CLOCK_PROCESS_CPUTIME_ID:
		return true
	}
	return false
}

// Deadline returns the absolute time sec and nsec on the clock as the kernel
// takes it. What the kernel would refuse, or wait on for ever, is EINVAL; so
// is a time that 386's 32-bit time_t cannot hold.
func Deadline(clock zsys.Clock, sec, nsec int64) (zsys.UmtxTime, error) {
	var t zsys.UmtxTime
	switch {
	case !KnownClock(clock):
		return t, badarg.New(syscall.EINVAL, "deadline on %v never comes", clock)
	case sec < 0, nsec < 0, nsec >= nsecPerSec:
		return t, badarg.New(syscall.EINVAL, "deadline of %d s and %d ns: want 0 or more seconds, 0 to 999999999 ns", sec, nsec)
	case !store(&t.Timeout.Sec, sec), !store(&t.Timeout.Nsec, nsec):
		return t, badarg.New(syscall.EINVAL, "deadline of %d s: time_t ends before it", sec)
	}
	t.Flags = zsys.UMTX_ABSTIME
	t.Clockid = clock
	return t, nil
}

// After returns the time d after now, which is a reading of CLOCK_MONOTONIC. A
// d that is not positive is over at once; one past the end of time_t is that end.
func After(sec, nsec int64, d time.Duration) zsys.UmtxTime {
	d = max(d, 0)
	nsec += int64(d % time.Second)
	sec += int64(d/time.Second) + nsec/nsecPerSec
	t, err := Deadline(zsys.CLOCK_MONOTONIC, sec, nsec%nsecPerSec)
	if err != nil {
		t, _ = Deadline(zsys.CLOCK_MONOTONIC, math.MaxInt32, 0)
	}
	return t
}

// Interval returns d as the kernel takes a relative time.
func Interval(d time.Duration) (zsys.Timespec, error) {
	var t zsys.Timespec
	if d < 0 || !store(&t.Sec, int64(d/time.Second)) || !store(&t.Nsec, int64(d%time.Second)) {
		return t, badarg.New(syscall.EINVAL, "interval of %v: want 0 or more, and what time_t holds", d)
	}
	return t, nil
}

// store puts v where a field's width depends on the port.
func store[T int32 | int64](p *T, v int64) bool {
	*p = T(v)
	return int64(*p) == v
}
