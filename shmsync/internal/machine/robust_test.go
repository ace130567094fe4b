package machine

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

type robust struct {
	lock   func(*Robust, Host, uint64, Limit) error
	unlock func(*Robust, Host, uint64) error
	repair func(*Robust, Host, uint64) error
	hasty  int // how many of the threads are soon overdue
}

var soundRobust = robust{(*Robust).Lock, (*Robust).Unlock, (*Robust).Consistent, 0}

// exclusive has threads of processes of their own, that may be killed anywhere.
// What the lock protects is dirty from a step inside to the next.
func (a robust) exclusive(rounds int, repair bool, patient ...bool) program {
	return func(hostOf func(*thread) host) *scenario {
		m, inside, dirty, lost := new(Robust), new(int), new(int), new(int)
		s := &scenario{words: halves(&m.Word), facts: []*int{inside, dirty, lost}}
		within := map[*thread]bool{}
		s.died = func(th *thread) {
			if within[th] {
				*inside--
			}
		}
		alive := func(owner uint64) bool {
			pid, start := Process(owner)
			return start == uint64(pid)*1000 && !s.threads[pid-1].dead
		}
		for i, p := range patient {
			s.threads = append(s.threads, &thread{kind: i, patient: p, hasty: i < a.hasty, run: func(th *thread) {
				h, me := hostOf(th), Owner(i+1, uint64(i+1)*1000)
				h.alive = alive
				for r := range rounds {
					err := a.lock(m, h, me, Limit{})
					dead := errors.Is(err, ErrOwnerDead)
					if err == nil || dead {
						th.round(100 + 2*r + int(flag(dead)))
						th.atomically(func() {
							within[th] = true
							enter(inside, 1)
							if *dirty > 0 && !dead {
								panic("the lock was taken from the dead without a word")
							}
							if *lost > 0 {
								panic("the lock was taken though it is not recoverable")
							}
							*dirty = 1
						})
						if dead && repair {
							must(a.repair(m, h, me))
						}
						th.atomically(func() {
							within[th] = false
							*inside--
							*dirty = 0
							if dead && !repair {
								*lost = 1
							}
						})
						th.round(200 + r)
						must(a.unlock(m, h, me))
					} else if errors.Is(err, ErrNotRecoverable) && repair || errors.Is(err, ErrCorrupt) {
						panic(err)
					}
					th.round(r)
				}
			}})
		}
		s.atEnd = func() error {
			owner := m.Word & ownerMask
			flags := m.Word &^ Unrecoverable
			if flags == RobustDue && slices.ContainsFunc(s.threads, func(th *thread) bool { return th.dead }) {
				flags = 0 // reserved for the dead: it lapses
			}
			if owner != 0 && alive(owner) || owner == 0 && flags != 0 {
				return fmt.Errorf("at the end the word is %x", m.Word)
			}
			return nil
		}
		return s
	}
}

func TestRobustModel(t *testing.T) {
	a := soundRobust
	b := func(spurious, deaths int) bounds { return bounds{spurious: spurious, deaths: deaths, distinct: true} }
	explore(t, "2, both killed", b(1, 2), a.exclusive(1, true, true, true))
	explore(t, "2, nobody repairs", b(1, 1), a.exclusive(2, false, true, true))
	if !testing.Short() {
		explore(t, "2, 2 rounds", b(1, 1), a.exclusive(2, true, true, true))
		explore(t, "3", b(0, 0), a.exclusive(1, true, true, true, true))
		explore(t, "1 patient, 1 not", b(1, 1), a.exclusive(2, true, true, false))
		explore(t, "3, 1 killed", b(0, 1), a.exclusive(1, true, true, true, true))
		explore(t, "3, nobody repairs", b(0, 1), a.exclusive(1, false, true, true, true))
		explore(t, "3, 2 killed", b(0, 2), a.exclusive(1, true, true, true, true))
		explore(t, "2 patient, 1 not", b(0, 1), a.exclusive(1, true, true, true, false))
	}
	a.hasty = 1
	explore(t, "2, 1 overdue, 2 rounds", b(1, 1), a.exclusive(2, true, true, true))
	if !testing.Short() {
		explore(t, "2, 1 overdue, which gives up, 2 rounds", b(1, 1), a.exclusive(2, true, false, true))
		explore(t, "3, 1 overdue", b(0, 0), a.exclusive(1, true, true, true, true))
		explore(t, "3, 1 overdue, 1 killed", b(0, 1), a.exclusive(1, true, true, true, true))
		a.hasty = 3
		explore(t, "3, all overdue", b(0, 0), a.exclusive(1, true, true, true, true))
		a.hasty = 2
		explore(t, "2 overdue, both killed", b(1, 2), a.exclusive(1, true, true, true))
		explore(t, "3, 2 overdue, 1 gives up", b(0, 0), a.exclusive(1, true, true, false, true))
	}
}

func TestRobustMutants(t *testing.T) {
	for name, mutate := range map[string]func(*robust){
		"does not look whether the owner is alive": func(a *robust) {
			a.lock = func(m *Robust, h Host, me uint64, l Limit) error { return m.Lock(immortals{h}, me, l) }
		},
		"takes the lock from the living": func(a *robust) {
			a.lock = func(m *Robust, h Host, me uint64, l Limit) error { return m.Lock(ghosts{h}, me, l) }
		},
		"does not say that the owner died": func(a *robust) {
			a.lock = func(m *Robust, h Host, me uint64, l Limit) error {
				if err := m.Lock(h, me, l); !errors.Is(err, ErrOwnerDead) {
					return err
				}
				return m.Consistent(h, me)
			}
		},
		"forgets that the lock is inconsistent": func(a *robust) {
			a.unlock = func(m *Robust, h Host, me uint64) error { _ = m.Consistent(h, me); return m.Unlock(h, me) }
		},
		"never wakes, nor looks again": func(a *robust) {
			a.unlock = func(m *Robust, h Host, me uint64) error { return m.Unlock(deaf{h, m.low()}, me) }
			a.lock = func(m *Robust, h Host, me uint64, l Limit) error { return m.Lock(deep{h}, me, l) }
		},
		"records its owner late": func(a *robust) {
			a.lock = func(m *Robust, h Host, me uint64, l Limit) error {
				for !h.CompareAndSwap64(&m.Word, 0, Unrecoverable|RobustWaiters) {
					if _, err := m.TryLock(h, me); err != nil {
						return err
					}
					if _, err := h.Nap(m.low(), Unrecoverable|RobustWaiters, 0, l); err != nil {
						return err
					}
				}
				h.CompareAndSwap64(&m.Word, Unrecoverable|RobustWaiters, me)
				return nil
			}
		},
	} {
		a := soundRobust
		mutate(&a)
		b := bounds{spurious: 1, deaths: 1, distinct: true} // a nap may end while the owner lives
		caught(t, name, b, a.exclusive(1, true, true, true), a.exclusive(2, false, true, true), a.exclusive(1, false, true, true, true),
			a.exclusive(2, true, true, true))
	}
}

type immortals struct{ Host }

func (immortals) Alive(uint64) bool { return true }

type ghosts struct{ Host }

func (ghosts) Alive(uint64) bool { return false }

// A deep Host sleeps where it should nap.
type deep struct{ Host }

func (d deep) Nap(w *uint32, value uint32, _ int, l Limit) (bool, error) {
	return false, d.Sleep(w, value, l)
}

func TestRobustWord(t *testing.T) {
	pid, start := Process(Owner(4194304-1, 1<<38-1))
	if pid != 4194303 || start != 1<<38-1 {
		t.Errorf("%d, %d", pid, start)
	}
	if m := (&Robust{Word: 1<<63 | 7}); *m.low() != 7 {
		t.Errorf("the low half is %d", *m.low())
	}
}
