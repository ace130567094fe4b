//go:build freebsd || linux

package shmsync

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// RWMutex is a lock for many readers or one writer, of 16 bytes. The zero RWMutex
// is unlocked. It must not be copied after first use, and belongs to nobody.
//
// Neither side starves. While a writer waits for the readers to leave, new readers
// wait for it. When a writer leaves, all readers that wait at that moment come
// before the next writer. Among writers the order is that of a [Mutex]. A
// reader must not lock again for reading: a writer may have come in between.
//
// At most 16383 can read at the same time, and as many wait for a writer; one more
// is refused with [ErrReaders].
type RWMutex struct{ rw machine.RWMutex }

var _ sync.Locker = (*RWMutex)(nil)

const busy = machine.Pending | machine.WriterHeld

// RLock locks rw for reading, and waits until it can. It panics with ErrReaders or
// ErrCorrupt.
func (rw *RWMutex) RLock() {
	if s := atomic.LoadUint32(&rw.rw.State); s&^machine.Phase < machine.MaxReaders &&
		atomic.CompareAndSwapUint32(&rw.rw.State, s, s+1) {
		acquire(&rw.rw.State)
		return
	}
	rw.rlockSlow()
}

//go:noinline // so that its caller stays short
func (rw *RWMutex) rlockSlow() { check(rw.rlock(machine.Limit{})) }

func (rw *RWMutex) rlock(l machine.Limit) error {
	err := rw.rw.RLock(host, l)
	if err == nil {
		acquire(&rw.rw.State)
	}
	return err
}

// TryRLock locks rw for reading, if no writer has it or waits for it, and reports
// whether it did.
func (rw *RWMutex) TryRLock() bool {
	ok, err := rw.rw.TryRLock(host)
	check(err)
	if ok {
		acquire(&rw.rw.State)
	}
	return ok
}

// RLockContext locks rw for reading, and waits until it can or ctx is done.
func (rw *RWMutex) RLockContext(ctx context.Context) error {
	l, stop := within(ctx)
	defer stop()
	return rw.rlock(l)
}

// RLockUntil locks rw for reading, and waits until it can or t has come.
func (rw *RWMutex) RLockUntil(t time.Time) error { return rw.rlock(until(t)) }

// RUnlock undoes one lock for reading. It panics if there is none.
func (rw *RWMutex) RUnlock() {
	release(&rw.rw.Writer)
	if s := atomic.LoadUint32(&rw.rw.State); s&busy != 0 || s&machine.ReaderMask == 0 ||
		!atomic.CompareAndSwapUint32(&rw.rw.State, s, s-1) {
		rw.runlockSlow()
	}
}

//go:noinline // so that its caller stays short
func (rw *RWMutex) runlockSlow() { check(rw.rw.RUnlock(host)) }

// Lock locks rw for writing, and waits until it can. It panics with ErrCorrupt.
func (rw *RWMutex) Lock() { check(rw.lock(machine.Limit{})) }

func (rw *RWMutex) lock(l machine.Limit) error {
	err := rw.rw.Lock(host, l)
	if err == nil {
		rw.acquire()
	}
	return err
}

// acquire orders a writer after writers and readers.
func (rw *RWMutex) acquire() {
	acquire(&rw.rw.State)
	acquire(&rw.rw.Writer)
}

// TryLock locks rw for writing if it is unlocked, and reports whether it did.
func (rw *RWMutex) TryLock() bool {
	ok, err := rw.rw.TryLock(host)
	check(err)
	if ok {
		rw.acquire()
	}
	return ok
}

// LockContext locks rw for writing, and waits until it can or ctx is done.
func (rw *RWMutex) LockContext(ctx context.Context) error {
	l, stop := within(ctx)
	defer stop()
	return rw.lock(l)
}

// LockUntil locks rw for writing, and waits until it can or t has come.
func (rw *RWMutex) LockUntil(t time.Time) error { return rw.lock(until(t)) }

// Unlock unlocks rw for writing. It panics if it is not locked so.
func (rw *RWMutex) Unlock() {
	release(&rw.rw.State)
	check(rw.rw.Unlock(host))
}

// RLocker returns a Locker whose Lock and Unlock are RLock and RUnlock.
func (rw *RWMutex) RLocker() sync.Locker { return (*rlocker)(rw) }

type rlocker RWMutex

func (r *rlocker) Lock()   { (*RWMutex)(r).RLock() }
func (r *rlocker) Unlock() { (*RWMutex)(r).RUnlock() }
