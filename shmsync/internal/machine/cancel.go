package machine

import (
	"context"
	"sync/atomic"
	"time"
)

// Cancel ends a wait when a context is done. A kernel's sleep cannot be
// interrupted from outside but by a wake of its word. So the context's end wakes
// the word, for as long as the waiter sleeps: the first wake may come too early.
type Cancel struct {
	ctx  context.Context
	stop func() bool
	word atomic.Pointer[uint32] // what the waiter is about to sleep on
}

// NewCancel returns a Cancel for one waiter, who calls Stop in the end.
func NewCancel(ctx context.Context) *Cancel { return &Cancel{ctx: ctx} }

// Err returns why the wait is over, or nil.
func (c *Cancel) Err() error { return c.ctx.Err() }

// Sleeping announces a sleep on word. If Err is nil afterwards, the sleep will
// be ended.
func (c *Cancel) Sleeping(h Host, word *uint32) {
	c.word.Store(word)
	if c.stop == nil {
		c.stop = context.AfterFunc(c.ctx, func() { c.wake(h) })
	}
}

// Awake takes the announcement back.
func (c *Cancel) Awake() { c.word.Store(nil) }

// Stop ends the watch on the context.
func (c *Cancel) Stop() {
	if c.stop != nil {
		c.stop()
	}
}

func (c *Cancel) wake(h Host) {
	for pause := 20 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		word := c.word.Load()
		if word == nil {
			return
		}
		h.WakeAll(word)
		time.Sleep(pause)
	}
}
