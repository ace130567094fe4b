package umtx

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys/internal/lock"
)

// Mutex is a mutual exclusion lock of one word, 4 bytes with an alignment of 4
// and nothing else, so that it can lie in memory that processes share; see
// [MutexAt]. The zero Mutex is unlocked. It must not be copied after first use.
//
// As long as nobody waits, a Mutex costs no system call. Each wait occupies a
// thread, but none of GOMAXPROCS's processors; among the goroutines of one process
// alone, sync.Mutex is cheaper. A Mutex is not fair, not recursive and not robust:
// if a process dies while it holds the lock, the Mutex stays locked.
// [Mutex.LockTimeout] lets the others find out.
//
// Memory is ordered as with sync.Mutex: what was written before an Unlock is
// seen after the Lock that follows it, by other processes too.
//
// If another process writes something else to the word than the lock's three
// states, the Mutex counts as locked until somebody unlocks it.
type Mutex struct{ word atomic.Uint32 }

// MutexAt returns the Mutex at the start of mem, which is shared memory, such as
// that of rawsys.MemfdCreate mapped with MAP_SHARED. Memory of zeros is an unlocked
// Mutex. The Mutex is valid as long as mem is mapped. The error matches
// syscall.EINVAL: mem has fewer than 4 bytes, or its address is no multiple of 4.
func MutexAt(mem []byte) (*Mutex, error) {
	if len(mem) < int(unsafe.Sizeof(Mutex{})) {
		return nil, fmt.Errorf("umtx: a Mutex in %d bytes, want 4: %w", len(mem), syscall.EINVAL)
	}
	p := unsafe.Pointer(&mem[0])
	if uintptr(p)%unsafe.Alignof(Mutex{}) != 0 {
		return nil, fmt.Errorf("umtx: a Mutex at %p, want a multiple of 4: %w", p, syscall.EINVAL)
	}
	return (*Mutex)(p), nil
}

// Lock locks m, and waits until it can. It panics if the kernel cannot reach m.
func (m *Mutex) Lock() {
	if err := m.LockTimeout(Timeout{}); err != nil {
		panic("umtx: Lock: " + err.Error())
	}
}

// LockTimeout locks m, and waits for it until t. The error is a *rawsys.Error,
// and then m is not the caller's: ETIMEDOUT, for which os.IsTimeout is true, or
// EINVAL for a bad t. A lock that is free is taken whatever t is.
func (m *Mutex) LockTimeout(t Timeout) error { return lock.Lock(shared{m, t}) }

// TryLock locks m if it is unlocked, and reports whether it did.
func (m *Mutex) TryLock() bool { return lock.TryLock(shared{m: m}) }

// Unlock unlocks m and wakes one of those who wait for it. It panics if m is not locked.
// Any goroutine of any process may unlock.
func (m *Mutex) Unlock() {
	if err := lock.Unlock(shared{m: m}); err != nil {
		panic("umtx: " + err.Error())
	}
}

// shared is m's word, on which others sleep in this process or another.
type shared struct {
	m *Mutex
	t Timeout
}

func (s shared) CompareAndSwap(old, new uint32) bool { return s.m.word.CompareAndSwap(old, new) }

func (s shared) Swap(new uint32) uint32 { return s.m.word.Swap(new) }

func (s shared) Wait(value uint32) error { return WaitUint(s.m.addr(), value, s.t) }

func (s shared) Wake() error { return Wake(s.m.addr(), 1) }

// addr is the word as the kernel takes it.
func (m *Mutex) addr() *uint32 { return (*uint32)(unsafe.Pointer(&m.word)) }
