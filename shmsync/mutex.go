//go:build freebsd || linux

package shmsync

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// Errors of forms that return one; the others panic with it.
var (
	// ErrCorrupt means that the memory holds no state that these locks write.
	ErrCorrupt = machine.ErrCorrupt
	// ErrReaders means that an RWMutex has 16383 readers, or as many that wait.
	ErrReaders = machine.ErrReaders
	// ErrBound means more permits than a Semaphore's bound.
	ErrBound = machine.ErrBound
	// ErrParties means that more have arrived at a Barrier than it has parties.
	ErrParties = machine.ErrParties
)

// Mutex is a mutual exclusion lock of 4 bytes. The zero Mutex is unlocked. It must
// not be copied after first use. It belongs to nobody: whoever can reach it may
// unlock it. Who has waited for 50 ms is not passed any more by those who come later.
type Mutex struct{ m machine.Mutex }

var _ sync.Locker = (*Mutex)(nil)

// Lock locks m, and waits until it can. It panics if the word is corrupt.
func (m *Mutex) Lock() {
	if atomic.CompareAndSwapUint32(&m.m.Word, machine.Free, machine.Held) {
		acquire(&m.m.Word)
		return
	}
	m.lockSlow()
}

//go:noinline // so that its caller is inlined
func (m *Mutex) lockSlow() { check(m.lock(machine.Limit{})) }

func (m *Mutex) lock(l machine.Limit) error {
	err := m.m.Lock(host, l)
	if err == nil {
		acquire(&m.m.Word)
	}
	return err
}

// TryLock locks m if it is unlocked, and reports whether it did.
func (m *Mutex) TryLock() bool {
	ok := m.m.TryLock(host)
	if ok {
		acquire(&m.m.Word)
	}
	return ok
}

// quick locks m if nobody has it, nor is to have it.
func (m *Mutex) quick() bool {
	ok := atomic.CompareAndSwapUint32(&m.m.Word, machine.Free, machine.Held)
	if ok {
		acquire(&m.m.Word)
	}
	return ok
}

// LockContext locks m, and waits until it can or ctx is done. With an error m is
// not the caller's.
func (m *Mutex) LockContext(ctx context.Context) error {
	if m.quick() {
		return nil
	}
	l, stop := within(ctx)
	defer stop()
	return m.lock(l)
}

// LockUntil locks m, and waits until it can or t has come. With an error m is not
// the caller's.
func (m *Mutex) LockUntil(t time.Time) error {
	if m.quick() {
		return nil
	}
	return m.lock(until(t))
}

// Unlock unlocks m and wakes one of those who wait for it. It panics if m is not
// locked, or the word is corrupt.
func (m *Mutex) Unlock() {
	release(&m.m.Word)
	if !atomic.CompareAndSwapUint32(&m.m.Word, machine.Held, machine.Free) {
		m.unlockSlow()
	}
}

//go:noinline // so that its caller is inlined
func (m *Mutex) unlockSlow() { check(m.m.Unlock(host)) }
