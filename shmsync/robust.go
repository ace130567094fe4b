//go:build freebsd || linux

package shmsync

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// Errors of a [RobustMutex].
var (
	// ErrOwnerDead comes with the lock: its holder's process died.
	ErrOwnerDead = machine.ErrOwnerDead
	// ErrNotRecoverable means that nobody will get the lock any more.
	ErrNotRecoverable = machine.ErrNotRecoverable
	// ErrNotOwner means that another process holds the lock.
	ErrNotOwner = machine.ErrNotOwner
)

// RobustMutex is a mutual exclusion lock of 8 bytes that survives the process
// that holds it. The zero RobustMutex is unlocked. It lies at a multiple of 8, and
// must not be copied after first use.
//
// The lock belongs to a process, whose number and start time are in the same word:
// any of its goroutines may unlock. If the process dies, one of those who wait
// gets the lock, with [ErrOwnerDead], within 100 ms and the time that the system
// takes to run it. It repairs what the lock protects and calls
// [RobustMutex.Consistent]. If it unlocks without, the lock is not recoverable, and
// everybody gets [ErrNotRecoverable]; memory of zeros is then the only way back. If it dies
// itself, the next gets ErrOwnerDead.
//
// A process that has taken over the number of a dead one is not mistaken for it. A
// process that is stopped is alive, one that nobody has waited for is dead. All
// users must see each other's processes by the same numbers: on Linux they share
// a PID namespace and a time namespace and have /proc, on FreeBSD they are in one
// jail or outside all, and not in capability mode. Where the system does not tell,
// a process counts as alive, as long as kill(2) finds one of that number. exec(2) is
// not the end of a process: a lock that is held across it stays held.
//
// The word is changed in one step of 64 bits. Go has none that other processes share
// on mips and mipsle, nor on arm for a GOARM of 5 or 6 without LPAE: there every
// method, and [OpenRing] and [NewRing], return an error, and Unlock panics.
type RobustMutex struct{ m machine.Robust }

// Lock locks m, and waits until it can. It returns nil, or ErrOwnerDead with the
// lock, or ErrNotRecoverable, ErrCorrupt or a *rawsys.Error without it.
func (m *RobustMutex) Lock() error {
	me, err := self()
	if err != nil {
		return err
	}
	if atomic.CompareAndSwapUint64(&m.m.Word, 0, me) {
		acquire(m.m.Half())
		return nil
	}
	return m.lock(me, machine.Limit{})
}

func (m *RobustMutex) lock(me uint64, l machine.Limit) error {
	err := m.m.Lock(host, me, l)
	if err == nil || err == ErrOwnerDead {
		acquire(m.m.Half())
	}
	return err
}

// LockContext is Lock that waits until ctx is done.
func (m *RobustMutex) LockContext(ctx context.Context) error {
	me, err := self()
	if err != nil {
		return err
	}
	l, stop := within(ctx)
	defer stop()
	return m.lock(me, l)
}

// LockUntil is Lock that waits until t has come.
func (m *RobustMutex) LockUntil(t time.Time) error {
	me, err := self()
	if err != nil {
		return err
	}
	return m.lock(me, until(t))
}

// TryLock locks m if it is unlocked, or its holder is dead, and reports whether it
// did. With true the error is nil or ErrOwnerDead. To look whether a holder lives
// takes a system call.
func (m *RobustMutex) TryLock() (bool, error) {
	me, err := self()
	if err != nil {
		return false, err
	}
	ok, err := m.m.TryLock(host, me)
	if ok {
		acquire(m.m.Half())
	}
	return ok, err
}

// Unlock unlocks m and wakes one of those who wait for it. It panics if this process
// does not hold m.
func (m *RobustMutex) Unlock() {
	me, err := self()
	check(err)
	release(m.m.Half())
	if !atomic.CompareAndSwapUint64(&m.m.Word, me, 0) {
		check(m.m.Unlock(host, me))
	}
}

// Consistent says, after ErrOwnerDead and before Unlock, that what m protects is in
// order. The error is ErrNotOwner, or says that there was nothing to repair.
func (m *RobustMutex) Consistent() error {
	me, err := self()
	if err != nil {
		return err
	}
	return m.m.Consistent(host, me)
}

// WaitRobust is [Cond.WaitContext] with a RobustMutex. The error is ctx's, or else
// that of locking m again: ErrOwnerDead comes with the lock, ErrNotRecoverable
// without. held says whether the caller holds m.
func (c *Cond) WaitRobust(ctx context.Context, m *RobustMutex) (held bool, err error) {
	l, stop := within(ctx)
	defer stop()
	seq := c.c.Prepare(host)
	m.Unlock()
	err = c.c.Wait(host, seq, l)
	acquire(&c.c.Seq)
	if lock := m.Lock(); lock != nil {
		return lock == ErrOwnerDead, lock
	}
	return true, err
}
