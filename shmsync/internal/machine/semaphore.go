package machine

import "math"

// Semaphore counts permits. Who has to wait queues for Head, and who has that
// waits for its permits alone, so that a large request is not starved by small
// ones: while the head waits, nobody passes it.
type Semaphore struct {
	Count uint32 // permits, and HeadWaits
	Head  Mutex
	Bound uint32 // the most permits that there can be; 0 means MaxPermits
}

// The parts of Semaphore.Count.
const (
	HeadWaits  = 1 << 31
	MaxPermits = math.MaxInt32
)

func (s *Semaphore) bound(h Host) uint32 {
	if b := h.Load(&s.Bound); b != 0 && b <= MaxPermits {
		return b
	}
	return MaxPermits
}

// TryAcquire takes n permits if they are there and nobody waits.
func (s *Semaphore) TryAcquire(h Host, n uint32) bool {
	for {
		c := h.Load(&s.Count)
		if c&HeadWaits != 0 || c < n {
			return false
		}
		if h.CompareAndSwap(&s.Count, c, c-n) {
			return true
		}
	}
}

// Acquire takes n permits.
func (s *Semaphore) Acquire(h Host, n uint32, l Limit) error {
	if n > s.bound(h) {
		return ErrBound
	}
	for i := 0; ; i++ {
		if s.TryAcquire(h, n) {
			return nil
		}
		if !h.Spin(i) {
			break
		}
	}
	if err := s.Head.Lock(h, l); err != nil {
		return err
	}
	err := s.await(h, n, l)
	if unlock := s.Head.Unlock(h); unlock != nil {
		return unlock
	}
	return err
}

// await takes n permits for the head of the queue.
func (s *Semaphore) await(h Host, n uint32, l Limit) error {
	for {
		c := h.Load(&s.Count)
		switch {
		case c&^HeadWaits >= n:
			if h.CompareAndSwap(&s.Count, c, c&^HeadWaits-n) {
				return nil
			}
		case c&HeadWaits == 0:
			h.CompareAndSwap(&s.Count, c, c|HeadWaits)
		default:
			if err := h.Sleep(&s.Count, c, l); err != nil {
				s.waitNoLonger(h)
				return err
			}
		}
	}
}

func (s *Semaphore) waitNoLonger(h Host) {
	for {
		c := h.Load(&s.Count)
		if h.CompareAndSwap(&s.Count, c, c&^HeadWaits) {
			return
		}
	}
}

// Release gives n permits back, and wakes the head of the queue.
func (s *Semaphore) Release(h Host, n uint32) error {
	bound := s.bound(h)
	for {
		c := h.Load(&s.Count)
		if p := c &^ HeadWaits; p > bound || n > bound-p {
			return ErrBound
		}
		if h.CompareAndSwap(&s.Count, c, c+n) {
			if c&HeadWaits != 0 {
				h.Wake(&s.Count)
			}
			return nil
		}
	}
}
