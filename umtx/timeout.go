package umtx

import (
	"fmt"
	"math"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// Clock is a clock of clock_gettime(2): a zsys.CLOCK_ constant.
type Clock = zsys.Clock

// Timeout is the point in time at which a wait of _umtx_op(2) gives up with
// ETIMEDOUT. As it is a point, an interrupted wait goes on for what remains, and
// one Timeout serves a whole loop of waits. The zero Timeout waits for ever.
//
// The kernel accepts any number as a clock, and waits for ever on one that it does
// not know. So a Timeout with such a clock, or with a time that makes no sense, is
// bad: every wait with it fails with EINVAL, and the kernel is not asked.
type Timeout struct {
	at  zsys.UmtxTime
	set bool
	bad *rawsys.Error
}

// TimeoutAt returns the point in time at which the clock shows sec seconds and
// nsec nanoseconds. On CLOCK_REALTIME these count from 1970, and the point comes
// sooner or later when somebody sets the clock. On CLOCK_VIRTUAL, CLOCK_PROF and
// CLOCK_PROCESS_CPUTIME_ID it comes when the process has used that much processor
// time.
//
// The Timeout is bad if sec or nsec is negative, if nsec is more than 999999999,
// or if time_t does not hold sec, which is 32 bits on 386; and if the clock is
// unknown or CLOCK_THREAD_CPUTIME_ID, which stands still while its thread waits. On
// CLOCK_TAI a wait fails with EINVAL while the kernel has not been told the leap
// seconds: it would compare the time with whatever it had at hand.
func TimeoutAt(clock Clock, sec, nsec int64) Timeout {
	at, bad := deadline(clock, sec, nsec)
	return Timeout{at: at, set: true, bad: bad}
}

// Raw returns t as a struct _umtx_time with UMTX_ABSTIME, the form that the kernel
// takes, and whether there is one: the zero Timeout has none. The error is that of
// a bad Timeout.
func (t Timeout) Raw() (at zsys.UmtxTime, limited bool, err error) {
	if t.bad != nil {
		return zsys.UmtxTime{}, false, t.bad
	}
	return t.at, t.set, nil
}

// invalid says that an argument was refused before the call, and why.
func invalid(format string, args ...any) *rawsys.Error {
	errno, _ := error(syscall.EINVAL).(rawsys.SystemErrno) // an error on Plan 9, a constant elsewhere
	return &rawsys.Error{Op: "_umtx_op", Errno: errno, Hint: fmt.Sprintf(format, args...)}
}

const nsecPerSec = int64(time.Second / time.Nanosecond)

// knownClock reports whether a wait on the clock can end. The kernel takes any
// number and never times out on one that it doesn't know. The calling thread's
// own CPU clock is refused with them: it stands still while the thread sleeps.
func knownClock(clock zsys.Clock) bool {
	switch clock {
	case zsys.CLOCK_REALTIME, zsys.CLOCK_REALTIME_PRECISE, zsys.CLOCK_REALTIME_FAST, zsys.CLOCK_SECOND, zsys.CLOCK_TAI,
		zsys.CLOCK_MONOTONIC, zsys.CLOCK_MONOTONIC_PRECISE, zsys.CLOCK_MONOTONIC_FAST,
		zsys.CLOCK_UPTIME, zsys.CLOCK_UPTIME_PRECISE, zsys.CLOCK_UPTIME_FAST,
		zsys.CLOCK_VIRTUAL, zsys.CLOCK_PROF, zsys.CLOCK_PROCESS_CPUTIME_ID:
		return true
	}
	return false
}

// deadline returns the absolute time sec and nsec on the clock as the kernel
// takes it. What the kernel would refuse, or wait on for ever, is EINVAL; so
// is a time that 386's 32-bit time_t cannot hold.
func deadline(clock zsys.Clock, sec, nsec int64) (zsys.UmtxTime, *rawsys.Error) {
	var t zsys.UmtxTime
	switch {
	case !knownClock(clock):
		return t, invalid("a deadline on %v never comes", clock)
	case sec < 0, nsec < 0, nsec >= nsecPerSec:
		return t, invalid("a deadline of %d s and %d ns: want 0 or more seconds, 0 to 999999999 ns", sec, nsec)
	case !store(&t.Timeout.Sec, sec), !store(&t.Timeout.Nsec, nsec):
		return t, invalid("a deadline of %d s: time_t ends before it", sec)
	}
	if sec == 0 && nsec == 0 {
		t.Timeout.Nsec = 1 // as long over; the kernel takes the start of its clock for no limit
	}
	t.Flags = zsys.UMTX_ABSTIME
	t.Clockid = clock
	return t, nil
}

// after returns the time d after now, which is a reading of CLOCK_MONOTONIC. A
// d that is not positive is over at once; one past the end of time_t is that end.
func after(sec, nsec int64, d time.Duration) zsys.UmtxTime {
	d = max(d, 0)
	nsec += int64(d % time.Second)
	sec += int64(d/time.Second) + nsec/nsecPerSec
	t, err := deadline(zsys.CLOCK_MONOTONIC, sec, nsec%nsecPerSec)
	if err != nil {
		t, _ = deadline(zsys.CLOCK_MONOTONIC, math.MaxInt32, 0)
	}
	return t
}

// interval returns d as the kernel takes a relative time.
func interval(d time.Duration) (zsys.Timespec, *rawsys.Error) {
	var t zsys.Timespec
	if d < 0 || !store(&t.Sec, int64(d/time.Second)) || !store(&t.Nsec, int64(d%time.Second)) {
		return t, invalid("an interval of %v: want 0 or more, and what time_t holds", d)
	}
	return t, nil
}

// store puts v where a field's width depends on the port.
func store[T int32 | int64](p *T, v int64) bool {
	*p = T(v)
	return int64(*p) == v
}
