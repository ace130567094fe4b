package machine

import (
	"errors"
	"sync/atomic"
	"unsafe"
)

// Robust is a mutual exclusion lock that knows its owner's process: number and
// start time are in the word that takes the lock, so that there is no moment
// in which the lock is held by nobody known.
type Robust struct {
	_    [0]atomic.Uint64 // aligns the word to 8 on 386 and arm as well
	Word uint64
}

// The parts of Robust.Word. All zero is free.
const (
	PIDBits       = 22
	RobustWaiters = 1 << 22 // somebody may be asleep
	Inconsistent  = 1 << 23 // an owner died, and what the lock protects is not declared consistent
	Unrecoverable = 1 << 24 // and never will be
	RobustDue     = 1 << 25 // as Due of a Mutex; alone, as Reserved
	StartShift    = 26      // the start time has the rest
	pidMask       = 1<<PIDBits - 1
	ownerMask     = ^uint64(RobustWaiters | Inconsistent | Unrecoverable | RobustDue)
)

// Errors of a robust lock.
var (
	ErrOwnerDead      = errors.New("shmsync: the process that held the lock died: check what it protects, and call Consistent")
	ErrNotRecoverable = errors.New("shmsync: a process died with the lock, and who took it over unlocked it without Consistent")
	ErrNotOwner       = errors.New("shmsync: the lock belongs to another process")
	ErrConsistent     = errors.New("shmsync: nothing to declare consistent")
)

// Owner makes a process's mark of its number and its start time, in any unit in
// which no two processes of that number have the same.
func Owner(pid int, start uint64) uint64 { return start<<StartShift | uint64(pid)&pidMask }

// Process undoes [Owner].
func Process(owner uint64) (pid int, start uint64) {
	return int(owner & pidMask), owner >> StartShift
}

// low is the half of the word on which to sleep: the owner's number and the
// flags. The other half has no more than the start time.
func (m *Robust) low() *uint32 {
	one := uint32(1)
	if *(*byte)(unsafe.Pointer(&one)) == 1 {
		return (*uint32)(unsafe.Pointer(&m.Word))
	}
	return (*uint32)(unsafe.Add(unsafe.Pointer(&m.Word), 4))
}

// Half is the word's first half, as an address that stands for the lock.
func (m *Robust) Half() *uint32 { return (*uint32)(unsafe.Pointer(&m.Word)) }

// TryLock takes the lock if it is free, or its owner dead, as that of a Mutex does.
func (m *Robust) TryLock(h Host, me uint64) (bool, error) {
	for {
		v := h.Load64(&m.Word)
		next, err := m.next(h, v, me, true)
		if next == 0 {
			return false, err
		}
		if h.CompareAndSwap64(&m.Word, v, next) {
			return true, err
		}
	}
}

// next returns the word that takes the lock for me when the word is v, or 0 if
// the lock cannot be taken. If look is set the lock is also taken from the dead.
func (m *Robust) next(h Host, v, me uint64, look bool) (next uint64, err error) {
	owner := v & ownerMask
	switch {
	case v&Unrecoverable != 0:
		return 0, ErrNotRecoverable
	case v == RobustDue:
		return me | RobustWaiters, nil
	case owner == 0 && v != 0, owner != 0 && owner&pidMask == 0:
		return 0, ErrCorrupt
	case owner == 0:
		return me, nil
	case look && !h.Alive(owner):
		return me | Inconsistent | v&(RobustWaiters|RobustDue), ErrOwnerDead
	}
	return 0, nil
}

// Lock takes the lock. With ErrOwnerDead the caller has it too.
func (m *Robust) Lock(h Host, me uint64, l Limit) error {
	v := uint64(0)
	for i := 0; v&RobustDue == 0; i++ {
		if v == 0 && h.CompareAndSwap64(&m.Word, 0, me) {
			return nil
		}
		if !h.Spin(i) {
			break
		}
		v = h.Load64(&m.Word)
	}
	begin, slept, naps, over := h.Now(), uint64(0), 0, false
	for {
		v := h.Load64(&m.Word)
		if v != slept {
			naps, over = 0, false
		}
		// That the word is what it was before a nap that nobody ended makes
		// one look.
		next, err := m.next(h, v, me, over)
		if v == RobustDue && slept == 0 {
			next = 0 // not for who has just come
		}
		if next != 0 {
			if h.CompareAndSwap64(&m.Word, v, next|claim(v, slept)) {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		marked := mark(v, slept != 0 && h.Now()-begin >= Patience)
		if v != marked && !h.CompareAndSwap64(&m.Word, v, marked) {
			continue
		}
		if over, err = h.Nap(m.low(), uint32(marked), naps, l); err != nil {
			return m.giveUp(h, me, err)
		}
		slept, naps = marked, naps+1
	}
}

// mark is the word of a lock for which somebody is about to sleep.
func mark(v uint64, overdue bool) uint64 {
	switch {
	case v == RobustDue:
		return v
	case overdue:
		return v | RobustWaiters | RobustDue
	}
	return v | RobustWaiters
}

// claim is what who has slept adds to the word when it takes the lock. Others may
// sleep, and who has slept cannot know. For what is due see [Mutex].
func claim(v, slept uint64) uint64 {
	switch {
	case slept == 0:
		return 0
	case v == RobustDue && slept&RobustDue == 0:
		return RobustWaiters | RobustDue
	}
	return RobustWaiters
}

// giveUp ends a wait for a reason, as that of a Mutex does.
func (m *Robust) giveUp(h Host, me uint64, reason error) error {
	for {
		v := h.Load64(&m.Word)
		switch {
		case v == RobustDue:
			if h.CompareAndSwap64(&m.Word, v, me|RobustWaiters) {
				return nil
			}
		case v&RobustDue == 0:
			m.passOn(h)
			return reason
		default:
			h.CompareAndSwap64(&m.Word, v, v&^RobustDue)
		}
	}
}

// passOn leaves the mark of sleepers for the Wake that giving up may have cost
// them. If the lock is free, one of them is woken instead.
func (m *Robust) passOn(h Host) {
	for {
		v := h.Load64(&m.Word)
		if v&ownerMask == 0 {
			h.Wake(m.low())
			return
		}
		if v&RobustWaiters != 0 || h.CompareAndSwap64(&m.Word, v, v|RobustWaiters) {
			return
		}
	}
}

// Unlock frees the lock, or reserves it if it is due, and wakes one sleeper. An inconsistent lock becomes
// unrecoverable, and all are told.
func (m *Robust) Unlock(h Host, me uint64) error {
	for {
		v := h.Load64(&m.Word)
		switch owner := v & ownerMask; {
		case v&^RobustDue == 0:
			return ErrUnlocked
		case owner != me:
			return ErrNotOwner
		}
		next := v & RobustDue
		if v&Inconsistent != 0 {
			next = Unrecoverable
		}
		if !h.CompareAndSwap64(&m.Word, v, next) {
			continue
		}
		switch {
		case next == Unrecoverable:
			h.WakeAll(m.low())
		case v&RobustWaiters != 0:
			h.Wake(m.low())
		}
		return nil
	}
}

// Consistent says that what the lock protects is in order again.
func (m *Robust) Consistent(h Host, me uint64) error {
	for {
		v := h.Load64(&m.Word)
		switch {
		case v&ownerMask != me:
			return ErrNotOwner
		case v&Inconsistent == 0:
			return ErrConsistent
		case h.CompareAndSwap64(&m.Word, v, v&^Inconsistent):
			return nil
		}
	}
}
