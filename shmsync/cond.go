//go:build freebsd || linux

package shmsync

import (
	"context"
	"sync"
	"time"

	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// Cond is a condition variable of 8 bytes, without its lock: each Wait names the
// [Mutex], [RWMutex] or other lock that protects the condition. All waiters of a
// Cond name the same. The zero Cond is ready. It must not be copied after first use.
//
// A wait can end for no reason. So who waits looks at the condition again:
//
//	m.Lock()
//	for !condition() {
//		c.Wait(&m)
//	}
//
// A waiter that is killed is counted for ever, which costs every Signal a system
// call.
type Cond struct{ c machine.Cond }

// Wait unlocks l, waits for a Signal or Broadcast, and locks l again.
func (c *Cond) Wait(l sync.Locker) { check(c.wait(l, machine.Limit{})) }

// WaitContext is Wait that ends when ctx is done too, with its error. l is locked
// again in either case, and waited for if need be.
func (c *Cond) WaitContext(ctx context.Context, l sync.Locker) error {
	limit, stop := within(ctx)
	defer stop()
	return c.wait(l, limit)
}

// WaitUntil is Wait that ends when t has come too, with os.ErrDeadlineExceeded. l is
// locked again in either case, and waited for if need be.
func (c *Cond) WaitUntil(t time.Time, l sync.Locker) error { return c.wait(l, until(t)) }

func (c *Cond) wait(l sync.Locker, limit machine.Limit) error {
	seq := c.c.Prepare(host)
	l.Unlock()
	err := c.c.Wait(host, seq, limit)
	acquire(&c.c.Seq)
	l.Lock()
	return err
}

// Signal wakes one waiter, if there is one. The caller may hold the lock, and need
// not.
func (c *Cond) Signal() {
	release(&c.c.Seq)
	c.c.Signal(host)
}

// Broadcast wakes all waiters. They all wake at once, and then get the lock one
// after the other.
func (c *Cond) Broadcast() {
	release(&c.c.Seq)
	c.c.Broadcast(host)
}
