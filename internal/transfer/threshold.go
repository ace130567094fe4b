//go:build unix

package transfer

import (
	"sync/atomic"
	"time"
)

// The default threshold is the largest file part that is copied although the kernel
// would send it: up to there one read and one write of everything cost less than a
// call each for header, file and trailer, and those that hold a segment open.
//
// Where that is depends on what a system call costs, which differs between
// machines by more than all else. Where calls are fast the ways meet at 16 KiB. Where
// one costs 1 µs the copy is faster up to 96 KiB at least. So the cost is measured,
// once in a process, and the threshold rises with it. The curves are in docs/sendfile.md.
const (
	leastThreshold = 16 << 10
	mostThreshold  = 96 << 10

	fastCall    = 250 * time.Nanosecond // up to here leastThreshold is right
	perMicrosec = 160 << 10             // how much more is copied for each microsecond beyond it
)

var measured atomic.Int64

// DefaultThreshold is the threshold of this process. The first call makes some
// system calls to find it, which takes as long as a few transfers.
func DefaultThreshold() int64 {
	t := measured.Load()
	if t == 0 {
		t = thresholdFor(callCost())
		measured.Store(t)
	}
	return t
}

// thresholdFor is the threshold where a system call costs that much, in whole pages.
func thresholdFor(call time.Duration) int64 {
	beyond := min(max(call-fastCall, 0), time.Microsecond)
	t := leastThreshold + int64(beyond)*perMicrosec/int64(time.Microsecond)
	return min(t&^(4<<10-1), mostThreshold)
}

// callCost is what a system call costs that does next to nothing: the least of a few
// batches, as others may have been interrupted.
func callCost() time.Duration {
	const batches, calls = 5, 8
	least := time.Hour
	for range batches {
		start := time.Now()
		for range calls {
			idleCall()
		}
		least = min(least, time.Since(start))
	}
	return least / calls
}
