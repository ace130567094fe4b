package machine

import (
	"fmt"
	"testing"
)

type counter struct {
	acquire func(*Semaphore, Host, uint32, Limit) error
	release func(*Semaphore, Host, uint32) error
}

var soundSemaphore = counter{(*Semaphore).Acquire, (*Semaphore).Release}

// use has threads that take so many of the permits and give them back; who takes
// a negative number waits with a limit.
func (a counter) use(rounds, permits int, takes ...int) program {
	return func(hostOf func(*thread) host) *scenario {
		sem, taken := &Semaphore{Count: uint32(permits), Bound: uint32(permits)}, new(int)
		s := &scenario{words: []*uint32{&sem.Count, &sem.Head.Word}, facts: []*int{taken}}
		for _, n := range takes {
			patient := n > 0
			s.threads = append(s.threads, &thread{kind: n, patient: patient, run: func(th *thread) {
				h, n := hostOf(th), max(n, -n)
				for i := range rounds {
					if a.acquire(sem, h, uint32(n), Limit{}) == nil {
						th.round(100 + i)
						th.atomically(func() {
							if *taken += n; *taken > permits {
								panic(fmt.Sprintf("%d of %d permits taken", *taken, permits))
							}
						})
						th.atomically(func() { *taken -= n })
						th.round(200 + i)
						must(a.release(sem, h, uint32(n)))
					}
					th.round(i)
				}
			}})
		}
		s.atEnd = func() error {
			if sem.Count != uint32(permits) || sem.Head.Word != Free {
				return fmt.Errorf("at the end: %+v", *sem)
			}
			return nil
		}
		return s
	}
}

func TestSemaphoreModel(t *testing.T) {
	a := soundSemaphore
	explore(t, "1 of 1, twice", bounds{spurious: 1, spins: 1}, a.use(2, 1, 1, 1))
	explore(t, "1 of 1, of whom one gives up", bounds{}, a.use(1, 1, 1, 1, -1))
	if !testing.Short() {
		explore(t, "1, 1 and 2 of 2", bounds{}, a.use(1, 2, 1, 1, 2))
		explore(t, "1, 2 and 2 of 2", bounds{}, a.use(1, 2, 1, 2, 2))
		explore(t, "1, 1 and 2 of 2, which gives up", bounds{}, a.use(1, 2, 1, 1, -2))
		explore(t, "2 of 2, of whom one gives up, twice", bounds{spurious: 1}, a.use(2, 2, 2, -2))
	}
}

func TestSemaphoreMutants(t *testing.T) {
	for name, mutate := range map[string]func(*counter){
		"release does not wake": func(a *counter) {
			a.release = func(s *Semaphore, h Host, n uint32) error { return s.Release(deaf{h, &s.Count}, n) }
		},
		"who leaves does not wake the next": func(a *counter) {
			a.acquire = func(s *Semaphore, h Host, n uint32, l Limit) error { return s.Acquire(deaf{h, &s.Head.Word}, n, l) }
		},
		"takes without looking": func(a *counter) {
			a.acquire = func(s *Semaphore, h Host, n uint32, l Limit) error { h.Add(&s.Count, -n); return nil }
		},
		"looks and takes in two steps": func(a *counter) {
			a.acquire = func(s *Semaphore, h Host, n uint32, l Limit) error {
				if h.Load(&s.Count)&^HeadWaits >= n {
					h.Add(&s.Count, -n)
					return nil
				}
				return errTimeout
			}
		},
		"waits without a mark": func(a *counter) {
			a.acquire = func(s *Semaphore, h Host, n uint32, l Limit) error {
				for !s.TryAcquire(h, n) {
					if err := h.Sleep(&s.Count, h.Load(&s.Count), l); err != nil {
						return err
					}
				}
				return nil
			}
		},
	} {
		a := soundSemaphore
		mutate(&a)
		caught(t, name, bounds{}, a.use(1, 2, 1, 1, 2), a.use(1, 2, 2, 2, 2), a.use(1, 1, 1, 1, -1))
	}
}

// A large request is not passed by small ones that come after it.
func TestSemaphoreHeadIsNotPassed(t *testing.T) {
	h := new(quiet)
	s := &Semaphore{Count: 2, Bound: 3}
	h.onSleep = func() {
		if s.TryAcquire(h, 1) {
			t.Error("a request for 1 passes one for 3")
		}
		must(s.Release(h, 1))
	}
	must(s.Acquire(h, 3, Limit{}))
	if s.Count != 0 || s.Head.Word != Free {
		t.Errorf("%+v", *s)
	}
}
