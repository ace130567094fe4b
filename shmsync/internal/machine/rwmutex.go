package machine

// RWMutex is a lock for many readers or one writer. Writers take turns by a
// Mutex, so that one at most is pending. While one is, new readers wait; when
// a writer leaves, all readers that wait then are admitted before the next
// writer. So neither side starves.
//
// Who waits is granted the lock by who makes way, in the same step: a reader
// that gives up sees by the phase, a writer by held, that the lock is its own.
// The phase is a single bit. A reader that was admitted but has not looked yet
// holds the lock, so no writer can turn the phase once more.
type RWMutex struct {
	State   uint32 // see the constants
	Writers Mutex  // held from before a writer is pending until it has unlocked
	Readers uint32 // counts admissions of readers that wait; they sleep on it
	Writer  uint32 // counts grants to the pending writer, who sleeps on it
}

// The parts of RWMutex.State.
const (
	Reader       = 1         // one reader that holds the lock, 15 bits
	ReaderMask   = 1<<15 - 1 //
	Waiting      = 1 << 15   // one reader that waits, 14 bits
	WaitingMask  = 1<<29 - 1<<15
	Pending      = 1 << 29 // a writer waits for the readers
	WriterHeld   = 1 << 30 // a writer holds the lock
	Phase        = 1 << 31 // turns when readers that wait are admitted
	MaxReaders   = 1<<14 - 1
	readersBlock = Pending | WriterHeld
)

func badState(s uint32) bool {
	return s&readersBlock == readersBlock || s&WriterHeld != 0 && s&ReaderMask != 0 ||
		s&readersBlock == 0 && s&WaitingMask != 0 || s&Pending != 0 && s&ReaderMask == 0
}

// TryRLock takes the lock for reading if no writer has it or waits for it.
func (rw *RWMutex) TryRLock(h Host) (bool, error) {
	for {
		s := h.Load(&rw.State)
		switch {
		case badState(s):
			return false, ErrCorrupt
		case s&readersBlock != 0:
			return false, nil
		case s&ReaderMask >= MaxReaders:
			return false, ErrReaders
		case h.CompareAndSwap(&rw.State, s, s+Reader):
			return true, nil
		}
	}
}

// RLock takes the lock for reading.
func (rw *RWMutex) RLock(h Host, l Limit) error {
	for i := 0; ; i++ {
		if taken, err := rw.TryRLock(h); taken || err != nil {
			return err
		}
		if h.Spin(i) {
			continue
		}
		gate, s := h.Load(&rw.Readers), h.Load(&rw.State)
		switch {
		case s&readersBlock == 0:
		case s&WaitingMask == WaitingMask:
			return ErrReaders
		case h.CompareAndSwap(&rw.State, s, s+Waiting):
			return rw.await(h, gate, s&Phase, l)
		}
	}
}

// await sleeps until the phase turns, which admits the caller.
func (rw *RWMutex) await(h Host, gate, phase uint32, l Limit) error {
	for h.Load(&rw.State)&Phase == phase {
		if err := h.Sleep(&rw.Readers, gate, l); err != nil {
			return rw.leave(h, phase, err)
		}
		gate = h.Load(&rw.Readers)
	}
	return nil
}

// leave makes a reader wait no longer, unless it has been admitted meanwhile.
func (rw *RWMutex) leave(h Host, phase uint32, reason error) error {
	for {
		s := h.Load(&rw.State)
		switch {
		case s&Phase != phase:
			return nil
		case s&WaitingMask == 0:
			return ErrCorrupt
		case h.CompareAndSwap(&rw.State, s, s-Waiting):
			return reason
		}
	}
}

// RUnlock ends reading. The last reader hands the lock to a pending writer.
func (rw *RWMutex) RUnlock(h Host) error {
	for {
		s := h.Load(&rw.State)
		if badState(s) {
			return ErrCorrupt
		}
		if s&ReaderMask == 0 {
			return ErrUnlocked
		}
		next := s - Reader
		grant := next&ReaderMask == 0 && s&Pending != 0
		if grant {
			next = next&^Pending | WriterHeld
		}
		if h.CompareAndSwap(&rw.State, s, next) {
			if grant {
				h.Add(&rw.Writer, 1)
				h.Wake(&rw.Writer)
			}
			return nil
		}
	}
}

// TryLock takes the lock for writing if it is free.
func (rw *RWMutex) TryLock(h Host) (bool, error) {
	if !rw.Writers.TryLock(h) {
		return false, nil
	}
	for {
		s := h.Load(&rw.State)
		if s&^Phase != 0 {
			err := rw.Writers.Unlock(h)
			if badState(s) || s&readersBlock != 0 {
				err = ErrCorrupt
			}
			return false, err
		}
		if h.CompareAndSwap(&rw.State, s, s|WriterHeld) {
			return true, nil
		}
	}
}

// Lock takes the lock for writing.
func (rw *RWMutex) Lock(h Host, l Limit) error {
	if err := rw.Writers.Lock(h, l); err != nil {
		return err
	}
	gate := h.Load(&rw.Writer)
	for {
		s := h.Load(&rw.State)
		if badState(s) || s&readersBlock != 0 {
			_ = rw.Writers.Unlock(h) // the other error says more
			return ErrCorrupt
		}
		if s&ReaderMask == 0 {
			if h.CompareAndSwap(&rw.State, s, s|WriterHeld) {
				return nil
			}
		} else if h.CompareAndSwap(&rw.State, s, s|Pending) {
			return rw.awaitWriter(h, gate, l)
		}
	}
}

// awaitWriter sleeps until the readers are gone.
func (rw *RWMutex) awaitWriter(h Host, gate uint32, l Limit) error {
	for i := 0; ; i++ {
		if h.Load(&rw.State)&WriterHeld != 0 {
			return nil
		}
		if h.Spin(i) {
			continue
		}
		if err := h.Sleep(&rw.Writer, gate, l); err != nil {
			return rw.abandon(h, err)
		}
		gate = h.Load(&rw.Writer)
	}
}

// abandon makes the pending writer wait no longer, unless it has the lock now.
func (rw *RWMutex) abandon(h Host, reason error) error {
	for {
		s := h.Load(&rw.State)
		if s&WriterHeld != 0 {
			return nil
		}
		if rw.release(h, s, Pending) {
			_ = rw.Writers.Unlock(h) // ours, so it can be unlocked
			return reason
		}
	}
}

// Unlock ends writing.
func (rw *RWMutex) Unlock(h Host) error {
	for {
		s := h.Load(&rw.State)
		if badState(s) {
			return ErrCorrupt
		}
		if s&WriterHeld == 0 {
			return ErrUnlocked
		}
		if rw.release(h, s, WriterHeld) {
			return rw.Writers.Unlock(h)
		}
	}
}

// release takes bit out of state s, and admits the readers that wait.
func (rw *RWMutex) release(h Host, s, bit uint32) bool {
	n := s & WaitingMask / Waiting
	next := s &^ (bit | WaitingMask)
	if n > 0 {
		next = (next + n*Reader) ^ Phase
	}
	if !h.CompareAndSwap(&rw.State, s, next) {
		return false
	}
	if n > 0 {
		h.Add(&rw.Readers, 1)
		h.WakeAll(&rw.Readers)
	}
	return true
}
