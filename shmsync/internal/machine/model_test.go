package machine

import (
	"encoding/binary"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// The model runs the real state machines, one coroutine a thread, and stops each
// before every access to a word, every sleep and every wake. From each state
// that can be reached it tries every thread that can go on, and everything the
// kernel may do: wake any sleeper, return for no reason, time out, time out on
// one whom a wake had already chosen, and kill a thread where it stands.

var errTimeout = errors.New("time is over")

// A scenario is a fresh set of words and of the threads that use them.
type scenario struct {
	words   []*uint32 // shared memory, halves of larger words too
	facts   []*int    // what the invariants count
	threads []*thread
	atEnd   func() error // looks at a state in which all threads are done
	died    func(*thread)
}

// bounds of what the kernel may do, in all.
type bounds struct {
	spurious int  // sleeps that return for no reason, and naps that end early
	deaths   int  // threads that are killed
	spins    int  // looks before each sleep
	distinct bool // threads cannot stand for each other, as their numbers are in the words
}

type action int

const (
	access  action = iota // the request's step function does it
	sleep                 // about to compare, and to sleep
	asleep                // a sleep that has begun
	napping               // likewise, for a limited time
	wakeOne
	wakeAll
)

type request struct {
	do    action
	nap   bool
	ever  bool // without a limit, even for a thread with one
	word  *uint32
	value uint32
	step  func() uint64
}

// A thread is its pending request and what it was told since its last round
// began: with the same answers the same code does the same.
type thread struct {
	kind     int  // like threads have like kinds
	patient  bool // waits without a time limit
	immortal bool
	hasty    bool // is overdue once it has slept
	run      func(*thread)

	yield   func(request) bool
	next    func() (request, bool)
	stop    func()
	pending request
	done    bool
	dead    bool
	history uint64
	now     time.Duration
	answer  uint64
	err     error
}

type stopped struct{}

func (th *thread) ask(r request) uint64 {
	if !th.yield(r) {
		panic(stopped{})
	}
	return th.answer
}

// atomically runs a step of the test's own: an invariant, or a non-atomic access
// whose order with others matters.
func (th *thread) atomically(f func()) {
	th.ask(request{do: access, step: func() uint64 { f(); return 0 }})
}

// round says that the thread remembers nothing from here on but n.
func (th *thread) round(n int) { th.history = uint64(n)*1_000_003 + 17 }

func (th *thread) start() {
	th.next, th.stop = iter.Pull(func(yield func(request) bool) {
		defer func() {
			if r := recover(); r != nil && r != any(stopped{}) {
				panic(r)
			}
		}()
		th.yield = yield
		th.run(th)
	})
	th.advance()
}

// limited reports whether the thread's wait can time out.
func (th *thread) limited() bool { return !th.patient && !th.pending.ever }

func (th *thread) advance() {
	r, ok := th.next()
	th.pending, th.done = r, !ok
}

// reply answers a thread's request and lets it run to its next one.
func (th *thread) reply(answer uint64, err error) {
	th.answer, th.err = answer, err
	x := answer*4 + 1
	if err != nil {
		x++
	}
	th.history = (th.history ^ x) * 0x9E3779B97F4A7C15
	th.history ^= th.history >> 29
	th.advance()
}

// host is the Host that a thread sees.
type host struct {
	th    *thread
	m     *machine
	alive func(owner uint64) bool
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (h host) access(step func() uint64) uint64 { return h.th.ask(request{do: access, step: step}) }

func (h host) Load(w *uint32) uint32 {
	return uint32(h.access(func() uint64 { return uint64(*w) }))
}

func (h host) Add(w *uint32, delta uint32) uint32 {
	return uint32(h.access(func() uint64 { *w += delta; return uint64(*w) }))
}

func (h host) CompareAndSwap(w *uint32, old, new uint32) bool {
	return h.access(func() uint64 {
		if *w != old {
			return 0
		}
		*w = new
		return 1
	}) == 1
}

func (h host) Load64(w *uint64) uint64 { return h.access(func() uint64 { return *w }) }

func (h host) CompareAndSwap64(w *uint64, old, new uint64) bool {
	return h.access(func() uint64 {
		if *w != old {
			return 0
		}
		*w = new
		return 1
	}) == 1
}

func (h host) Sleep(w *uint32, value uint32, _ Limit) error {
	h.th.ask(request{do: sleep, word: w, value: value})
	return h.th.err
}

func (h host) Nap(w *uint32, value uint32, _ int, _ Limit) (bool, error) {
	over := h.th.ask(request{do: sleep, nap: true, word: w, value: value}) == 1
	return over, h.th.err
}

func (h host) Wake(w *uint32)    { h.th.ask(request{do: wakeOne, word: w}) }
func (h host) WakeAll(w *uint32) { h.th.ask(request{do: wakeAll, word: w}) }
func (h host) Spin(i int) bool   { return i < h.m.bounds.spins }
func (h host) Now() time.Duration {
	if h.th.hasty {
		h.th.now += Patience
	}
	return h.th.now
}
func (h host) Alive(o uint64) bool { return h.access(func() uint64 { return flag(h.alive(o)) }) == 1 }

// halves lists the words that make up a 64-bit word.
func halves(w *uint64) []*uint32 {
	return []*uint32{(*uint32)(unsafe.Pointer(w)), (*uint32)(unsafe.Add(unsafe.Pointer(w), 4))}
}

// A program makes a scenario; hostOf gives each thread its Host.
type program func(hostOf func(*thread) host) *scenario

// explore checks a program, logs how many states it has, and fails on a fault.
func explore(t *testing.T, name string, b bounds, p program) {
	t.Helper()
	needs.NoRace(t)
	start := time.Now()
	states, err := check(b, p)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	t.Logf("%s: %d states (%d spurious, %d deaths, %d spins), %v", name, states, b.spurious, b.deaths, b.spins,
		time.Since(start).Round(time.Millisecond))
}

// caught fails the test unless the model sees what is wrong in one of the programs.
func caught(t *testing.T, name string, b bounds, programs ...program) {
	t.Helper()
	needs.NoRace(t)
	for _, p := range programs {
		if _, err := check(b, p); err != nil && !errors.Is(err, errEndless) {
			t.Logf("%s: %v", name, err)
			return
		}
	}
	t.Errorf("%s: passes", name)
}

// key is the same for two states that cannot be told apart, or differ only in
// which of two like threads is which.
func (m *machine) key() string {
	b := make([]byte, 0, 256)
	for _, w := range m.words {
		b = binary.NativeEndian.AppendUint32(b, *w)
	}
	for _, f := range m.facts {
		b = binary.AppendVarint(b, int64(*f))
	}
	b = append(b, byte(m.spurious), byte(m.deaths))
	keys := make([][3]uint64, len(m.threads))
	for i, th := range m.threads {
		at := uint64(th.pending.do)<<32 | uint64(uint32(m.indexOf(th.pending.word)))
		keys[i] = [3]uint64{uint64(th.kind)<<2 | flag(th.done)<<1 | flag(th.dead), th.history, at}
	}
	if !m.bounds.distinct {
		slices.SortFunc(keys, func(x, y [3]uint64) int { return slices.Compare(x[:], y[:]) })
	}
	for _, k := range keys {
		for _, part := range k {
			b = binary.NativeEndian.AppendUint64(b, part)
		}
	}
	return string(b)
}

func (m *machine) indexOf(w *uint32) int { return slices.Index(m.words, w) }
