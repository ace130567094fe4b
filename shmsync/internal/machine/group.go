package machine

import "math"

// WaitGroup counts what is not done yet.
type WaitGroup struct{ Count uint32 } // and Sleepers

// The parts of WaitGroup.Count.
const (
	Sleepers = 1 << 31
	MaxCount = math.MaxInt32
)

// Add adds delta to the counter, and wakes all who wait when that makes it 0.
func (g *WaitGroup) Add(h Host, delta int) error {
	for {
		c := h.Load(&g.Count)
		n := int64(c&^Sleepers) + int64(delta)
		switch {
		case n < 0:
			return ErrNegative
		case n > MaxCount:
			return ErrOverflow
		}
		next := uint32(n) | c&Sleepers
		if n == 0 {
			next = 0
		}
		if h.CompareAndSwap(&g.Count, c, next) {
			if n == 0 && c&Sleepers != 0 {
				h.WakeAll(&g.Count)
			}
			return nil
		}
	}
}

// Wait sleeps until the counter is 0.
func (g *WaitGroup) Wait(h Host, l Limit) error {
	for i := 0; ; i++ {
		c := h.Load(&g.Count)
		switch {
		case c&^Sleepers == 0:
			return nil
		case h.Spin(i):
		case c&Sleepers == 0:
			h.CompareAndSwap(&g.Count, c, c|Sleepers)
		default:
			if err := h.Sleep(&g.Count, c, l); err != nil {
				return err
			}
		}
	}
}

// Barrier lets its parties go on when all have arrived.
type Barrier struct{ State uint32 } // arrived in the low 16 bits, rounds above

// The parts of Barrier.State.
const (
	Arrived    = 1<<16 - 1
	Round      = 1 << 16
	MaxParties = Arrived
)

// Wait waits until parties have arrived, and reports true to the last of them.
func (b *Barrier) Wait(h Host, parties uint32, l Limit) (last bool, err error) {
	for {
		s := h.Load(&b.State)
		n := s&Arrived + 1
		switch {
		case n > parties:
			return false, ErrParties
		case n == parties:
			if h.CompareAndSwap(&b.State, s, s&^Arrived+Round) {
				h.WakeAll(&b.State)
				return true, nil
			}
		case h.CompareAndSwap(&b.State, s, s+1):
			return false, b.await(h, s&^Arrived, l)
		}
	}
}

func (b *Barrier) await(h Host, round uint32, l Limit) error {
	for i := 0; ; i++ {
		s := h.Load(&b.State)
		if s&^Arrived != round {
			return nil
		}
		if h.Spin(i) {
			continue
		}
		if err := h.Sleep(&b.State, s, l); err != nil {
			return b.leave(h, round, err)
		}
	}
}

// leave takes an arrival back, unless the others have gone on with it.
func (b *Barrier) leave(h Host, round uint32, reason error) error {
	for {
		s := h.Load(&b.State)
		switch {
		case s&^Arrived != round:
			return nil
		case s&Arrived == 0:
			return ErrCorrupt
		case h.CompareAndSwap(&b.State, s, s-1):
			return reason
		}
	}
}
