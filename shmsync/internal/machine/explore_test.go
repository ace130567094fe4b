package machine

import (
	"errors"
	"fmt"
	"slices"
)

const maxStates = 300_000 // more than the largest program has

var (
	errEndless = errors.New("there is no end of states")
	errForever = errors.New("it goes on for ever")
)

// A machine is one run: a scenario, and what is left of the bounds.
type machine struct {
	*scenario
	bounds   bounds
	spurious int
	deaths   int
}

// A choice is which thread goes on, and which of the possible answers it gets.
type choice struct{ thread, variant int }

func start(b bounds, p program) *machine {
	m := &machine{bounds: b, spurious: b.spurious, deaths: b.deaths}
	m.scenario = p(func(th *thread) host { return host{th: th, m: m} })
	for _, th := range m.threads {
		th.start()
	}
	return m
}

func (m *machine) stop() {
	for _, th := range m.threads {
		th.stop()
	}
}

// check explores every state and returns their number, or what went wrong.
func check(b bounds, p program) (states int, err error) {
	seen := map[string]bool{}
	todo := [][]choice{nil}
	for len(todo) > 0 {
		path := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		branches, end, err := walk(b, p, path, seen)
		if err != nil {
			return len(seen), fmt.Errorf("after %v: %w", end, err)
		}
		todo = append(todo, branches...)
	}
	return len(seen), nil
}

// walk replays a path, goes on by first choices until it meets a state that was
// seen, and returns the other choices on its way.
func walk(b bounds, p program, path []choice, seen map[string]bool) (branches [][]choice, end []choice, err error) {
	path = slices.Clone(path)
	defer func() {
		end = path
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	m := start(b, p)
	defer m.stop()
	for _, ch := range path {
		m.step(ch)
	}
	for {
		key := m.key()
		if seen[key] {
			return branches, path, nil
		}
		seen[key] = true
		if len(seen) > maxStates {
			return branches, path, errEndless
		}
		if len(path) > 1000 {
			path = path[:50]
			return branches, path, errForever
		}
		choices, err := m.choices()
		if err != nil || len(choices) == 0 {
			return branches, path, err
		}
		for _, ch := range choices[1:] {
			branches = append(branches, append(slices.Clone(path), ch))
		}
		path = append(path, choices[0])
		m.step(choices[0])
	}
}

// choices lists what can happen next: nothing when all is done, and an error if
// somebody sleeps for ever.
func (m *machine) choices() (all []choice, err error) {
	mustGo, left := false, 0
	for i, th := range m.threads {
		if th.done {
			continue
		}
		left++
		n, whim := m.variants(th)
		mustGo = mustGo || n > 0 && !whim
		for v := range n {
			all = append(all, choice{i, v})
		}
		if m.deaths > 0 && !th.immortal {
			all = append(all, choice{i, -1})
		}
	}
	if left == 0 {
		if m.atEnd != nil {
			return nil, m.atEnd()
		}
		return nil, nil
	}
	if mustGo {
		return all, nil
	}
	for i, th := range m.threads { // time passes when nothing else does
		if !th.done && th.pending.do == napping {
			return append(all, choice{i, -2}), nil
		}
	}
	return nil, errors.New("all sleep and nobody will wake them")
}

// variants says how many answers the kernel may give to a thread now, and
// whether they are but its whim.
func (m *machine) variants(th *thread) (n int, whim bool) {
	switch th.pending.do {
	case asleep, napping:
		if m.spurious > 0 {
			n++
		}
		if th.limited() {
			n++
		}
		return n, !th.limited()
	case wakeOne:
		for _, s := range m.sleepers(th.pending.word) {
			n++
			if s.limited() {
				n++
			}
		}
		return max(n, 1), false
	}
	return 1, false
}

func (m *machine) sleepers(w *uint32) []*thread {
	var s []*thread
	for _, th := range m.threads {
		if !th.done && (th.pending.do == asleep || th.pending.do == napping) && th.pending.word == w {
			s = append(s, th)
		}
	}
	return s
}

func (m *machine) step(c choice) {
	th := m.threads[c.thread]
	if c.variant == -1 {
		m.deaths--
		th.done, th.dead = true, true
		th.stop()
		if m.died != nil {
			m.died(th)
		}
		return
	}
	switch r := th.pending; r.do {
	case access:
		th.reply(r.step(), nil)
	case sleep:
		switch {
		case *r.word != r.value:
			th.reply(0, nil)
		case r.nap:
			th.pending.do = napping
		default:
			th.pending.do = asleep
		}
	case asleep, napping:
		m.wakeForNothing(th, c.variant)
	case wakeOne:
		m.wake(r.word, c.variant)
		th.reply(0, nil)
	case wakeAll:
		for _, s := range m.sleepers(r.word) {
			s.reply(0, nil)
		}
		th.reply(0, nil)
	}
}

func (m *machine) wakeForNothing(th *thread, variant int) {
	if variant == -2 { // all naps are equally long
		for _, s := range m.threads {
			if !s.done && s.pending.do == napping {
				s.reply(1, nil)
			}
		}
		return
	}
	if m.spurious > 0 && variant == 0 {
		m.spurious--
		th.reply(flag(th.pending.do == napping), nil) // a nap's time is over
		return
	}
	th.reply(0, errTimeout)
}

// wake counts through the sleepers, and then through those who time out just as
// they are woken.
func (m *machine) wake(w *uint32, variant int) {
	s := m.sleepers(w)
	if variant < len(s) {
		s[variant].reply(0, nil)
		return
	}
	s = slices.DeleteFunc(s, func(th *thread) bool { return !th.limited() })
	if len(s) > 0 {
		s[variant%len(s)].reply(0, errTimeout)
	}
}
