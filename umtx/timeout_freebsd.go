package umtx

import (
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// TimeoutAfter returns the point in time d from now, on CLOCK_MONOTONIC, which
// setting the time of day does not move. It has passed already if d is not positive.
func TimeoutAfter(d time.Duration) Timeout {
	var now zsys.Timespec
	if err := zsys.ClockGettime(zsys.CLOCK_MONOTONIC, &now); err != nil {
		return Timeout{set: true, bad: invalid("%v cannot be read: %v", Clock(zsys.CLOCK_MONOTONIC), err)}
	}
	return Timeout{at: after(int64(now.Sec), int64(now.Nsec), d), set: true}
}

// refused returns the error of a wait until t for which the kernel is not asked, or
// nil. Of the clocks that a Timeout may have only CLOCK_TAI can be unreadable.
func (t Timeout) refused(op zsys.UmtxOp) *rawsys.Error {
	bad := t.bad
	if bad == nil && t.set && t.at.Clockid == zsys.CLOCK_TAI {
		var now zsys.Timespec
		if err := zsys.ClockGettime(zsys.CLOCK_TAI, &now); err != nil {
			bad = invalid("CLOCK_TAI cannot be read: %v", err)
		}
	}
	if bad == nil {
		return nil
	}
	return refusal(op, bad)
}

// refusal says which operation an argument was refused for.
func refusal(op zsys.UmtxOp, bad *rawsys.Error) *rawsys.Error {
	named := *bad
	named.Op = "_umtx_op " + op.String()
	return &named
}
