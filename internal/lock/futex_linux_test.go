package lock

import (
	"errors"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// futex is a Word on Linux, whose futex(2) behaves as UMTX_OP_WAIT_UINT and
// UMTX_OP_WAKE do: the algorithm on a real kernel, wherever tests run.
type futex struct {
	word    *atomic.Uint32
	timeout *syscall.Timespec
}

func (f futex) CompareAndSwap(old, new uint32) bool { return f.word.CompareAndSwap(old, new) }
func (f futex) Swap(new uint32) uint32              { return f.word.Swap(new) }

func (f futex) call(op, value uintptr) syscall.Errno {
	_, _, errno := syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(f.word)), op, value,
		uintptr(unsafe.Pointer(f.timeout)), 0, 0)
	return errno
}

func (f futex) Wait(value uint32) error {
	const futexWait = 0
	if errno := f.call(futexWait, uintptr(value)); errno != 0 && errno != syscall.EAGAIN && errno != syscall.EINTR {
		return errno
	}
	return nil
}

func (f futex) Wake() error {
	const futexWake = 1
	if errno := f.call(futexWake, 1); errno != 0 {
		return errno
	}
	return nil
}

// Goroutines with and without patience count under the lock; a lost wake hangs
// the test, two holders at once lose a count (and race).
func TestFutex(t *testing.T) {
	const users, rounds = 8, 1000
	var word atomic.Uint32
	count := 0 // under the lock
	var late atomic.Int64
	var all sync.WaitGroup
	for u := range users {
		f := futex{word: &word}
		if u%2 == 1 {
			f.timeout = &syscall.Timespec{Nsec: 20000} // 20 µs
		}
		all.Go(func() {
			for range rounds {
				if err := Lock(f); errors.Is(err, syscall.ETIMEDOUT) {
					late.Add(1)
					continue
				} else if err != nil {
					t.Error(err)
					return
				}
				count++
				if count%16 == 0 {
					time.Sleep(50 * time.Microsecond) // longer than the impatient wait
				}
				if err := Unlock(f); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	gaveUp := int(late.Load())
	if count+gaveUp != users*rounds || word.Load() != Free {
		t.Errorf("%d rounds done, %d given up, of %d; the word is %d", count, gaveUp, users*rounds, word.Load())
	}
	t.Logf("%d rounds, of which %d timed out", users*rounds, gaveUp)
}

func TestUnlockOfFree(t *testing.T) {
	var word atomic.Uint32
	f := futex{word: &word}
	if err := Unlock(f); !errors.Is(err, ErrUnlocked) {
		t.Error(err)
	}
	if !TryLock(f) || TryLock(f) {
		t.Error("a lock that was not held cannot be taken, or twice")
	}
}
