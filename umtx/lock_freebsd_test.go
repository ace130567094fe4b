package umtx

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
	if err := MutexLock(m, Timeout{}); err != nil {
		t.Fatal(err)
	}
	if m.Owner != threadID(t) {
		t.Errorf("the owner is %d, the thread %d", m.Owner, threadID(t))
	}
	finish(t, onThread(func() {
		if err := MutexUnlock(m); !errors.Is(err, syscall.EPERM) {
			t.Errorf("unlock by another thread: %v", err)
		}
		if err := MutexTrylock(m); !errors.Is(err, syscall.EBUSY) {
			t.Errorf("try: %v", err)
		}
		if err := MutexLock(m, TimeoutAfter(10*time.Millisecond)); !errors.Is(err, syscall.ETIMEDOUT) {
			t.Errorf("lock: %v", err)
		}
		if err := MutexWait(m, TimeoutAfter(10*time.Millisecond)); !errors.Is(err, syscall.ETIMEDOUT) {
			t.Errorf("wait: %v", err)
		}
	}))
	taken := onThread(func() {
		if err := MutexLock(m, Timeout{}); err != nil {
			t.Error(err)
			return
		}
		if err := MutexUnlock(m); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(50 * time.Millisecond)
	if err := MutexUnlock(m); err != nil {
		t.Fatal(err)
	}
	finish(t, taken)
	if err := MutexWait(m, Timeout{}); err != nil {
		t.Errorf("wait for a free mutex: %v", err)
	}
	for _, err := range []error{MutexWake(m), MutexWake2(m, m.Flags)} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestUmutexDeadlock(t *testing.T) {
	m := &zsys.Umutex{Flags: zsys.UMUTEX_PRIO_INHERIT}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := MutexLock(m, Timeout{}); err != nil {
		t.Fatal(err)
	}
	if err := MutexTrylock(m); !errors.Is(err, syscall.EDEADLK) {
		t.Errorf("a lock that the thread has: %v", err)
	}
	if err := MutexUnlock(m); err != nil {
		t.Error(err)
	}
}

func TestSetCeiling(t *testing.T) {
	m := &zsys.Umutex{Owner: zsys.UMUTEX_CONTESTED, Flags: zsys.UMUTEX_PRIO_PROTECT, Ceilings: [2]uint32{7, 0}}
	if old, err := SetCeiling(m, 9); old != 7 || err != nil || m.Ceilings[0] != 9 {
		t.Errorf("%d, %v, %d", old, err, m.Ceilings[0])
	}
	if _, err := SetCeiling(m, 32); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a ceiling of 32: %v", err)
	}
	if _, err := SetCeiling(new(zsys.Umutex), 1); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a plain mutex: %v", err)
	}
}

func TestCondition(t *testing.T) {
	cv, m := new(zsys.Ucond), new(zsys.Umutex)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	lock := func() {
		t.Helper()
		if err := MutexLock(m, Timeout{}); err != nil {
			t.Fatal(err)
		}
	}
	lock()
	if err := CvWait(cv, m, TimeoutAfter(20*time.Millisecond)); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("nobody signals: %v", err)
	}
	if m.Owner != 0 {
		t.Error("the mutex is locked after the wait")
	}
	if err := CvWait(cv, m, Timeout{}); !errors.Is(err, syscall.EPERM) {
		t.Errorf("without the mutex: %v", err)
	}
	for what, wake := range map[string]func(*zsys.Ucond) error{"signal": CvSignal, "broadcast": CvBroadcast} {
		ready := false
		waiter := onThread(func() {
			for err := MutexLock(m, Timeout{}); ; err = MutexLock(m, Timeout{}) {
				if err != nil {
					t.Error(err)
					return
				}
				if ready {
					break
				}
				if err := CvWait(cv, m, TimeoutAfter(time.Minute)); err != nil && !errors.Is(err, syscall.EINTR) {
					t.Error(err)
					return
				}
			}
			if err := MutexUnlock(m); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(50 * time.Millisecond)
		lock()
		ready = true
		if err := MutexUnlock(m); err != nil {
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
	ok(RwRdlock(rw, 0, Timeout{}))
	ok(RwRdlock(rw, zsys.URWLOCK_PREFER_READER, soon()))
	if err := RwWrlock(rw, soon()); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("a writer beside readers: %v", err)
	}
	ok(RwUnlock(rw))
	finish(t, onThread(func() { ok(RwUnlock(rw)) })) // by any thread
	if err := RwUnlock(rw); !errors.Is(err, syscall.EPERM) {
		t.Errorf("nobody's lock: %v", err)
	}
	ok(RwWrlock(rw, Timeout{}))
	if err := RwRdlock(rw, 0, soon()); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("a reader beside a writer: %v", err)
	}
	ok(RwUnlock(rw))
	rw.State = zsys.URWLOCK_MAX_READERS
	if err := RwRdlock(rw, 0, soon()); !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("too many readers: %v", err)
	}
}

func TestSem2(t *testing.T) {
	sem := new(zsys.Usem2)
	if err := Sem2Wait(sem, TimeoutAfter(10*time.Millisecond)); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Error(err)
	}
	waiter := onThread(func() {
		if err := Sem2Wait(sem, Timeout{}); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(50 * time.Millisecond)
	if err := Sem2Wake(sem); err != nil {
		t.Error(err)
	}
	finish(t, waiter)
	sem.Count = 1
	if err := Sem2Wait(sem, Timeout{}); err != nil {
		t.Errorf("a count of 1: %v", err)
	}
}
