//go:build freebsd || linux

package shmsync_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/shmsync"
)

// The layout that the package documents for other languages.
var (
	_ [4]byte  = [unsafe.Sizeof(shmsync.Mutex{})]byte{}
	_ [16]byte = [unsafe.Sizeof(shmsync.RWMutex{})]byte{}
	_ [8]byte  = [unsafe.Sizeof(shmsync.Cond{})]byte{}
	_ [12]byte = [unsafe.Sizeof(shmsync.Semaphore{})]byte{}
	_ [4]byte  = [unsafe.Sizeof(shmsync.Once{})]byte{}
	_ [4]byte  = [unsafe.Sizeof(shmsync.WaitGroup{})]byte{}
	_ [4]byte  = [unsafe.Sizeof(shmsync.Barrier{})]byte{}
	_ [8]byte  = [unsafe.Sizeof(shmsync.RobustMutex{})]byte{}
	_ [8]byte  = [unsafe.Alignof(shmsync.RobustMutex{})]byte{} // on 386 and arm too
)

const users, rounds = 8, 2000

// hammer has goroutines that count under a lock. A lost wake hangs the test, two
// holders lose a count, and race.
func hammer(t *testing.T, lock func(u int) bool, unlock func(u int)) {
	t.Helper()
	count := 0
	var late atomic.Int64
	var all sync.WaitGroup
	for u := range users {
		all.Go(func() {
			for r := range rounds {
				if !lock(u) {
					late.Add(1)
					continue
				}
				count++
				if r%64 == 0 {
					time.Sleep(50 * time.Microsecond) // longer than impatient waits
				}
				unlock(u)
			}
		})
	}
	all.Wait()
	if count+int(late.Load()) != users*rounds {
		t.Errorf("%d rounds done, %d given up, of %d", count, late.Load(), users*rounds)
	}
	t.Logf("%d rounds, of which %d gave up", users*rounds, late.Load())
}

// reason fails the test if err is not nil or one of those that end a wait.
func reason(t *testing.T, err error) bool {
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	return err == nil
}

// locker is what Mutex and the writers' side of RWMutex have.
type locker interface {
	sync.Locker
	TryLock() bool
	LockContext(context.Context) error
	LockUntil(time.Time) error
}

func TestLocks(t *testing.T) {
	for name, m := range map[string]locker{"Mutex": new(shmsync.Mutex), "RWMutex": new(shmsync.RWMutex)} {
		t.Run(name, func(t *testing.T) {
			hammer(t, func(u int) bool {
				switch u % 4 {
				case 1:
					return reason(t, m.LockUntil(time.Now().Add(20*time.Microsecond)))
				case 2:
					ctx, cancel := context.WithTimeout(t.Context(), 30*time.Microsecond)
					defer cancel()
					return reason(t, m.LockContext(ctx))
				}
				m.Lock()
				return true
			}, func(int) { m.Unlock() })
			if !m.TryLock() || m.TryLock() {
				t.Error("not unlocked in the end, or locked twice")
			}
		})
	}
}

func TestRWMutexReaders(t *testing.T) {
	var rw shmsync.RWMutex
	var a, b int // equal, but while a writer is at work
	var all sync.WaitGroup
	for u := range users {
		all.Go(func() {
			for r := range rounds {
				if u == 0 || u == 1 && r%8 == 0 {
					rw.Lock()
					a++
					b++
					rw.Unlock()
					continue
				}
				if u == 2 {
					if !reason(t, rw.RLockUntil(time.Now().Add(10*time.Microsecond))) {
						continue
					}
				} else {
					rw.RLock()
				}
				if a != b {
					t.Error("a reader sees a writer at work")
				}
				rw.RUnlock()
			}
		})
	}
	all.Wait()
	if a != rounds+rounds/8 || !rw.TryLock() {
		t.Errorf("%d writes, want %d", a, rounds+rounds/8)
	}
}

func TestWaitEnds(t *testing.T) {
	var m shmsync.Mutex
	var rw shmsync.RWMutex
	var s shmsync.Semaphore
	var g shmsync.WaitGroup
	var b shmsync.Barrier
	var c shmsync.Cond
	var o shmsync.Once
	var r shmsync.RobustMutex
	m.Lock()
	rw.Lock()
	g.Add(1)
	if err := r.Lock(); err != nil {
		t.Fatal(err)
	}
	running, finish := make(chan bool), make(chan bool)
	go o.Do(func() { close(running); <-finish })
	<-running
	defer close(finish)
	far := 20 * time.Millisecond
	for name, waits := range map[string][2]func(context.Context, time.Time) error{
		"Mutex":       {func(c context.Context, _ time.Time) error { return m.LockContext(c) }, func(_ context.Context, t time.Time) error { return m.LockUntil(t) }},
		"RLock":       {func(c context.Context, _ time.Time) error { return rw.RLockContext(c) }, func(_ context.Context, t time.Time) error { return rw.RLockUntil(t) }},
		"RWMutex":     {func(c context.Context, _ time.Time) error { return rw.LockContext(c) }, func(_ context.Context, t time.Time) error { return rw.LockUntil(t) }},
		"Semaphore":   {func(c context.Context, _ time.Time) error { return s.AcquireContext(c, 1) }, func(_ context.Context, t time.Time) error { return s.AcquireUntil(t, 1) }},
		"WaitGroup":   {func(c context.Context, _ time.Time) error { return g.WaitContext(c) }, func(_ context.Context, t time.Time) error { return g.WaitUntil(t) }},
		"RobustMutex": {func(c context.Context, _ time.Time) error { return r.LockContext(c) }, func(_ context.Context, t time.Time) error { return r.LockUntil(t) }},
		"Barrier": {func(c context.Context, _ time.Time) error { _, err := b.WaitContext(c, 2); return err },
			func(_ context.Context, t time.Time) error { _, err := b.WaitUntil(t, 2); return err }},
		"Cond": {func(ctx context.Context, _ time.Time) error { return c.WaitContext(ctx, &m) },
			func(_ context.Context, t time.Time) error { return c.WaitUntil(t, &m) }},
		"Once": {func(c context.Context, _ time.Time) error { return o.DoContext(c, func() {}) }},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(far, cancel)
		if err := waits[0](ctx, time.Time{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a canceled context: %v", name, err)
		}
		if waits[1] == nil {
			continue
		}
		begin := time.Now()
		if err := waits[1](nil, begin.Add(far)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) < far {
			t.Errorf("%s: %v after %v, limit %v", name, err, time.Since(begin), far)
		}
	}
	m.Unlock()
	if err := m.LockUntil(time.Time{}); err != nil {
		t.Errorf("a free lock, though the time has passed: %v", err)
	}
}

func TestSemaphore(t *testing.T) {
	var s shmsync.Semaphore
	s.Init(3, 3)
	var inside atomic.Int64
	var all sync.WaitGroup
	for u := range users {
		all.Go(func() {
			n := 1 + u%3
			for range rounds {
				if u == 1 {
					if !reason(t, s.AcquireUntil(time.Now().Add(20*time.Microsecond), n)) {
						continue
					}
				} else {
					s.Acquire(n)
				}
				if now := inside.Add(int64(n)); now > 3 {
					t.Errorf("%d permits are out", now)
				}
				inside.Add(int64(-n))
				s.Release(n)
			}
		})
	}
	all.Wait()
	if s.Available() != 3 || s.TryAcquire(4) || !s.TryAcquire(3) || s.TryAcquire(1) {
		t.Errorf("%d permits in the end", s.Available())
	}
}

func TestCond(t *testing.T) {
	var m shmsync.Mutex
	var c, room shmsync.Cond
	const limit = 3
	queue, got := 0, 0
	var all sync.WaitGroup
	for range users {
		all.Go(func() {
			for range rounds {
				m.Lock()
				for queue == 0 {
					c.Wait(&m)
				}
				queue--
				got++
				m.Unlock()
				room.Signal()
			}
		})
		all.Go(func() {
			for range rounds {
				m.Lock()
				for queue == limit {
					room.Wait(&m)
				}
				queue++
				c.Signal()
				m.Unlock()
			}
		})
	}
	all.Wait()
	if got != users*rounds || queue != 0 {
		t.Errorf("%d of %d items, %d left", got, users*rounds, queue)
	}
}

func TestBroadcastOnceWaitGroupBarrier(t *testing.T) {
	var m shmsync.Mutex
	var c shmsync.Cond
	var o shmsync.Once
	var g shmsync.WaitGroup
	var b shmsync.Barrier
	var all sync.WaitGroup
	open, calls, lasts := false, 0, atomic.Int64{}
	values := make([]int, users)
	g.Add(users)
	for u := range users {
		all.Go(func() {
			m.Lock()
			for !open {
				c.Wait(&m)
			}
			m.Unlock()
			o.Do(func() { calls++ })
			if calls != 1 || !o.Done() {
				t.Errorf("%d calls", calls)
			}
			for r := range 200 {
				values[u] = r
				if b.Wait(users) {
					lasts.Add(1)
				}
				for _, v := range values {
					if v != r {
						t.Errorf("values %v in round %d", values, r)
						break
					}
				}
				b.Wait(users)
			}
			g.Done()
		})
	}
	time.Sleep(time.Millisecond)
	m.Lock()
	open = true
	m.Unlock()
	c.Broadcast()
	g.Wait()
	if values[0] != 199 || lasts.Load() != 200 {
		t.Errorf("%v, %d were last", values, lasts.Load())
	}
	all.Wait()
}

func TestMisuse(t *testing.T) {
	var m shmsync.Mutex
	var rw shmsync.RWMutex
	var s, bounded shmsync.Semaphore
	var g shmsync.WaitGroup
	var r shmsync.RobustMutex
	bounded.Init(0, 2)
	for name, f := range map[string]func(){
		"Unlock":         m.Unlock,
		"RWUnlock":       rw.Unlock,
		"RUnlock":        rw.RUnlock,
		"Release":        func() { bounded.Release(3) },
		"Acquire":        func() { bounded.Acquire(3) },
		"negative":       func() { s.Acquire(-1) },
		"Init":           func() { s.Init(2, 1) },
		"Done":           g.Done,
		"Barrier of 0":   func() { new(shmsync.Barrier).Wait(0) },
		"robust Unlock":  r.Unlock,
		"Unlock writing": func() { rw.RLock(); defer rw.RUnlock(); rw.Unlock() },
	} {
		func() {
			defer func() {
				if r := recover(); r == nil {
					t.Errorf("%s: no panic", name)
				} else {
					t.Logf("%s: %v", name, r)
				}
			}()
			f()
		}()
	}
	if err := r.Consistent(); err == nil {
		t.Error("Consistent without a lock")
	}
}

// No value of a word makes a Try form hang or crash but by a panic with an error.
func FuzzWords(f *testing.F) {
	f.Add(uint32(0), uint32(1), uint64(2))
	f.Add(uint32(3), uint32(1<<29), uint64(1<<24))
	f.Add(^uint32(0), uint32(1<<31), ^uint64(0))
	f.Fuzz(func(t *testing.T, a, b uint32, c uint64) {
		words := [4]uint32{a, b, a, b}
		w, soon := unsafe.Pointer(&words), time.Now().Add(-1)
		robust := new(shmsync.RobustMutex)
		*(*uint64)(unsafe.Pointer(robust)) = c
		for _, try := range []func(){
			func() { (*shmsync.Mutex)(w).TryLock() },
			func() { _ = (*shmsync.Mutex)(w).LockUntil(soon) },
			func() { (*shmsync.Mutex)(w).Unlock() },
			func() { (*shmsync.RWMutex)(w).TryRLock() },
			func() { (*shmsync.RWMutex)(w).TryLock() },
			func() { _ = (*shmsync.RWMutex)(w).RLockUntil(soon) },
			func() { _ = (*shmsync.RWMutex)(w).LockUntil(soon) },
			func() { (*shmsync.RWMutex)(w).RUnlock() },
			func() { (*shmsync.RWMutex)(w).Unlock() },
			func() { (*shmsync.Semaphore)(w).TryAcquire(1) },
			func() { _ = (*shmsync.Semaphore)(w).AcquireUntil(soon, 1) },
			func() { (*shmsync.Semaphore)(w).Release(1) },
			func() { _ = (*shmsync.WaitGroup)(w).WaitUntil(soon) },
			func() { (*shmsync.WaitGroup)(w).Done() },
			func() { _, _ = (*shmsync.Barrier)(w).WaitUntil(soon, 3) },
			func() { (*shmsync.Cond)(w).Signal() },
			func() { (*shmsync.Once)(w).Done() },
			func() { _, _ = robust.TryLock() },
			func() { _ = robust.LockUntil(soon) },
			func() { robust.Unlock() },
		} {
			words = [4]uint32{a, b, a, b}
			func() {
				defer func() {
					if r := recover(); r != nil {
						if _, ok := r.(error); !ok {
							t.Errorf("%v", r)
						}
					}
				}()
				try()
			}()
		}
	})
}

func TestNoAllocation(t *testing.T) {
	var m shmsync.Mutex
	var rw shmsync.RWMutex
	var r shmsync.RobustMutex
	var s shmsync.Semaphore
	s.Init(1, 1)
	if n := testing.AllocsPerRun(100, func() {
		m.Lock()
		_ = m.LockUntil(time.Now().Add(time.Microsecond))
		m.Unlock()
		rw.RLock()
		rw.RUnlock() //lint:ignore SA2001 what is counted is the lock's own
		rw.Lock()
		rw.Unlock() //lint:ignore SA2001 likewise
		s.Acquire(1)
		s.Release(1)
		_ = r.Lock()
		r.Unlock()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
