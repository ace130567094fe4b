package lock

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
)

// The model runs the real Lock and Unlock, one coroutine a thread, and stops
// each before every access to the word, every sleep and every wake. From each
// state that can be reached it tries every thread that can go on, and
// everything the kernel may do: wake any sleeper, return for no reason, time
// out, and time out on one whom a wake had already chosen.

var errTimeout = errors.New("time is over")

type action int

const (
	compareAndSwap action = iota
	swap
	wait
	asleep // a wait that has begun
	wake
	enter // the critical section
	leave
)

type request struct {
	do       action
	old, new uint32
}

// A thread is its pending request, its round, and what it was told in it: with
// the same answers the same code does the same.
type thread struct {
	round   int
	next    func() (request, bool)
	stop    func()
	pending request
	done    bool
	answer  uint32
	err     error
	history strings.Builder
	patient bool // waits without a time limit
}

func (th *thread) ask(yield func(request) bool, r request) {
	if !yield(r) {
		panic(stopped{})
	}
}

type stopped struct{}

// modelWord is the Word that a thread sees.
type modelWord struct {
	th    *thread
	yield func(request) bool
}

func (w modelWord) CompareAndSwap(old, new uint32) bool {
	w.th.ask(w.yield, request{compareAndSwap, old, new})
	return w.th.answer == 1
}

func (w modelWord) Swap(new uint32) uint32 {
	w.th.ask(w.yield, request{do: swap, new: new})
	return w.th.answer
}

func (w modelWord) Wait(value uint32) error {
	w.th.ask(w.yield, request{do: wait, old: value})
	return w.th.err
}

func (w modelWord) Wake() error {
	w.th.ask(w.yield, request{do: wake})
	return nil
}

// An algorithm is what the model checks: the real one or a broken one.
type algorithm struct {
	lock   func(modelWord) error
	unlock func(modelWord) error
}

type config struct {
	alg      algorithm
	patient  []bool // one a thread
	rounds   int    // how often each locks and unlocks
	spurious int    // how many waits may return for no reason
}

// A choice is which thread goes on, and which of the kernel's possible answers
// it gets.
type choice struct{ thread, variant int }

type machine struct {
	config
	threads  []*thread
	word     uint32
	inside   int
	spurious int
}

func (c config) start() *machine {
	m := &machine{config: c, spurious: c.spurious}
	for _, patient := range c.patient {
		th := &thread{patient: patient}
		th.next, th.stop = iter.Pull(c.program(th))
		m.threads = append(m.threads, th)
		th.advance()
	}
	return m
}

func (c config) program(th *thread) iter.Seq[request] {
	return func(yield func(request) bool) {
		defer func() {
			if r := recover(); r != nil && r != any(stopped{}) {
				panic(r)
			}
		}()
		w := modelWord{th, yield}
		for th.round < c.rounds {
			if c.alg.lock(w) == nil {
				th.ask(yield, request{do: enter})
				th.ask(yield, request{do: leave})
				if err := c.alg.unlock(w); err != nil {
					panic(err)
				}
			} // else time was over: without the lock
			th.round++
			th.history.Reset()
		}
	}
}

func (th *thread) advance() {
	r, ok := th.next()
	th.pending, th.done = r, !ok
}

// reply answers a thread's request and lets it run to its next one.
func (th *thread) reply(answer uint32, err error) {
	th.answer, th.err = answer, err
	fmt.Fprintf(&th.history, "%d%t,", answer, err == nil)
	th.advance()
}

func (m *machine) stop() {
	for _, th := range m.threads {
		th.stop()
	}
}

// key is the same for two states that cannot be told apart, or differ only in
// which of two like threads is which.
func (m *machine) key() string {
	keys := make([]string, len(m.threads))
	for i, th := range m.threads {
		keys[i] = fmt.Sprint(th.patient, th.round, ":", th.history.String(), th.pending.do)
	}
	slices.Sort(keys)
	return fmt.Sprint(m.word, m.inside, m.spurious, keys)
}

func (m *machine) sleepers() []int {
	var s []int
	for i, th := range m.threads {
		if !th.done && th.pending.do == asleep {
			s = append(s, i)
		}
	}
	return s
}

// variants says how many answers the kernel may give to a thread now.
func (m *machine) variants(th *thread) int {
	switch {
	case th.done:
		return 0
	case th.pending.do == asleep:
		n := 0
		if m.spurious > 0 {
			n++
		}
		if !th.patient {
			n++
		}
		return n
	case th.pending.do == wake:
		n := len(m.sleepers())
		for _, s := range m.sleepers() {
			if !m.threads[s].patient {
				n++
			}
		}
		return max(n, 1)
	}
	return 1
}

func (m *machine) step(c choice) {
	th := m.threads[c.thread]
	switch r := th.pending; r.do {
	case compareAndSwap:
		if m.word != r.old {
			th.reply(0, nil)
			return
		}
		m.word = r.new
		th.reply(1, nil)
	case swap:
		old := m.word
		m.word = r.new
		th.reply(old, nil)
	case wait:
		if m.word != r.old {
			th.reply(0, nil)
			return
		}
		th.pending.do = asleep
	case asleep:
		if m.spurious > 0 && c.variant == 0 {
			m.spurious--
			th.reply(0, nil)
			return
		}
		th.reply(0, errTimeout)
	case wake:
		m.wakeOne(c.variant)
		th.reply(0, nil)
	case enter:
		m.inside++
		th.reply(0, nil)
	case leave:
		m.inside--
		th.reply(0, nil)
	}
}

// wakeOne counts through the sleepers, and then through those who time out
// just as they are woken.
func (m *machine) wakeOne(variant int) {
	s := m.sleepers()
	if variant < len(s) {
		m.threads[s[variant]].reply(0, nil)
		return
	}
	s = slices.DeleteFunc(s, func(i int) bool { return m.threads[i].patient })
	if len(s) > 0 {
		m.threads[s[variant%len(s)]].reply(0, errTimeout)
	}
}

// finished reports that all went well to the end.
func (m *machine) finished() bool {
	return !slices.ContainsFunc(m.threads, func(th *thread) bool { return !th.done })
}

const maxStates = 1e6 // several times what the largest configuration has

// check explores every state and returns their number, or what went wrong.
func (c config) check() (states int, err error) {
	seen := map[string]bool{}
	todo := [][]choice{nil}
	for len(todo) > 0 {
		if len(seen) > maxStates {
			return len(seen), errors.New("there is no end of states")
		}
		path := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		next, err := c.visit(path, seen)
		if err != nil {
			return len(seen), fmt.Errorf("after %v: %w", path, err)
		}
		todo = append(todo, next...)
	}
	return len(seen), nil
}

func (c config) visit(path []choice, seen map[string]bool) (next [][]choice, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	m := c.start()
	defer m.stop()
	for _, ch := range path {
		m.step(ch)
	}
	if seen[m.key()] {
		return nil, nil
	}
	seen[m.key()] = true
	if m.inside > 1 {
		return nil, errors.New("two inside the critical section")
	}
	if m.finished() {
		if m.word != Free {
			return nil, fmt.Errorf("at the end the word is %d", m.word)
		}
		return nil, nil
	}
	mustGo := false // somebody goes on without a kernel's whim
	for i, th := range m.threads {
		n := m.variants(th)
		mustGo = mustGo || n > 0 && (th.pending.do != asleep || !th.patient)
		for v := range n {
			next = append(next, append(slices.Clone(path), choice{i, v}))
		}
	}
	if !mustGo {
		return nil, errors.New("all sleep and nobody will wake them")
	}
	return next, nil
}

// small configurations are explored in a second; the large one is not.
func small(alg algorithm) []config {
	return []config{
		{alg, []bool{true, true}, 3, 1},
		{alg, []bool{true, false}, 2, 1},
		{alg, []bool{false, false, true}, 1, 0},
		{alg, []bool{true, true, true}, 1, 1},
		{alg, []bool{true, false, true}, 1, 1},
	}
}

func TestEveryInterleaving(t *testing.T) {
	sound := algorithm{Lock[modelWord], Unlock[modelWord]}
	configs := small(sound)
	if !testing.Short() {
		configs = append(configs, config{sound, []bool{true, true, true}, 2, 0})
	}
	for _, c := range configs {
		states, err := c.check()
		if err != nil {
			t.Errorf("%v, %d rounds: %v", c.patient, c.rounds, err)
		}
		t.Logf("%v, %d rounds, %d spurious returns: %d states", c.patient, c.rounds, c.spurious, states)
	}
}

// The model must see what is wrong with locks that are known to be.
func TestBrokenLocksAreCaught(t *testing.T) {
	slowPath := func(w modelWord, mark, take uint32, giveUp func() error) error {
		if TryLock(w) {
			return nil
		}
		for w.Swap(mark) != Free {
			if err := w.Wait(mark); err != nil {
				return giveUp()
			}
			if take == Held && w.CompareAndSwap(Free, Held) {
				return nil
			}
		}
		return nil
	}
	failed := func() error { return errTimeout }
	good := algorithm{Lock[modelWord], Unlock[modelWord]}
	for what, alg := range map[string]algorithm{
		"sleeps without leaving a mark": {func(w modelWord) error {
			return slowPath(w, Held, Contended, failed)
		}, good.unlock},
		"takes the lock as its only user after a sleep": {func(w modelWord) error {
			return slowPath(w, Contended, Held, failed)
		}, good.unlock},
		"keeps the wake when it gives up": {func(w modelWord) error {
			return slowPath(w, Contended, Contended, failed)
		}, good.unlock},
		"wakes before it frees": {good.lock, func(w modelWord) error {
			_ = w.Wake()
			w.Swap(Free)
			return nil
		}},
		"never wakes": {good.lock, func(w modelWord) error {
			w.Swap(Free)
			return nil
		}},
		"looks before it leaps": {func(w modelWord) error {
			for !w.CompareAndSwap(Free, Free) {
				_ = w.Wait(Held)
			}
			w.Swap(Held)
			return nil
		}, good.unlock},
	} {
		t.Log(what)
		caught := slices.ContainsFunc(small(alg), func(c config) bool {
			_, err := c.check()
			return err != nil
		})
		if !caught {
			t.Errorf("a lock that %s passes", what)
		}
	}
}
