// Package machine has the state machines of package shmsync: what each lock does
// to its words, when it sleeps and whom it wakes. They are written over [Host],
// so that the same code runs on the kernels of FreeBSD and Linux and in a model
// that tries every interleaving.
//
// The words are plain integers, because they lie in memory that other programs
// map too. They are reached through Host alone, which is atomic.
package machine

import (
	"errors"
	"time"
)

// Host is what a state machine runs on. All its operations on words are atomic
// and sequentially consistent.
type Host interface {
	Load(word *uint32) uint32
	Add(word *uint32, delta uint32) (sum uint32)
	CompareAndSwap(word *uint32, old, new uint32) bool
	Load64(word *uint64) uint64
	CompareAndSwap64(word *uint64, old, new uint64) bool

	// Sleep sleeps until a Wake, if the word has the value, which is checked
	// together with going to sleep. It may return nil for no reason. An error,
	// such as that the time is over, says nothing about whether a Wake was lost
	// on the caller.
	Sleep(word *uint32, value uint32, l Limit) error

	// Nap is Sleep for as long as [NapFor] says of the i-th in a row, for those
	// who have to look whether somebody died. It reports true if that is over.
	Nap(word *uint32, value uint32, i int, l Limit) (over bool, err error)

	// Wake wakes one that sleeps, if any does; WakeAll wakes all of them.
	Wake(word *uint32)
	WakeAll(word *uint32)

	// Spin passes a moment, before the i-th look at a word that is about to
	// change, and reports false when it is better to sleep.
	Spin(i int) bool

	// Now is the time since the Host's origin.
	Now() time.Duration

	// Alive reports whether the process of an owner, as [Owner] makes them,
	// may still run.
	Alive(owner uint64) bool
}

// Patience is how long one waits for a lock before those who come later have to let
// it pass. Each time that costs them a switch from one thread to another, so it must
// not be often; and it must be short to who waits.
const Patience = 50 * time.Millisecond

// NapTime bounds how long the death of a process goes unnoticed by those who wait.
const NapTime = 100 * time.Millisecond

// NapFor is how long the i-th nap in a row lasts: a death is mostly found soon after
// the wait began, and who waits long looks rarely.
func NapFor(i int) time.Duration {
	if i > 6 {
		return NapTime
	}
	return time.Millisecond << i
}

// Limit says how long to wait. The zero Limit is for ever.
type Limit struct {
	At     time.Duration // when, since the Host's origin, [os.ErrDeadlineExceeded] is due; 0 is never
	Cancel *Cancel       // what else ends the wait, or nil
}

// Errors of misuse, and of words that no machine has written.
var (
	ErrUnlocked = errors.New("shmsync: unlock of a lock that is not locked")
	ErrCorrupt  = errors.New("shmsync: the memory holds no valid state: something else wrote to it")
	ErrReaders  = errors.New("shmsync: too many readers")
	ErrBound    = errors.New("shmsync: more permits than the semaphore's bound")
	ErrNegative = errors.New("shmsync: negative counter")
	ErrOverflow = errors.New("shmsync: counter too large")
	ErrParties  = errors.New("shmsync: more have arrived than the barrier has parties")
)
