//go:build freebsd || linux

package shmsync

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// Semaphore counts permits, at most 2147483647, in 12 bytes. The zero Semaphore has
// none: Release adds the first. It must not be copied after first use.
//
// Who waits is not passed by who comes later: a request for many permits is not
// starved by requests for few. Among those who wait, one is the next; the order behind
// it is that of a [Mutex].
type Semaphore struct{ s machine.Semaphore }

// Init gives s its first permits, and a bound: with [Semaphore.Release], permits
// can never be more. A bound of 0 is 2147483647. It is for one process, before
// others use s, and panics if the numbers make no sense.
func (s *Semaphore) Init(permits, bound int) {
	if permits < 0 || bound < 0 || bound > machine.MaxPermits || permits > machine.MaxPermits || bound > 0 && permits > bound {
		panic(fmt.Sprintf("shmsync: a Semaphore of %d permits with the bound %d", permits, bound))
	}
	atomic.StoreUint32(&s.s.Bound, uint32(bound))
	atomic.StoreUint32(&s.s.Count, uint32(permits))
}

// permits checks a number of them.
func permits(n int) uint32 {
	if n < 0 || n > machine.MaxPermits {
		panic(fmt.Sprintf("shmsync: %d permits", n))
	}
	return uint32(n)
}

// TryAcquire takes n permits if they are there and nobody waits, and reports
// whether it did.
func (s *Semaphore) TryAcquire(n int) bool {
	ok := s.s.TryAcquire(host, permits(n))
	if ok {
		acquire(&s.s.Count)
	}
	return ok
}

// Acquire takes n permits, and waits until it can. It panics with ErrBound if there
// can never be so many.
func (s *Semaphore) Acquire(n int) {
	if c := atomic.LoadUint32(&s.s.Count); n > 0 && c < machine.HeadWaits && c >= uint32(n) &&
		atomic.CompareAndSwapUint32(&s.s.Count, c, c-uint32(n)) {
		acquire(&s.s.Count)
		return
	}
	check(s.acquire(n, machine.Limit{}))
}

func (s *Semaphore) acquire(n int, l machine.Limit) error {
	err := s.s.Acquire(host, permits(n), l)
	if err == nil {
		acquire(&s.s.Count)
	}
	return err
}

// AcquireContext takes n permits, and waits until it can or ctx is done. With an
// error none is taken.
func (s *Semaphore) AcquireContext(ctx context.Context, n int) error {
	if s.TryAcquire(n) {
		return nil
	}
	l, stop := within(ctx)
	defer stop()
	return s.acquire(n, l)
}

// AcquireUntil takes n permits, and waits until it can or t has come. With an
// error none is taken.
func (s *Semaphore) AcquireUntil(t time.Time, n int) error { return s.acquire(n, until(t)) }

// Release adds n permits, and wakes who waits. It panics with ErrBound, and adds
// none, if there were more than the bound.
func (s *Semaphore) Release(n int) {
	release(&s.s.Count)
	check(s.s.Release(host, permits(n)))
}

// Available returns how many permits there are at the moment.
func (s *Semaphore) Available() int { return int(atomic.LoadUint32(&s.s.Count) &^ machine.HeadWaits) }
