package machine

// Mutex is a mutual exclusion lock of one word.
type Mutex struct{ Word uint32 }

// The word's states. Contended means that somebody may be asleep: to take a
// lock for Contended when nobody is costs a wake, the other way round a sleeper.
const (
	Free      = 0
	Held      = 1
	Contended = 2
)

// TryLock takes the lock if it is free.
func (m *Mutex) TryLock(h Host) bool { return h.CompareAndSwap(&m.Word, Free, Held) }

// Lock takes the lock, and sleeps until it can.
func (m *Mutex) Lock(h Host, l Limit) error {
	if m.TryLock(h) {
		return nil
	}
	for i := 0; h.Spin(i); i++ {
		if h.Load(&m.Word) == Free && m.TryLock(h) {
			return nil
		}
	}
	for {
		if taken, err := m.take(h); taken || err != nil {
			return err
		}
		if err := h.Sleep(&m.Word, Contended, l); err != nil {
			// The one Wake of an Unlock may have been spent on us while we gave
			// up. Marking the word once more passes it on: the next Unlock
			// wakes another. If the lock is free, it's ours after all.
			if taken, _ := m.take(h); taken {
				return nil
			}
			return err
		}
	}
}

// take takes the lock for Contended if it is free, since others may sleep and
// who has slept cannot know. Else it leaves the mark that somebody sleeps.
func (m *Mutex) take(h Host) (bool, error) {
	for {
		switch v := h.Load(&m.Word); v {
		case Free:
			if h.CompareAndSwap(&m.Word, Free, Contended) {
				return true, nil
			}
		case Held:
			if h.CompareAndSwap(&m.Word, Held, Contended) {
				return false, nil
			}
		case Contended:
			return false, nil
		default:
			return false, ErrCorrupt
		}
	}
}

// Unlock frees the lock and wakes one sleeper.
func (m *Mutex) Unlock(h Host) error {
	for {
		switch v := h.Load(&m.Word); v {
		case Held:
			if h.CompareAndSwap(&m.Word, Held, Free) {
				return nil
			}
		case Contended:
			if h.CompareAndSwap(&m.Word, Contended, Free) {
				h.Wake(&m.Word)
				return nil
			}
		case Free:
			return ErrUnlocked
		default:
			return ErrCorrupt
		}
	}
}
