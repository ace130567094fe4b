package rawsys

import (
	"time"

	"github.com/rawsys-go/rawsys/internal/badarg"
	"github.com/rawsys-go/rawsys/internal/umtxtime"
	"github.com/rawsys-go/rawsys/zsys"
)

// Clock is a clock of clock_gettime(2): a zsys.CLOCK_ constant.
type Clock = zsys.Clock

// Timeout is the point in time at which a wait of _umtx_op(2) gives up with
// ETIMEDOUT, always a struct _umtx_time with UMTX_ABSTIME for the kernel. As it is
// a point, an interrupted wait goes on for what remains, and one Timeout serves a
// whole loop of waits. The zero Timeout waits for ever.
//
// The kernel accepts any number as a clock, and waits for ever on one that it does
// not know. So a Timeout with such a clock, or with a time that makes no sense, is
// bad: every wait with it fails with EINVAL, and the kernel is not asked.
type Timeout struct {
	at  zsys.UmtxTime
	set bool
	bad error
}

// TimeoutAfter returns the point in time d from now, on CLOCK_MONOTONIC, which
// setting the time of day does not move. It has passed already if d is not positive.
func TimeoutAfter(d time.Duration) Timeout {
	now, err := readClock(zsys.CLOCK_MONOTONIC)
	return Timeout{at: umtxtime.After(int64(now.Sec), int64(now.Nsec), d), set: true, bad: err}
}

// TimeoutAt returns the point in time at which the clock shows sec seconds and
// nsec nanoseconds. On CLOCK_REALTIME these count from 1970, and the point comes
// sooner or later when somebody sets the clock. On CLOCK_VIRTUAL, CLOCK_PROF and
// CLOCK_PROCESS_CPUTIME_ID it comes when the process has used that much processor
// time.
//
// The Timeout is bad if sec or nsec is negative, if nsec is more than 999999999,
// or if time_t does not hold sec, which is 32 bits on 386; if the clock is unknown
// or CLOCK_THREAD_CPUTIME_ID, which stands still while its thread waits; and if the
// clock cannot be read, as CLOCK_TAI cannot while the kernel has not been told the
// leap seconds: it would compare the time with whatever it had at hand.
func TimeoutAt(clock Clock, sec, nsec int64) Timeout {
	at, err := umtxtime.Deadline(clock, sec, nsec)
	if err == nil {
		_, err = readClock(clock)
	}
	return Timeout{at: at, set: true, bad: err}
}

func readClock(clock Clock) (now zsys.Timespec, err error) {
	if err := zsys.ClockGettime(clock, &now); err != nil {
		return now, badarg.New(errnoOf(err), "%v cannot be read", clock)
	}
	return now, nil
}
