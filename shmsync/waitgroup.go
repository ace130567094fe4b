//go:build freebsd || linux

package shmsync

import (
	"context"
	"fmt"
	"time"

	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// WaitGroup counts what is not done yet, in 4 bytes. The zero WaitGroup counts 0.
// It must not be copied after first use. As with sync.WaitGroup, it is used again
// only after all waits have returned.
type WaitGroup struct{ g machine.WaitGroup }

// Add adds delta, which may be negative, to the counter. It panics if the counter
// becomes negative or exceeds 2147483647. Who waits goes on when it becomes 0.
func (g *WaitGroup) Add(delta int) {
	release(&g.g.Count)
	check(g.g.Add(host, delta))
}

// Done takes 1 from the counter.
func (g *WaitGroup) Done() { g.Add(-1) }

// Wait waits until the counter is 0.
func (g *WaitGroup) Wait() { check(g.wait(machine.Limit{})) }

// WaitContext waits until the counter is 0 or ctx is done.
func (g *WaitGroup) WaitContext(ctx context.Context) error {
	l, stop := within(ctx)
	defer stop()
	return g.wait(l)
}

// WaitUntil waits until the counter is 0 or t has come.
func (g *WaitGroup) WaitUntil(t time.Time) error { return g.wait(until(t)) }

func (g *WaitGroup) wait(l machine.Limit) error {
	err := g.g.Wait(host, l)
	if err == nil {
		acquire(&g.g.Count)
	}
	return err
}

// Barrier lets its parties go on when all of them have arrived, in 4 bytes, round
// after round. The zero Barrier is ready. It must not be copied after first use.
type Barrier struct{ b machine.Barrier }

// Wait waits until so many parties, from 1 to 65535, have arrived, of whom the
// caller is one. All name the same number. It reports true to one of them, the
// last. It panics with ErrParties if more have arrived already.
func (b *Barrier) Wait(parties int) (last bool) {
	last, err := b.wait(parties, machine.Limit{})
	check(err)
	return last
}

// WaitContext is Wait that ends when ctx is done too. With an error the caller has
// not arrived.
func (b *Barrier) WaitContext(ctx context.Context, parties int) (last bool, err error) {
	l, stop := within(ctx)
	defer stop()
	return b.wait(parties, l)
}

// WaitUntil is Wait that ends when t has come too. With an error the caller has not
// arrived.
func (b *Barrier) WaitUntil(t time.Time, parties int) (last bool, err error) {
	return b.wait(parties, until(t))
}

func (b *Barrier) wait(parties int, l machine.Limit) (bool, error) {
	if parties < 1 || parties > machine.MaxParties {
		panic(fmt.Sprintf("shmsync: a Barrier of %d parties", parties))
	}
	release(&b.b.State)
	last, err := b.b.Wait(host, uint32(parties), l)
	if err == nil {
		acquire(&b.b.State)
	}
	return last, err
}
