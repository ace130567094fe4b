package machine

// Mutex is a mutual exclusion lock of one word.
//
// Who comes may take a free lock before who was woken for it. That is fast, but on
// a processor that all share the one who was woken may never be in time. So who has
// waited for [Patience] marks the lock as due. Unlock then does not free it, but
// reserves it for those who have slept. Who went to sleep before the mark leaves it,
// and who went to sleep after it takes it away: kernels wake in the order in which
// sleeps began, so most who slept when the mark was made have had their turn by then.
// Others who are overdue, such as one behind a sleeper of an earlier mark, make it anew.
type Mutex struct{ Word uint32 }

// The word's states. Contended means that somebody may be asleep: to take a
// lock for Contended when nobody is costs a wake, the other way round a sleeper.
const (
	Free      = 0
	Held      = 1
	Contended = 2
	Due       = 3 // Contended, and somebody has waited for Patience
	Reserved  = 4 // free, but for who has slept
)

// TryLock takes the lock if it is free, if need be from who it is reserved for: it may
// be that nobody sleeps any more.
func (m *Mutex) TryLock(h Host) bool {
	return h.CompareAndSwap(&m.Word, Free, Held) ||
		h.Load(&m.Word) == Reserved && h.CompareAndSwap(&m.Word, Reserved, Contended)
}

// Lock takes the lock, and sleeps until it can.
func (m *Mutex) Lock(h Host, l Limit) error {
	v := uint32(Free)
	for i := 0; v < Due; i++ {
		if v == Free && h.CompareAndSwap(&m.Word, Free, Held) {
			return nil
		}
		if !h.Spin(i) {
			break
		}
		v = h.Load(&m.Word)
	}
	begin, slept := h.Now(), uint32(Free)
	for {
		on, err := m.take(h, slept, slept != Free && h.Now()-begin >= Patience)
		if on == Free || err != nil {
			return err
		}
		if on == Reserved { // and if nobody comes for it, it is anybody's
			_, err = h.Nap(&m.Word, Reserved, 0, l)
		} else {
			err = h.Sleep(&m.Word, on, l)
		}
		if err != nil {
			return m.giveUp(h, on, err)
		}
		slept = on
	}
}

// giveUp ends a wait for a reason. The one Wake of an Unlock may have been spent on us
// meanwhile. Marking the word once more passes it on: the next Unlock wakes another.
// If the lock is free, it's ours after all. That it is due may have been for us.
func (m *Mutex) giveUp(h Host, slept uint32, reason error) error {
	for {
		switch on, _ := m.take(h, slept, false); on {
		case Free:
			return nil
		case Due:
			if !h.CompareAndSwap(&m.Word, Due, Contended) {
				continue
			}
		}
		return reason
	}
}

// take takes the lock, for Contended since others may sleep and who has slept cannot
// know, and returns Free. Else it leaves the mark that somebody sleeps, or that
// somebody is overdue, and returns the word on which to sleep. What the word was when
// the caller last slept on it is slept, or Free.
func (m *Mutex) take(h Host, slept uint32, overdue bool) (on uint32, err error) {
	for {
		v := h.Load(&m.Word)
		next := v
		switch {
		case v > Reserved:
			return v, ErrCorrupt
		case v == Reserved && slept == Contended:
			next = Due
		case v == Free, v == Reserved && slept != Free:
			next = Contended
		case overdue && v < Due:
			next = Due
		case v == Held:
			next = Contended
		}
		if next != v && !h.CompareAndSwap(&m.Word, v, next) {
			continue
		}
		if v == Free || v == Reserved && next != v {
			return Free, nil
		}
		return next, nil
	}
}

// Unlock frees the lock, or reserves it if it is due, and wakes one sleeper.
func (m *Mutex) Unlock(h Host) error {
	for {
		v, next := h.Load(&m.Word), uint32(Free)
		switch v {
		case Held, Contended:
		case Due:
			next = Reserved
		case Free, Reserved:
			return ErrUnlocked
		default:
			return ErrCorrupt
		}
		if !h.CompareAndSwap(&m.Word, v, next) {
			continue
		}
		if v != Held {
			h.Wake(&m.Word)
		}
		return nil
	}
}
