package machine

// Cond is a condition variable. A waiter remembers Seq while it holds the lock
// that protects the condition, and sleeps until Seq has changed.
type Cond struct {
	Seq     uint32 // counts signals
	Waiters uint32 // how many wait; if some died, more than do
}

// Prepare begins a wait. The caller holds the lock, then unlocks it, and calls
// Wait with what Prepare returned.
func (c *Cond) Prepare(h Host) (seq uint32) {
	h.Add(&c.Waiters, 1)
	return h.Load(&c.Seq)
}

// Wait sleeps until a signal. Who gives up just as a signal comes has been
// signaled, since the signal's one wake may have been spent on it.
func (c *Cond) Wait(h Host, seq uint32, l Limit) error {
	defer h.Add(&c.Waiters, ^uint32(0))
	for h.Load(&c.Seq) == seq {
		if err := h.Sleep(&c.Seq, seq, l); err != nil {
			if h.Load(&c.Seq) != seq {
				return nil
			}
			return err
		}
	}
	return nil
}

// Signal wakes one waiter.
func (c *Cond) Signal(h Host) {
	if h.Load(&c.Waiters) != 0 {
		h.Add(&c.Seq, 1)
		h.Wake(&c.Seq)
	}
}

// Broadcast wakes all waiters.
func (c *Cond) Broadcast(h Host) {
	if h.Load(&c.Waiters) != 0 {
		h.Add(&c.Seq, 1)
		h.WakeAll(&c.Seq)
	}
}
