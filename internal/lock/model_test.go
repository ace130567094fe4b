package lock

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
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
