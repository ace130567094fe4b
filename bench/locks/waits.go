//go:build freebsd || linux

package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/rawsys-go/rawsys/shmsync"
)

// crowd is a lock that some want while others keep it busy. What is told of is how
// long the some wait.
type crowd struct {
	name  string
	locks func() []contest
}

// contest is one kind of lock in a crowd.
type contest struct {
	name         string
	some, others sync.Locker
}

// both is a contest of equals.
func both(name string, l sync.Locker) contest { return contest{name, l, l} }

var crowds = []crowd{
	{"1 writer among 15 readers", func() []contest {
		ours, theirs := new(shmsync.RWMutex), new(sync.RWMutex)
		return []contest{{"RWMutex", ours, ours.RLocker()}, {"sync.RWMutex", theirs, theirs.RLocker()}}
	}},
	{"1 reader among 15 writers", func() []contest {
		ours, theirs := new(shmsync.RWMutex), new(sync.RWMutex)
		return []contest{{"RWMutex", ours.RLocker(), ours}, {"sync.RWMutex", theirs.RLocker(), theirs}}
	}},
	{"1 of 16 that lock", func() []contest {
		return []contest{both("Mutex", new(shmsync.Mutex)), both("RobustMutex", mustLock{new(shmsync.RobustMutex)}), both("sync.Mutex", new(sync.Mutex))}
	}},
	{"4 permits, all for 1 among 15 that want 1", func() []contest {
		s := new(shmsync.Semaphore)
		s.Init(4, 4)
		x := semaphore.NewWeighted(4)
		return []contest{{"Semaphore", many{s}, permit{s}}, {"x/sync/semaphore", manyWeighted{x}, weighted{x}}}
	}},
}

type many struct{ s *shmsync.Semaphore }

func (m many) Lock()   { m.s.Acquire(4) }
func (m many) Unlock() { m.s.Release(4) }

type manyWeighted struct{ s *semaphore.Weighted }

func (m manyWeighted) Lock() {
	if err := m.s.Acquire(context.Background(), 4); err != nil {
		panic(err)
	}
}
func (m manyWeighted) Unlock() { m.s.Release(4) }

// printWaits tells how long one waits in each crowd, over all rounds.
func printWaits() {
	fmt.Printf("%d rounds of %v; each holds the lock for 50 ns or so, and is without for 200\n", *rounds, *length)
	for _, c := range crowds {
		fmt.Printf("\n%s\n%-17s %9s %11s %11s %11s %11s\n", c.name, "", "turns", "median", "99%", "longest", "others' turns")
		locks := c.locks()
		waits := make([][]time.Duration, len(locks))
		others := make([]uint64, len(locks))
		for range *rounds {
			for i, l := range locks {
				w, n := l.run(*length)
				waits[i], others[i] = append(waits[i], w...), others[i]+n
			}
		}
		for i, w := range waits {
			slices.Sort(w)
			if len(w) == 0 {
				fmt.Printf("%-17s %9d %47s %11d\n", locks[i].name, 0, "", others[i])
				continue
			}
			at := func(share float64) time.Duration { return w[int(share*float64(len(w)-1))] }
			fmt.Printf("%-17s %9d %11v %11v %11v %11d\n", locks[i].name, len(w), at(0.5), at(0.99), w[len(w)-1], others[i])
		}
	}
}

// run returns all waits of the one, the last of which may have gone on after the
// end, and how many turns the other 15 had.
func (c contest) run(d time.Duration) (waits []time.Duration, others uint64) {
	l := load{50, 200}
	var phase atomic.Uint32
	phase.Store(measuring)
	var turns atomic.Uint64
	var all sync.WaitGroup
	for range 15 {
		all.Go(func() {
			var count uint64
			turns.Add(work(c.others, l, &count, &phase))
		})
	}
	all.Go(func() {
		for phase.Load() != stopped {
			start := time.Now()
			c.some.Lock()
			waits = append(waits, time.Since(start))
			sink.Store(multiply(1, l.inside))
			c.some.Unlock()
			sink.Store(multiply(1, l.outside))
		}
	})
	time.Sleep(d)
	phase.Store(stopped)
	all.Wait()
	return waits, turns.Load()
}
