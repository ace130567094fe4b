package machine

import (
	"fmt"
	"testing"
)

type group struct {
	add  func(*WaitGroup, Host, int) error
	wait func(*WaitGroup, Host, Limit) error
}

var soundGroup = group{(*WaitGroup).Add, (*WaitGroup).Wait}

// work has workers of as many steps, and who waits for all, patient or not.
func (a group) work(workers, steps int, patient ...bool) program {
	return func(hostOf func(*thread) host) *scenario {
		g, left := &WaitGroup{Count: uint32(workers * steps)}, new(int)
		*left = workers * steps
		s := &scenario{words: []*uint32{&g.Count}, facts: []*int{left}}
		for range workers {
			s.threads = append(s.threads, &thread{kind: 3, patient: true, run: func(th *thread) {
				for i := range steps {
					th.atomically(func() { *left-- })
					must(a.add(g, hostOf(th), -1))
					th.round(i)
				}
			}})
		}
		for _, p := range patient {
			s.threads = append(s.threads, &thread{kind: int(flag(p)), patient: p, run: func(th *thread) {
				if a.wait(g, hostOf(th), Limit{}) == nil {
					th.atomically(func() {
						if *left > 0 {
							panic(fmt.Sprintf("went on with %d to do", *left))
						}
					})
				}
			}})
		}
		return s
	}
}

func TestWaitGroupModel(t *testing.T) {
	explore(t, "2 work, 1 waits", bounds{spurious: 1, spins: 1}, soundGroup.work(2, 1, true))
	explore(t, "2 work twice, 1 waits", bounds{}, soundGroup.work(2, 2, true))
	if !testing.Short() {
		explore(t, "1 works twice, 2 wait", bounds{spurious: 1}, soundGroup.work(1, 2, true, true))
		explore(t, "1 works twice, 2 wait, 1 of them with a limit", bounds{spurious: 1}, soundGroup.work(1, 2, true, false))
	}
}

func TestWaitGroupMutants(t *testing.T) {
	for name, mutate := range map[string]func(*group){
		"last does not wake": func(a *group) {
			a.add = func(g *WaitGroup, h Host, n int) error { return g.Add(deaf{h, &g.Count}, n) }
		},
		"last wakes one": func(a *group) {
			a.add = func(g *WaitGroup, h Host, n int) error { return g.Add(single{h}, n) }
		},
		"waits without a mark": func(a *group) {
			a.wait = func(g *WaitGroup, h Host, l Limit) error {
				for c := h.Load(&g.Count); c != 0; c = h.Load(&g.Count) {
					if err := h.Sleep(&g.Count, c, l); err != nil {
						return err
					}
				}
				return nil
			}
		},
		"waits once": func(a *group) {
			a.wait = func(g *WaitGroup, h Host, l Limit) error { return h.Sleep(&g.Count, h.Load(&g.Count), l) }
		},
		"counts in two steps": func(a *group) {
			a.add = func(g *WaitGroup, h Host, n int) error {
				c := h.Load(&g.Count)
				h.Add(&g.Count, uint32(n))
				if c&^Sleepers == 1 {
					h.CompareAndSwap(&g.Count, Sleepers, 0)
					h.WakeAll(&g.Count)
				}
				return nil
			}
		},
	} {
		a := soundGroup
		mutate(&a)
		caught(t, name, bounds{spurious: 1}, a.work(2, 1, true), a.work(1, 1, true, true), a.work(1, 2, true, true))
	}
}

// A single Host wakes one where all should be.
type single struct{ Host }

func (s single) WakeAll(w *uint32) { s.Host.Wake(w) }

type barrier func(*Barrier, Host, uint32, Limit) (bool, error)

// meet has parties that meet some rounds; who gives up leaves for good.
func (wait barrier) meet(rounds, parties int, patient ...bool) program {
	return func(hostOf func(*thread) host) *scenario {
		b := new(Barrier)
		s := &scenario{words: []*uint32{&b.State}}
		before, lasts := make([]int, len(patient)), new(int)
		s.facts = append(s.facts, lasts)
		for i, p := range patient {
			s.facts = append(s.facts, &before[i])
			s.threads = append(s.threads, &thread{kind: int(flag(p)), patient: p, run: func(th *thread) {
				for r := range rounds {
					th.atomically(func() { before[i]++ })
					last, err := wait(b, hostOf(th), uint32(parties), Limit{})
					if err != nil {
						return
					}
					th.atomically(func() {
						*lasts += int(flag(last))
						together(before, parties, r)
					})
					th.round(r)
				}
			}})
		}
		s.atEnd = func() error {
			if b.State&Arrived != 0 || *lasts != int(b.State/Round) {
				return fmt.Errorf("at the end the state is %x, and %d were last", b.State, *lasts)
			}
			return nil
		}
		return s
	}
}

// together panics unless enough have begun round r when one ends it.
func together(before []int, parties, r int) {
	n := 0
	for _, b := range before {
		n += int(flag(b > r))
	}
	if n < parties {
		panic(fmt.Sprintf("went on in round %d when %v had arrived", r, before))
	}
}

func TestBarrierModel(t *testing.T) {
	wait := barrier((*Barrier).Wait)
	explore(t, "2, 3 rounds", bounds{spurious: 1, spins: 1, distinct: true}, wait.meet(3, 2, true, true))
	explore(t, "2 with a limit, 2 rounds", bounds{spurious: 1, distinct: true}, wait.meet(2, 2, false, false))
	if !testing.Short() {
		explore(t, "3", bounds{spurious: 1, distinct: true}, wait.meet(1, 3, true, true, true))
		explore(t, "3, 2 rounds", bounds{distinct: true}, wait.meet(2, 3, true, true, true))
	}
}

func TestBarrierMutants(t *testing.T) {
	b := bounds{spurious: 1, distinct: true}
	for name, wait := range map[string]barrier{
		"does not wake": func(b *Barrier, h Host, n uint32, l Limit) (bool, error) { return b.Wait(deaf{h, &b.State}, n, l) },
		"wakes one":     func(b *Barrier, h Host, n uint32, l Limit) (bool, error) { return b.Wait(single{h}, n, l) },
		"goes on after any wake": func(b *Barrier, h Host, n uint32, l Limit) (bool, error) {
			s := h.Add(&b.State, 1)
			if s&Arrived == n {
				h.Add(&b.State, Round-n)
				h.WakeAll(&b.State)
				return true, nil
			}
			return false, h.Sleep(&b.State, s, l)
		},
		"leaves without a word": func(b *Barrier, h Host, n uint32, l Limit) (bool, error) {
			last, err := b.Wait(h, n, l)
			if err != nil {
				h.Add(&b.State, 1)
			}
			return last, err
		},
	} {
		caught(t, name, b, wait.meet(1, 2, true, true), wait.meet(1, 3, true, true, true), wait.meet(1, 2, false, false))
	}
}
