package machine

import (
	"fmt"
	"testing"
)

// A mutexer is a lock as the model checks it: the real one, or a broken one.
type mutexer struct {
	lock   func(*Mutex, Host, Limit) error
	unlock func(*Mutex, Host) error
	hasty  int // how many of the threads are soon overdue
}

var soundMutex = mutexer{(*Mutex).Lock, (*Mutex).Unlock, 0}

// exclusive has threads that lock and unlock some rounds.
func (a mutexer) exclusive(rounds int, patient ...bool) program {
	return func(hostOf func(*thread) host) *scenario {
		m, inside := new(Mutex), new(int)
		s := &scenario{words: []*uint32{&m.Word}, facts: []*int{inside}}
		for i, p := range patient {
			hasty := i < a.hasty
			s.threads = append(s.threads, &thread{kind: int(flag(p) + 2*flag(hasty)), patient: p, hasty: hasty, run: func(th *thread) {
				h := hostOf(th)
				for i := range rounds {
					if a.lock(m, h, Limit{}) == nil {
						th.round(100 + i)
						th.atomically(func() { enter(inside, 1) })
						th.atomically(func() { *inside-- })
						th.round(200 + i)
						must(a.unlock(m, h))
					}
					th.round(i)
				}
			}})
		}
		s.atEnd = func() error {
			if m.Word != Free {
				return fmt.Errorf("at the end the word is %d", m.Word)
			}
			return nil
		}
		return s
	}
}

// enter counts who is inside, and panics if they are more than most.
func enter(inside *int, most int) {
	if *inside++; *inside > most {
		panic(fmt.Sprintf("%d inside, at most %d may be", *inside, most))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func TestMutexModel(t *testing.T) {
	a := soundMutex
	explore(t, "2 patient, 3 rounds", bounds{spurious: 1, spins: 1}, a.exclusive(3, true, true))
	explore(t, "1 patient, 1 not, 2 rounds", bounds{spurious: 1}, a.exclusive(2, true, false))
	explore(t, "3 patient", bounds{spurious: 1}, a.exclusive(1, true, true, true))
	explore(t, "1 patient, 2 not", bounds{}, a.exclusive(1, true, false, false))
	explore(t, "2 patient, 1 not", bounds{spurious: 1}, a.exclusive(1, true, false, true))
	a.hasty = 1
	explore(t, "2, 1 overdue, 3 rounds", bounds{spurious: 1, spins: 1}, a.exclusive(3, true, true))
	explore(t, "3, 1 overdue", bounds{spurious: 1}, a.exclusive(1, true, true, true))
	explore(t, "2, 1 overdue, which gives up, 2 rounds", bounds{spurious: 1}, a.exclusive(2, false, true))
	explore(t, "3, 1 overdue, which gives up", bounds{spurious: 1}, a.exclusive(1, false, true, true))
	a.hasty = 2
	explore(t, "3, 2 overdue", bounds{spurious: 1}, a.exclusive(1, true, true, true))
	explore(t, "3, 2 overdue, of whom 1 gives up", bounds{}, a.exclusive(1, true, false, true))
	if !testing.Short() {
		a.hasty = 3
		explore(t, "3, all overdue", bounds{spurious: 1}, a.exclusive(1, true, true, true))
	}
}

// The model must see what is wrong with locks that are known to be.
func TestMutexMutants(t *testing.T) {
	slow := func(mark, taken uint32, giveUp func(*Mutex, Host) error) mutexer {
		return mutexer{func(m *Mutex, h Host, l Limit) error {
			for !h.CompareAndSwap(&m.Word, Free, taken) {
				h.CompareAndSwap(&m.Word, Held, mark)
				if err := h.Sleep(&m.Word, mark, l); err != nil {
					return giveUp(m, h)
				}
			}
			return nil
		}, (*Mutex).Unlock, 0}
	}
	keep := func(*Mutex, Host) error { return errTimeout }
	for name, a := range map[string]mutexer{
		"sleeps without leaving a mark":                 slow(Held, Held, keep),
		"takes the lock as its only user after a sleep": slow(Contended, Held, keep),
		"keeps the wake when it gives up":               slow(Contended, Contended, keep),
		"wakes before it frees": {(*Mutex).Lock, func(m *Mutex, h Host) error {
			h.Wake(&m.Word)
			for !h.CompareAndSwap(&m.Word, h.Load(&m.Word), Free) {
			}
			return nil
		}, 0},
		"never wakes": {(*Mutex).Lock, func(m *Mutex, h Host) error {
			for !h.CompareAndSwap(&m.Word, h.Load(&m.Word), Free) {
			}
			return nil
		}, 0},
		"looks before it leaps": {func(m *Mutex, h Host, l Limit) error {
			for h.Load(&m.Word) != Free {
				must(h.Sleep(&m.Word, Held, l))
			}
			h.CompareAndSwap(&m.Word, Free, Held)
			return nil
		}, (*Mutex).Unlock, 0},
	} {
		caught(t, name, bounds{spurious: 1}, a.exclusive(1, true, true, true), a.exclusive(2, true, true), a.exclusive(2, true, false),
			a.exclusive(1, true, false, true), a.exclusive(1, true, false, false))
	}
}
