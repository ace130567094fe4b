//go:build freebsd || linux

package shmsync

import (
	"context"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// host is the kernel that the machines run on.
var host machine.Host = system{}

type system struct{}

func (system) Load(w *uint32) uint32              { return atomic.LoadUint32(w) }
func (system) Add(w *uint32, delta uint32) uint32 { return atomic.AddUint32(w, delta) }
func (system) CompareAndSwap(w *uint32, old, new uint32) bool {
	return atomic.CompareAndSwapUint32(w, old, new)
}
func (system) Load64(w *uint64) uint64 { return atomic.LoadUint64(w) }
func (system) CompareAndSwap64(w *uint64, old, new uint64) bool {
	return atomic.CompareAndSwapUint64(w, old, new)
}

func (system) Sleep(w *uint32, value uint32, l machine.Limit) error {
	_, err := sleep(w, value, l, longest)
	return err
}

func (system) Nap(w *uint32, value uint32, i int, l machine.Limit) (over bool, err error) {
	return sleep(w, value, l, machine.NapFor(i))
}

func (system) Wake(w *uint32)      { wake(w, 1) }
func (system) WakeAll(w *uint32)   { wake(w, 1<<31-1) }
func (system) Now() time.Duration  { return time.Since(origin) }
func (system) Alive(o uint64) bool { return alive(o) }

// A waiter looks a few times, each time after a pause of twice the length: 0.1 µs
// first, 4 µs in all, about what a sleep and its wake cost. A look takes the word's
// cache line from the holder, so many looks in short succession slow down the one
// who is waited for. Then the waiter lets other goroutines run, one of which may hold
// the lock, and then sleeps.
const (
	looks  = 5
	yields = 4
	first  = 100 // steps of the first pause
)

var (
	origin = time.Now() // what Limit.At counts from
	alone  = runtime.NumCPU() == 1
)

func (system) Spin(i int) bool {
	switch {
	case i >= looks+yields:
		return false
	case i >= looks || alone:
		runtime.Gosched()
	default:
		pause(first << i)
	}
	return true
}

// pause takes about 1 ns a step. There is no portable pause instruction; steps that wait
// for each other leave most of a processor that two threads share to the other.
func pause(steps int) {
	x := uint32(1)
	for range steps {
		x = x*1664525 + 1013904223
	}
	if x == 0 { // it never is, which the compiler does not know: it keeps the steps
		runtime.Gosched()
	}
}

// longest fits the kernel's time on every port.
const longest = time.Hour

// sleep sleeps on w for no longer than most, and reports whether that is over.
func sleep(w *uint32, value uint32, l machine.Limit, most time.Duration) (over bool, err error) {
	if l.At != 0 {
		left := l.At - time.Since(origin)
		if left <= 0 {
			return false, os.ErrDeadlineExceeded
		}
		most = min(most, left)
	}
	if c := l.Cancel; c != nil {
		c.Sleeping(host, w)
		defer c.Awake()
		if err := c.Err(); err != nil {
			return false, err
		}
	}
	switch errno := wait(w, value, most); {
	case errno == 0 || errno == syscall.EAGAIN || errno == syscall.EINTR:
	case errno == syscall.ETIMEDOUT: // whose time has passed is for the next call to see
		over = true
	default:
		return false, &rawsys.Error{Op: waitCall, Errno: errno}
	}
	if l.Cancel != nil {
		err = l.Cancel.Err()
	}
	return over, err
}

// until is the Limit of a point in time.
func until(t time.Time) machine.Limit {
	at := time.Until(t) + time.Since(origin)
	if at <= 0 {
		at = 1
	}
	return machine.Limit{At: at}
}

// within is the Limit of a context. Who waits calls the function in the end.
func within(ctx context.Context) (machine.Limit, func()) {
	c := machine.NewCancel(ctx)
	return machine.Limit{Cancel: c}, c.Stop
}

// check panics with an error that the caller of a method without a result made.
func check(err error) {
	if err != nil {
		panic(err)
	}
}
