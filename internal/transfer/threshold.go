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
// machines by more than all else: on one of 0.2 µs the ways meet at 16 KiB, on one of
// 1.3 µs at about 100 KiB. So it is measured, once in a process. The curves are in
// docs/sendfile.md.
const (
	leastThreshold = 16 << 10
	mostThreshold  = 128 << 10

	// bytesPerNano is how much longer a file part pays to be copied for each
	// nanosecond that a system call costs: 80 KiB for a microsecond.
	bytesPerNano = 80 << 10 / 1000.
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
	t := int64(float64(call)*bytesPerNano) &^ (4<<10 - 1)
	return min(max(t, leastThreshold), mostThreshold)
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
