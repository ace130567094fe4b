//go:build freebsd || linux

package main

//lint:file-ignore SA2001 What an empty critical section costs is what is measured here.

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/rawsys-go/rawsys/shmsync"
)

// pair compares an operation of shmsync with that of a baseline.
func pair(name, ours string, run func(n int), base string, baseline func(n int), target float64) kase {
	return kase{name: name, contenders: []contender{
		{name: ours, against: []string{base}, target: target, run: loop(run)},
		{name: base, run: loop(baseline)},
	}}
}

// alone are the locks for which nobody waits. Loops are written out, so that each
// method is inlined as it would be in a program.
func alone() []kase {
	var m shmsync.Mutex
	var sm sync.Mutex
	var robust shmsync.RobustMutex
	var rw shmsync.RWMutex
	var srw sync.RWMutex
	mutex := pair("alone: lock and unlock",
		"Mutex", func(n int) {
			for range n {
				m.Lock()
				m.Unlock()
			}
		}, "sync.Mutex", func(n int) {
			for range n {
				sm.Lock()
				sm.Unlock()
			}
		}, 1.3)
	mutex.contenders = append(mutex.contenders, contender{name: "RobustMutex", against: []string{"sync.Mutex"}, run: loop(func(n int) {
		for range n {
			if robust.Lock() == nil {
				robust.Unlock()
			}
		}
	})})
	return []kase{
		mutex,
		pair("alone: read lock and unlock",
			"RWMutex", func(n int) {
				for range n {
					rw.RLock()
					rw.RUnlock()
				}
			}, "sync.RWMutex", func(n int) {
				for range n {
					srw.RLock()
					srw.RUnlock()
				}
			}, 0),
		pair("alone: write lock and unlock",
			"RWMutex", func(n int) {
				for range n {
					rw.Lock()
					rw.Unlock()
				}
			}, "sync.RWMutex", func(n int) {
				for range n {
					srw.Lock()
					srw.Unlock()
				}
			}, 0),
		once(), waitGroup(), readers(),
	}
}

func once() kase {
	var o shmsync.Once
	var so sync.Once
	return pair("alone: Do of what is done",
		"Once", func(n int) {
			for range n {
				o.Do(func() {})
			}
		}, "sync.Once", func(n int) {
			for range n {
				so.Do(func() {})
			}
		}, 0)
}

func waitGroup() kase {
	var g shmsync.WaitGroup
	var sg sync.WaitGroup
	return pair("alone: Add and Done",
		"WaitGroup", func(n int) {
			for range n {
				g.Add(1)
				g.Done()
			}
		}, "sync.WaitGroup", func(n int) {
			for range n {
				sg.Add(1)
				sg.Done()
			}
		}, 0)
}

// readers are two goroutines that read at the same time.
func readers() kase {
	var rw shmsync.RWMutex
	var srw sync.RWMutex
	two := func(run func(n int)) func(n int) {
		return func(n int) {
			var both sync.WaitGroup
			both.Go(func() { run(n / 2) })
			both.Go(func() { run(n / 2) })
			both.Wait()
		}
	}
	return pair("2 goroutines: read lock and unlock",
		"RWMutex", two(func(n int) {
			for range n {
				rw.RLock()
				rw.RUnlock()
			}
		}), "sync.RWMutex", two(func(n int) {
			for range n {
				srw.RLock()
				srw.RUnlock()
			}
		}), 0)
}

// semaphores are those of one process: alone, and when 16 goroutines want 4 permits.
func semaphores() []kase {
	var s shmsync.Semaphore
	s.Init(4, 4)
	x := semaphore.NewWeighted(4)
	ctx := context.Background()
	return []kase{
		pair("alone: acquire and release", "Semaphore", func(n int) {
			for range n {
				s.Acquire(1)
				s.Release(1)
			}
		}, "x/sync/semaphore", func(n int) {
			for range n {
				if x.Acquire(ctx, 1) == nil {
					x.Release(1)
				}
			}
		}, 0),
		{name: "16 goroutines: acquire and release, 4 permits", contenders: []contender{
			{name: "Semaphore", against: []string{"x/sync/semaphore"}, run: func(d time.Duration) (sample, error) {
				return goroutines(16, d, new(arena), permit{&s}, load{0, 100}), nil
			}},
			{name: "x/sync/semaphore", run: func(d time.Duration) (sample, error) {
				return goroutines(16, d, new(arena), weighted{x}, load{0, 100}), nil
			}},
		}},
	}
}

// permit and weighted are semaphores of which each user takes one permit.
type permit struct{ s *shmsync.Semaphore }

func (p permit) Lock()   { p.s.Acquire(1) }
func (p permit) Unlock() { p.s.Release(1) }

type weighted struct{ s *semaphore.Weighted }

func (w weighted) Lock() {
	if err := w.s.Acquire(context.Background(), 1); err != nil {
		panic(err)
	}
}
func (w weighted) Unlock() { w.s.Release(1) }
