package machine

import (
	"fmt"
	"testing"
)

type condition struct {
	prepare func(*Cond, Host) uint32
	wait    func(*Cond, Host, uint32, Limit) error
	signal  func(*Cond, Host)
	all     func(*Cond, Host)
}

var soundCond = condition{(*Cond).Prepare, (*Cond).Wait, (*Cond).Signal, (*Cond).Broadcast}

// items has consumers, who are patient or not, and one producer of as many items
// as there are patient ones, who signals for each or broadcasts.
// Impatient consumers leave when their time is over.
func (a condition) items(broadcast, underLock bool, patient ...bool) program {
	return func(hostOf func(*thread) host) *scenario {
		m, c, items := new(Mutex), new(Cond), new(int)
		s := &scenario{words: []*uint32{&m.Word, &c.Seq, &c.Waiters}, facts: []*int{items}}
		for _, p := range patient {
			s.threads = append(s.threads, &thread{kind: int(flag(p)), patient: p, run: func(th *thread) {
				h := hostOf(th)
				must(m.Lock(h.forever(), Limit{}))
				for th.read(items) == 0 {
					th.round(1)
					seq := a.prepare(c, h)
					must(m.Unlock(h))
					th.round(10 + int(seq))
					err := a.wait(c, h, seq, Limit{})
					th.round(3 + int(flag(err == nil)))
					must(m.Lock(h.forever(), Limit{}))
					th.round(5 + int(flag(err == nil)))
					if err != nil && th.read(items) == 0 {
						must(m.Unlock(h))
						return
					}
				}
				th.round(8)
				th.atomically(func() { *items-- })
				must(m.Unlock(h))
			}})
		}
		s.threads = append(s.threads, &thread{kind: 7, patient: true, run: func(th *thread) {
			a.produce(hostOf(th), m, c, items, broadcast, underLock, len(patient))
		}})
		s.atEnd = func() error {
			if m.Word != Free || c.Waiters != 0 {
				return fmt.Errorf("at the end: the lock is %d, %+v", m.Word, *c)
			}
			return nil
		}
		return s
	}
}

func (a condition) produce(h host, m *Mutex, c *Cond, items *int, broadcast, underLock bool, n int) {
	wake := func() {
		if broadcast {
			a.all(c, h)
			return
		}
		for range n {
			a.signal(c, h)
		}
	}
	must(m.Lock(h, Limit{}))
	h.th.round(1)
	h.th.atomically(func() { *items += n })
	if underLock {
		wake()
	}
	h.th.round(2)
	must(m.Unlock(h))
	h.th.round(3)
	if !underLock {
		wake()
	}
}

func (th *thread) read(n *int) int {
	return int(th.ask(request{do: access, step: func() uint64 { return uint64(*n) }}))
}

// forever is a Host whose sleeps have no limit, though the thread's others have.
func (h host) forever() Host { return foreverHost{h} }

type foreverHost struct{ host }

func (h foreverHost) Sleep(w *uint32, value uint32, _ Limit) error {
	h.th.ask(request{do: sleep, ever: true, word: w, value: value})
	return h.th.err
}

func TestCondModel(t *testing.T) {
	a := soundCond
	for _, underLock := range []bool{false, true} {
		explore(t, fmt.Sprint("signal, 1 waits, under the lock: ", underLock), bounds{spurious: 1, spins: 1}, a.items(false, underLock, true))
		if testing.Short() {
			continue
		}
		explore(t, fmt.Sprint("signal, 2 wait, under the lock: ", underLock), bounds{}, a.items(false, underLock, true, true))
	}
	explore(t, "signal, 1 waits with a limit", bounds{}, a.items(false, true, false))
	explore(t, "broadcast, 2 wait", bounds{}, a.items(true, false, true, true))
	if testing.Short() {
		return
	}
	explore(t, "broadcast under the lock, 2 wait", bounds{}, a.items(true, true, true, true))
}

// lastSignal has one signal for two that wait already, one of whom may give up. If
// that one is signaled it signals the other, so that the other always gets one.
func (a condition) lastSignal() program {
	return func(hostOf func(*thread) host) *scenario {
		c := &Cond{Waiters: 2}
		s := &scenario{words: []*uint32{&c.Seq, &c.Waiters}}
		for _, p := range []bool{true, false} {
			s.threads = append(s.threads, &thread{kind: int(flag(p)), patient: p, run: func(th *thread) {
				if err := a.wait(c, hostOf(th), 0, Limit{}); err == nil && !p {
					a.signal(c, hostOf(th))
				}
			}})
		}
		s.threads = append(s.threads, &thread{kind: 7, patient: true, run: func(th *thread) { a.signal(c, hostOf(th)) }})
		return s
	}
}

func TestCondLastSignal(t *testing.T) {
	explore(t, "one of two gives up", bounds{spurious: 1}, soundCond.lastSignal())
}

func TestCondMutants(t *testing.T) {
	for name, mutate := range map[string]func(*condition){
		"signal does not wake": func(a *condition) {
			a.signal = func(c *Cond, h Host) { c.Signal(deaf{h, &c.Seq}) }
		},
		"signal does not count": func(a *condition) {
			a.signal = func(c *Cond, h Host) { h.Wake(&c.Seq) }
		},
		"broadcast wakes one": func(a *condition) { a.all = (*Cond).Signal },
		"remembers too late": func(a *condition) {
			a.wait = func(c *Cond, h Host, _ uint32, l Limit) error { return c.Wait(h, h.Load(&c.Seq), l) }
		},
		"is not counted": func(a *condition) {
			a.prepare = func(c *Cond, h Host) uint32 { return h.Load(&c.Seq) }
			a.wait = func(c *Cond, h Host, seq uint32, l Limit) error {
				h.Add(&c.Waiters, 1)
				return c.Wait(h, seq, l)
			}
		},
	} {
		a := soundCond
		mutate(&a)
		caught(t, name, bounds{}, a.items(false, true, true), a.items(false, false, true), a.items(true, false, true, true), a.lastSignal())
	}
}

// Who gives up just as a signal comes has been signaled.
func TestCondSignalAtTheEnd(t *testing.T) {
	h := new(quiet)
	c := new(Cond)
	late := lateHost{h, func() { c.Signal(h) }}
	if err := c.Wait(late, c.Prepare(h), Limit{}); err != nil {
		t.Errorf("a signal that came with the end of the time: %v", err)
	}
	if err := c.Wait(h, c.Prepare(h), Limit{}); err == nil {
		t.Error("no signal, and no error")
	}
}

// lateHost times out as something else happens.
type lateHost struct {
	Host
	then func()
}

func (l lateHost) Sleep(*uint32, uint32, Limit) error {
	l.then()
	return errTimeout
}
