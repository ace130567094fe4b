package machine

import (
	"fmt"
	"testing"
	"time"
)

// A turns is a lock of either kind, for the question how often one is passed.
type turns struct {
	name string
	make func() (words []*uint32, lock, unlock func(h Host, thread int) error)
}

var bothTurns = []turns{
	{"Mutex", func() (words []*uint32, lock, unlock func(Host, int) error) {
		m := new(Mutex)
		return []*uint32{&m.Word},
			func(h Host, _ int) error { return m.Lock(h, Limit{}) },
			func(h Host, _ int) error { return m.Unlock(h) }
	}},
	{"Robust", func() (words []*uint32, lock, unlock func(Host, int) error) {
		m := new(Robust)
		return halves(&m.Word),
			func(h Host, i int) error { return m.Lock(h, Owner(i+1, 1), Limit{}) },
			func(h Host, i int) error { return m.Unlock(h, Owner(i+1, 1)) }
	}},
}

// passed has one that locks once and is soon overdue, and others that lock again and
// again. Once the one is overdue and sleeps, they may have it most times.
func (a turns) passed(others, rounds, most int, hosts func(Host) Host) program {
	return func(hostOf func(*thread) host) *scenario {
		words, lock, unlock := a.make()
		due, times := new(int), new(int)
		s := &scenario{words: words, facts: []*int{due, times}}
		alive := func(uint64) bool { return true }
		s.threads = append(s.threads, &thread{patient: true, hasty: true, run: func(th *thread) {
			h := hostOf(th)
			h.alive = alive
			must(lock(hosts(&noting{Host: h, due: due}), 0))
			th.atomically(func() { *due = 0 })
			must(unlock(hosts(h), 0))
		}})
		for i := range others {
			s.threads = append(s.threads, &thread{kind: i + 1, patient: true, run: func(th *thread) {
				h := hostOf(th)
				h.alive = alive
				for r := range rounds {
					must(lock(hosts(h), i+1))
					th.round(100 + r)
					th.atomically(func() {
						if *times += *due; *times > most {
							panic(fmt.Sprintf("who is overdue is passed %d times", *times))
						}
					})
					must(unlock(hosts(h), i+1))
					th.round(r)
				}
			}})
		}
		return s
	}
}

// A noting Host notes that it sleeps once more.
type noting struct {
	Host
	sleeps int
	due    *int
}

func (n *noting) note() {
	if n.sleeps++; n.sleeps == 2 {
		*n.due = 1
	}
}

func (n *noting) Sleep(w *uint32, value uint32, l Limit) error {
	n.note()
	return n.Host.Sleep(w, value, l)
}

func (n *noting) Nap(w *uint32, value uint32, i int, l Limit) (bool, error) {
	n.note()
	return n.Host.Nap(w, value, i, l)
}

func same(h Host) Host { return h }

// With several others it depends on the kernel: the model wakes any sleeper, and
// kernels wake the first.
func TestFairModel(t *testing.T) {
	for _, a := range bothTurns {
		explore(t, a.name+", 1 other, 2 rounds", bounds{distinct: true, spins: 1}, a.passed(1, 2, 1, same))
		if !testing.Short() {
			explore(t, a.name+", 1 other, 5 rounds", bounds{distinct: true}, a.passed(1, 5, 1, same))
		}
	}
}

func TestFairMutants(t *testing.T) {
	for _, a := range bothTurns {
		for name, mutate := range map[string]func(Host) Host{
			"nobody is overdue":                func(h Host) Host { return timeless{h} },
			"frees what is due":                func(h Host) Host { return liberal{h} },
			"takes at once what is not for it": func(h Host) Host { return sleepless{h} },
		} {
			caught(t, a.name+" "+name, bounds{distinct: true}, a.passed(1, 3, 1, mutate))
		}
	}
}

// For a timeless Host no time passes.
type timeless struct{ Host }

func (timeless) Now() time.Duration { return 0 }

// A liberal Host frees a lock where it should be reserved.
type liberal struct{ Host }

func (l liberal) CompareAndSwap(w *uint32, old, next uint32) bool {
	if next == Reserved {
		next = Free
	}
	return l.Host.CompareAndSwap(w, old, next)
}

func (l liberal) CompareAndSwap64(w *uint64, old, next uint64) bool {
	if next == RobustDue {
		next = 0
	}
	return l.Host.CompareAndSwap64(w, old, next)
}

// A sleepless Host does not wait for those for whom a lock is reserved.
type sleepless struct{ Host }

func (s sleepless) Nap(w *uint32, value uint32, i int, l Limit) (bool, error) {
	if value == Reserved || value == RobustDue {
		return false, nil
	}
	return s.Host.Nap(w, value, i, l)
}
