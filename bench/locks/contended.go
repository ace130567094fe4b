//go:build freebsd || linux

package main

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rawsys-go/rawsys/shmsync"
)

// load is what a worker does with the lock and without it, besides counting: so
// many multiplications that wait for each other, of about 1 ns each.
type load struct{ inside, outside int }

// loads are none, for which the lock is all, and that of a small critical section.
var loads = []load{{0, 0}, {50, 200}}

func (l load) String() string {
	if l == (load{}) {
		return "nothing but counting"
	}
	return fmt.Sprintf("%d ns inside, %d outside", l.inside, l.outside)
}

func contended(c string) (list []kase) {
	for _, n := range []int{2, 16} {
		for _, l := range loads {
			list = append(list, kase{name: fmt.Sprintf("%d goroutines: %v", n, l), contenders: slices.Concat(
				ours(func(d time.Duration, robust bool) (sample, error) {
					a := new(arena)
					return goroutines(n, d, a, a.locker(robust), l), nil
				}),
				[]contender{{name: "sync.Mutex", run: func(d time.Duration) (sample, error) {
					a := new(arena)
					return goroutines(n, d, a, &a.plain, l), nil
				}}},
				theirs(c, "threads", n, l))})
		}
	}
	for _, n := range []int{2, 8} {
		for _, l := range loads {
			list = append(list, kase{name: fmt.Sprintf("%d processes: %v", n, l), contenders: slices.Concat(
				ours(func(d time.Duration, robust bool) (sample, error) { return processes(n, d, robust, l) }),
				theirs(c, "processes", n, l))})
		}
	}
	return list
}

// ours are the two mutexes of shmsync.
func ours(run func(d time.Duration, robust bool) (sample, error)) []contender {
	const target = 1 / 0.9
	return []contender{
		{"Mutex", []string{"C pthread", "sync.Mutex"}, target, func(d time.Duration) (sample, error) { return run(d, false) }},
		{"RobustMutex", []string{"C robust"}, target, func(d time.Duration) (sample, error) { return run(d, true) }},
	}
}

// The phases of work. What it does in the first does not count: processes that have
// just been started run on whatever CPU they were started on, and find no page.
const (
	warming = iota
	measuring
	stopped

	warm = 20 * time.Millisecond
)

// work locks, counts and unlocks until it is told to stop, and returns how often it
// did while that was measured.
func work(m sync.Locker, l load, count *uint64, phase *atomic.Uint32) (n uint64) {
	x := uint64(1)
	for {
		p := phase.Load()
		if p == stopped {
			break
		}
		m.Lock()
		*count++
		x = multiply(x, l.inside)
		m.Unlock()
		x = multiply(x, l.outside)
		n += uint64(p) // 0 or 1
	}
	sink.Store(x)
	return n
}

var sink atomic.Uint64 // or the compiler may leave the multiplications out

func multiply(x uint64, n int) uint64 {
	for range n {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return x
}

// goroutines has n of them work for a time.
func goroutines(n int, d time.Duration, a *arena, m sync.Locker, l load) sample {
	var all sync.WaitGroup
	done := make([]uint64, n)
	before := mallocs()
	for i := range n {
		all.Go(func() { done[i] = work(m, l, &a.count, &a.phase) })
	}
	took := a.measure(d)
	all.Wait()
	s := shared(done, took)
	s.allocs = max(0, float64(mallocs()-before)-float64(4*n+8)) / s.ops(took) // without those of starting
	return s
}

// measure has the workers warm up and measures them for a time.
func (a *arena) measure(d time.Duration) (took time.Duration) {
	time.Sleep(warm)
	a.phase.Store(measuring)
	start := time.Now()
	time.Sleep(d)
	a.phase.Store(stopped)
	return time.Since(start)
}

// shared is the sample of workers that did so much each.
func shared(done []uint64, took time.Duration) sample {
	sum := uint64(0)
	for _, n := range done {
		sum += n
	}
	return sample{
		ns:     float64(took) / float64(sum),
		allocs: -1,
		share:  float64(slices.Min(done)) * float64(len(done)) / float64(sum),
	}
}

func (s sample) ops(took time.Duration) float64 { return float64(took) / s.ns }

// arena is the memory that the workers have in common. The count is where C's is,
// behind a mutex of 40 bytes.
type arena struct {
	mutex  shmsync.Mutex
	_      uint32
	robust shmsync.RobustMutex
	plain  sync.Mutex
	_      [16]byte
	count  uint64
	_      [80]byte
	ready  atomic.Uint32
	start  atomic.Uint32
	phase  atomic.Uint32
	_      uint32
	done   [64]uint64
}

func (a *arena) locker(robust bool) sync.Locker {
	if robust {
		return mustLock{&a.robust}
	}
	return &a.mutex
}

// mustLock is a RobustMutex whose users do not die.
type mustLock struct{ m *shmsync.RobustMutex }

func (l mustLock) Lock() {
	if err := l.m.Lock(); err != nil {
		panic(err)
	}
}
func (l mustLock) Unlock() { l.m.Unlock() }
