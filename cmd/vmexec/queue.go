//go:build unix

package main

import "sync"

// queue hands out the indexes of runs, in order, to any number of guests.
type queue struct {
	mu         sync.Mutex
	next, runs int
}

func newQueue(runs int) *queue { return &queue{runs: runs} }

// Next returns the next index, and false when all have been handed out.
func (q *queue) Next() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == q.runs {
		return 0, false
	}
	q.next++
	return q.next - 1, true
}
