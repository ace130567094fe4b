package machine

import (
	"fmt"
	"testing"
)

// A sharer is a lock for readers and writers: the real one, or a broken one.
type sharer struct {
	rlock, lock     func(*RWMutex, Host, Limit) error
	runlock, unlock func(*RWMutex, Host) error
}

var soundRW = sharer{(*RWMutex).RLock, (*RWMutex).Lock, (*RWMutex).RUnlock, (*RWMutex).Unlock}

// use has one thread per letter: r and w are a reader and a writer, in capitals
// if they wait without a limit.
func (a sharer) use(rounds int, who string) program {
	return func(hostOf func(*thread) host) *scenario {
		rw, readers, writers := new(RWMutex), new(int), new(int)
		s := &scenario{words: []*uint32{&rw.State, &rw.Writers.Word, &rw.Readers, &rw.Writer}, facts: []*int{readers, writers}}
		read := func(h host, r int) {
			if a.rlock(rw, h, Limit{}) == nil {
				h.th.round(100 + r)
				h.th.atomically(func() { *readers++; alone(*readers, *writers) })
				h.th.atomically(func() { *readers-- })
				h.th.round(300 + r)
				must(a.runlock(rw, h))
			}
		}
		write := func(h host, r int) {
			if a.lock(rw, h, Limit{}) == nil {
				h.th.round(200 + r)
				h.th.atomically(func() { *writers++; alone(*readers, *writers) })
				h.th.atomically(func() { *writers-- })
				h.th.round(400 + r)
				must(a.unlock(rw, h))
			}
		}
		for _, c := range who {
			do := read
			if c == 'w' || c == 'W' {
				do = write
			}
			s.threads = append(s.threads, &thread{kind: int(c), patient: c < 'a', run: func(th *thread) {
				for i := range rounds {
					do(hostOf(th), i)
					th.round(i)
				}
			}})
		}
		s.atEnd = func() error {
			if rw.State&^Phase != 0 || rw.Writers.Word != Free {
				return fmt.Errorf("at the end the state is %x, the writers' lock %d", rw.State, rw.Writers.Word)
			}
			return nil
		}
		return s
	}
}

func alone(readers, writers int) {
	if writers > 1 || writers > 0 && readers > 0 {
		panic(fmt.Sprintf("%d writers and %d readers inside", writers, readers))
	}
}

func TestRWMutexModel(t *testing.T) {
	all := []string{"RRW", "RWW", "rRW", "RRw", "rWW", "RWw"}
	if testing.Short() {
		all = all[:2]
	}
	for _, who := range all {
		explore(t, who, bounds{}, soundRW.use(1, who))
	}
	explore(t, "RW, 2 rounds", bounds{spurious: 1, spins: 1}, soundRW.use(2, "RW"))
	if !testing.Short() {
		explore(t, "RRW", bounds{spurious: 1}, soundRW.use(1, "RRW"))
	}
	explore(t, "rw, 2 rounds", bounds{spurious: 1}, soundRW.use(2, "rw"))
}

func TestRWMutexMutants(t *testing.T) {
	for name, mutate := range map[string]func(*sharer){
		"last reader does not wake the writer": func(a *sharer) {
			a.runlock = func(rw *RWMutex, h Host) error { return rw.RUnlock(deaf{h, &rw.Writer}) }
		},
		"writer does not wake the readers": func(a *sharer) {
			a.unlock = func(rw *RWMutex, h Host) error { return rw.Unlock(deaf{h, &rw.Readers}) }
		},
		"writer that gives up does not wake the readers": func(a *sharer) {
			a.lock = func(rw *RWMutex, h Host, l Limit) error { return rw.Lock(deaf{h, &rw.Readers}, l) }
		},
		"reader that gives up does not look again": func(a *sharer) {
			a.rlock = func(rw *RWMutex, h Host, l Limit) error {
				before := h.Load(&rw.Readers)
				err := rw.RLock(h, l)
				if err == nil && h.Load(&rw.Readers) != before {
					return errTimeout
				}
				return err
			}
		},
		"writer that gives up keeps the writers' lock": func(a *sharer) {
			a.lock = func(rw *RWMutex, h Host, l Limit) error { return rw.Lock(deaf{h, &rw.Writers.Word}, l) }
		},
		"reader passes a writer": func(a *sharer) {
			a.rlock = func(rw *RWMutex, h Host, _ Limit) error { h.Add(&rw.State, Reader); return nil }
		},
		"writer passes readers": func(a *sharer) {
			a.lock = func(rw *RWMutex, h Host, l Limit) error {
				if err := rw.Writers.Lock(h, l); err != nil {
					return err
				}
				h.Add(&rw.State, WriterHeld)
				return nil
			}
		},
	} {
		a := soundRW
		mutate(&a)
		caught(t, name, bounds{}, a.use(1, "RRW"), a.use(1, "RWW"), a.use(1, "RRw"), a.use(1, "Rww"), a.use(2, "rW"), a.use(1, "RwW"))
	}
}

// A deaf Host drops the wakes of one word.
type deaf struct {
	Host
	word *uint32
}

func (d deaf) Wake(w *uint32) {
	if w != d.word {
		d.Host.Wake(w)
	}
}

func (d deaf) WakeAll(w *uint32) {
	if w != d.word {
		d.Host.WakeAll(w)
	}
}

// Readers cannot keep a writer out, nor writers a reader: who waits is served
// before those who come after it.
func TestRWMutexTurns(t *testing.T) {
	h := new(quiet)
	var rw RWMutex
	must(rw.RLock(h, Limit{}))
	h.onSleep = func() { // while a writer waits, and then a reader
		if ok, err := rw.TryRLock(h); ok || err != nil {
			t.Errorf("a reader passes a pending writer: %v, %v", ok, err)
		}
		h.onSleep = nil
		must(rw.RUnlock(h))
	}
	must(rw.Lock(h, Limit{}))
	h.onSleep = func() {
		h.onSleep = nil
		must(rw.Unlock(h))
		if ok, err := rw.TryLock(h); ok || err != nil {
			t.Errorf("a writer passes a reader that waits: %v, %v", ok, err)
		}
	}
	must(rw.RLock(h, Limit{}))
	must(rw.RUnlock(h))
	if rw.State&^Phase != 0 {
		t.Errorf("at the end the state is %x", rw.State)
	}
}
