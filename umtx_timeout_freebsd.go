package rawsys

import (
	"time"

	"github.com/rawsys-go/rawsys/internal/badarg"
	"github.com/rawsys-go/rawsys/internal/umtxtime"
	"github.com/rawsys-go/rawsys/zsys"
)

// Clock is a clock of clock_gettime(2): a zsys.CLOCK_ constant.
type Clock uint32

// String is the constant's name.
func (c Clock) String() string { return umtxtime.ClockName(uint32(c)) }

// Timeout is when a wait of _umtx_op(2) gives up with ETIMEDOUT: at a point in
// time. So a wait that is interrupted goes on for the rest of its time, and one
// Timeout serves a loop of waits. The zero Timeout waits for ever.
//
// The kernel takes any number for a clock and waits for ever on one it does not
// know. A Timeout with such a clock, or with a time that is not one, is bad: it
// fails each call with EINVAL before the call is made.
type Timeout struct {
	at  zsys.UmtxTime
	set bool
	bad error
}

// TimeoutAfter is over when d has passed from now, on CLOCK_MONOTONIC, which
// nobody sets. If d is not positive, that is at once.
func TimeoutAfter(d time.Duration) Timeout {
	now, err := readClock(zsys.CLOCK_MONOTONIC)
	return Timeout{at: umtxtime.After(int64(now.Sec), int64(now.Nsec), d), set: true, bad: err}
}

// TimeoutAt is over when the clock shows sec seconds and nsec nanoseconds. On
// CLOCK_REALTIME that is a point of the calendar, sooner or later as somebody
// sets the clock. On CLOCK_VIRTUAL, CLOCK_PROF and CLOCK_PROCESS_CPUTIME_ID it
// comes when the process has used that much of the processor.
//
// A clock that cannot be read, as CLOCK_TAI cannot while nobody has told the
// kernel the leap seconds, makes a bad Timeout too: the kernel would compare
// with whatever it had at hand.
func TimeoutAt(clock Clock, sec, nsec int64) Timeout {
	at, err := umtxtime.Deadline(uint32(clock), sec, nsec)
	if err == nil {
		_, err = readClock(clock)
	}
	return Timeout{at: at, set: true, bad: err}
}

func readClock(clock Clock) (now zsys.Timespec, err error) {
	if errno := zsys.ClockGettime(int32(clock), &now); errno != 0 {
		return now, badarg.New(errno, "%v cannot be read", clock)
	}
	return now, nil
}
