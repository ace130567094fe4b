// Package lock is a mutual exclusion lock in one 32-bit word, for whoever can
// reach the word: threads, goroutines and processes. The word and the kernel
// that puts to sleep and wakes are behind an interface, so that the algorithm
// is checked in every interleaving on any host.
package lock

import "errors"

// The word's states. Contended means that somebody may be asleep: to take a
// lock for Contended when nobody is costs a wake, the other way round a sleeper.
const (
	Free      = 0
	Held      = 1
	Contended = 2
)

// ErrUnlocked is Unlock's answer when nobody held the lock.
var ErrUnlocked = errors.New("unlock of a lock that is not held")

// Word is a word of memory that its users share. CompareAndSwap and Swap are
// atomic and sequentially consistent.
type Word interface {
	CompareAndSwap(old, new uint32) bool
	Swap(new uint32) uint32

	// Wait sleeps until a Wake, if the word has the value, which is checked
	// together with going to sleep. It may return nil for no reason. An error,
	// such as that time is over, says nothing about whether a Wake was lost on
	// the caller.
	Wait(value uint32) error

	// Wake wakes one that sleeps, if any does.
	Wake() error
}

// TryLock takes the lock if it is free.
func TryLock[W Word](w W) bool { return w.CompareAndSwap(Free, Held) }

// Lock takes the lock, and sleeps until it can. It fails only with an error
// from Wait, and then the caller doesn't have the lock.
func Lock[W Word](w W) error {
	if TryLock(w) {
		return nil
	}
	// From here on the lock is taken as Contended: others may sleep, and who
	// has slept cannot know.
	for w.Swap(Contended) != Free {
		if err := w.Wait(Contended); err != nil {
			// The one Wake of an Unlock may have been spent on us while we gave
			// up. Marking the word once more passes it on: the next Unlock
			// wakes another. If the lock is free, it's ours after all.
			if w.Swap(Contended) == Free {
				return nil
			}
			return err
		}
	}
	return nil
}

// Unlock frees the lock and wakes one sleeper.
func Unlock[W Word](w W) error {
	switch w.Swap(Free) {
	case Free:
		return ErrUnlocked
	case Held:
		return nil
	}
	return w.Wake()
}
