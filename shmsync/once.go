//go:build freebsd || linux

package shmsync

import (
	"context"
	"sync/atomic"

	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// Once lets one caller of all processes run a function, in 4 bytes. The zero Once
// has run none. It must not be copied after first use.
type Once struct{ o machine.Once }

// Do calls f if no Do of o has done so, and returns when that call has returned,
// whoever made it. If f panics, o is done. If the process dies in f, the others
// wait for ever; see [Once.DoContext].
func (o *Once) Do(f func()) {
	if atomic.LoadUint32(&o.o.State) == machine.OnceDone {
		acquire(&o.o.State)
		return
	}
	o.doSlow(f)
}

//go:noinline // so that its caller is inlined
func (o *Once) doSlow(f func()) { check(o.do(f, machine.Limit{})) }

// DoContext is Do that waits for another's call until ctx is done.
func (o *Once) DoContext(ctx context.Context, f func()) error {
	l, stop := within(ctx)
	defer stop()
	return o.do(f, l)
}

func (o *Once) do(f func(), l machine.Limit) error {
	run, err := o.o.Begin(host, l)
	if err != nil {
		return err
	}
	if run {
		defer func() {
			release(&o.o.State)
			check(o.o.End(host))
		}()
		f()
		return nil
	}
	acquire(&o.o.State)
	return nil
}

// Done reports whether the call has returned.
func (o *Once) Done() bool {
	done := atomic.LoadUint32(&o.o.State) == machine.OnceDone
	if done {
		acquire(&o.o.State)
	}
	return done
}
