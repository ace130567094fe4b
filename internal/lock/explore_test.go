package lock

import (
	"errors"
	"fmt"
	"slices"
)

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
