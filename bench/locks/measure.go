//go:build freebsd || linux

package main

import (
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// kase is a situation in which contenders are compared.
type kase struct {
	name       string
	contenders []contender
	size       int // bytes of a message, or 0
}

// contender is one way to do what a case is about.
type contender struct {
	name    string
	against []string // its baselines, by name
	target  float64  // the most that it may take, in times of the first baseline; 0 is none
	run     func(time.Duration) (sample, error)
}

// sample is what one contender did in a round.
type sample struct {
	ns     float64 // a operation, by all workers together
	allocs float64 // an operation; -1 if it was not counted
	share  float64 // operations of the worker with the fewest, in even shares; -1 if there is one
}

// result has a sample of each contender and round.
type result struct {
	kase
	samples   [][]sample
	disturbed int // rounds in which other programs ran, again and again
}

func measure(k kase) (*result, error) {
	r := &result{kase: k, samples: make([][]sample, len(k.contenders))}
	for range *rounds {
		round := make([]sample, len(k.contenders))
		calm, err := undisturbed(func() (err error) {
			for i, c := range k.contenders {
				if round[i], err = c.run(*length); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if !calm {
			r.disturbed++
		}
		for i, s := range round {
			r.samples[i] = append(r.samples[i], s)
		}
	}
	return r, nil
}

// column is one figure of all rounds.
func column(s []sample, of func(sample) float64) []float64 {
	var list []float64
	for _, s := range s {
		list = append(list, of(s))
	}
	slices.Sort(list)
	return list
}

// ratios are the times of contender i by those of the baseline, of each round, sorted.
func (r *result) ratios(i int, baseline string) []float64 {
	b := slices.IndexFunc(r.contenders, func(c contender) bool { return c.name == baseline })
	if b < 0 {
		return nil
	}
	var list []float64
	for n, s := range r.samples[i] {
		list = append(list, s.ns/r.samples[b][n].ns)
	}
	slices.Sort(list)
	return list
}

// loop measures an operation that nobody waits for, in CPU time: what else runs on
// the machine does not count.
func loop(run func(n int)) func(time.Duration) (sample, error) {
	n := 1000
	return func(d time.Duration) (sample, error) {
		for n < 1<<30 && timed(run, n) < d/2 {
			n *= 2
		}
		before := mallocs()
		took := timed(run, n)
		return sample{ns: float64(took) / float64(n), allocs: float64(mallocs()-before) / float64(n), share: -1}, nil
	}
}

// timed is the CPU time of n operations.
func timed(run func(n int), n int) time.Duration {
	start := cpuTime(unix.RUSAGE_SELF)
	run(n)
	return cpuTime(unix.RUSAGE_SELF) - start
}

// cpuTime is that of this program, or of its children that have ended.
func cpuTime(whose int) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(whose, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}
