package rawsys

import (
	"errors"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/zsys"
)

// A umutex belongs to a thread: this is why runtime.LockOSThread is needed.
func TestUmutexBelongsToThread(t *testing.T) {
	m := new(zsys.Umutex)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := UmtxMutexLock(m, Timeout{}); err != nil {
		t.Fatal(err)
	}
	if m.Owner != threadID(t) {
		t.Errorf("the owner is %d, the thread %d", m.Owner, threadID(t))
	}
	finish(t, onThread(func() {
		if err := UmtxMutexUnlock(m); !errors.Is(err, syscall.EPERM) {
			t.Errorf("unlock by another thread: %v", err)
		}
		if err := UmtxMutexTrylock(m); !errors.Is(err, syscall.EBUSY) {
			t.Errorf("try: %v", err)
		}
		if err := UmtxMutexLock(m, TimeoutAfter(10*time.Millisecond)); !errors.Is(err, syscall.ETIMEDOUT) {
			t.Errorf("lock: %v", err)
		}
		if err := UmtxMutexWait(m, TimeoutAfter(10*time.Millisecond)); !errors.Is(err, syscall.ETIMEDOUT) {
			t.Errorf("wait: %v", err)
		}
	}))
	taken := onThread(func() {
		if err := UmtxMutexLock(m, Timeout{}); err != nil {
			t.Error(err)
			return
		}
		if err := UmtxMutexUnlock(m); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(50 * time.Millisecond)
	if err := UmtxMutexUnlock(m); err != nil {
		t.Fatal(err)
	}
	finish(t, taken)
	if err := UmtxMutexWait(m, Timeout{}); err != nil {
		t.Errorf("wait for a free mutex: %v", err)
	}
	for _, err := range []error{UmtxMutexWake(m), UmtxMutexWake2(m, m.Flags)} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestUmutexDeadlock(t *testing.T) {
	m := &zsys.Umutex{Flags: zsys.UMUTEX_PRIO_INHERIT}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := UmtxMutexLock(m, Timeout{}); err != nil {
		t.Fatal(err)
	}
	if err := UmtxMutexTrylock(m); !errors.Is(err, syscall.EDEADLK) {
		t.Errorf("a lock that the thread has: %v", err)
	}
	if err := UmtxMutexUnlock(m); err != nil {
		t.Error(err)
	}
}

func TestSetCeiling(t *testing.T) {
	m := &zsys.Umutex{Owner: zsys.UMUTEX_CONTESTED, Flags: zsys.UMUTEX_PRIO_PROTECT, Ceilings: [2]uint32{7, 0}}
	if old, err := UmtxSetCeiling(m, 9); old != 7 || err != nil || m.Ceilings[0] != 9 {
		t.Errorf("%d, %v, %d", old, err, m.Ceilings[0])
	}
	if _, err := UmtxSetCeiling(m, 32); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a ceiling of 32: %v", err)
	}
	if _, err := UmtxSetCeiling(new(zsys.Umutex), 1); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a plain mutex: %v", err)
	}
}

func TestCondition(t *testing.T) {
	cv, m := new(zsys.Ucond), new(zsys.Umutex)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	lock := func() {
		t.Helper()
		if err := UmtxMutexLock(m, Timeout{}); err != nil {
			t.Fatal(err)
		}
	}
	lock()
	if err := UmtxCvWait(cv, m, TimeoutAfter(20*time.Millisecond)); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("nobody signals: %v", err)
	}
	if m.Owner != 0 {
		t.Error("the mutex is locked after the wait")
	}
	if err := UmtxCvWait(cv, m, Timeout{}); !errors.Is(err, syscall.EPERM) {
		t.Errorf("without the mutex: %v", err)
	}
	for what, wake := range map[string]func(*zsys.Ucond) error{"signal": UmtxCvSignal, "broadcast": UmtxCvBroadcast} {
		ready := false
		waiter := onThread(func() {
			for err := UmtxMutexLock(m, Timeout{}); ; err = UmtxMutexLock(m, Timeout{}) {
				if err != nil {
					t.Error(err)
					return
				}
				if ready {
					break
				}
				if err := UmtxCvWait(cv, m, TimeoutAfter(time.Minute)); err != nil && !errors.Is(err, syscall.EINTR) {
					t.Error(err)
					return
				}
			}
			if err := UmtxMutexUnlock(m); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(50 * time.Millisecond)
		lock()
		ready = true
		if err := UmtxMutexUnlock(m); err != nil {
			t.Fatal(err)
		}
		if err := wake(cv); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		finish(t, waiter)
	}
}

func TestRwlock(t *testing.T) {
	rw := new(zsys.Urwlock)
	soon := func() Timeout { return TimeoutAfter(10 * time.Millisecond) }
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	ok(UmtxRwRdlock(rw, 0, Timeout{}))
	ok(UmtxRwRdlock(rw, zsys.URWLOCK_PREFER_READER, soon()))
	if err := UmtxRwWrlock(rw, soon()); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("a writer beside readers: %v", err)
	}
	ok(UmtxRwUnlock(rw))
	finish(t, onThread(func() { ok(UmtxRwUnlock(rw)) })) // by any thread
	if err := UmtxRwUnlock(rw); !errors.Is(err, syscall.EPERM) {
		t.Errorf("nobody's lock: %v", err)
	}
	ok(UmtxRwWrlock(rw, Timeout{}))
	if err := UmtxRwRdlock(rw, 0, soon()); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("a reader beside a writer: %v", err)
	}
	ok(UmtxRwUnlock(rw))
	rw.State = zsys.URWLOCK_MAX_READERS
	if err := UmtxRwRdlock(rw, 0, soon()); !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("too many readers: %v", err)
	}
}

func TestSem2(t *testing.T) {
	sem := new(zsys.Usem2)
	if err := UmtxSem2Wait(sem, TimeoutAfter(10*time.Millisecond)); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Error(err)
	}
	waiter := onThread(func() {
		if err := UmtxSem2Wait(sem, Timeout{}); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(50 * time.Millisecond)
	if err := UmtxSem2Wake(sem); err != nil {
		t.Error(err)
	}
	finish(t, waiter)
	sem.Count = 1
	if err := UmtxSem2Wait(sem, Timeout{}); err != nil {
		t.Errorf("a count of 1: %v", err)
	}
}
