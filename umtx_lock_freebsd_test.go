package rawsys

import (
	"errors"
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

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
	if m.Owner != int32(threadID(t)) {
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
	m := &zsys.Umutex{Owner: int32(contested()), Flags: zsys.UMUTEX_PRIO_PROTECT, Ceilings: [2]uint32{7, 0}}
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

// contested is UMUTEX_CONTESTED, which a free mutex with a priority protocol
// holds, in the width of an owner.
func contested() uint32 { return zsys.UMUTEX_CONTESTED }

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

// firstThread is the one that variables are initialised on. Go never ends it.
var firstThread = func() uint32 {
	var id int
	_ = zsys.ThrSelf(&id) // cannot fail with this pointer
	return uint32(id)
}()

// A thread that dies with a robust mutex leaves it to the next, who is told.
func TestRobustMutex(t *testing.T) {
	// Outside Go's heap: the kernel follows the list when the thread ends.
	mem := sharedPage(t)
	type robust struct {
		head  uintptr
		empty uintptr
		m     zsys.Umutex
	}
	r := (*robust)(unsafe.Pointer(&mem[0]))
	r.m.Flags = zsys.UMUTEX_ROBUST
	die := func() {
		err := UmtxRobustLists(&zsys.UmtxRobustListsParams{
			RobustListOffset:     uintptr(unsafe.Pointer(&r.empty)),
			RobustPrivListOffset: uintptr(unsafe.Pointer(&r.head)),
			RobustInactOffset:    uintptr(unsafe.Pointer(&r.empty)),
		})
		if err == nil {
			err = UmtxMutexLock(&r.m, Timeout{})
		}
		if err != nil {
			t.Error(err)
		}
		r.head = uintptr(unsafe.Pointer(&r.m))
	} // the goroutine ends tied to its thread, and the thread with it
	finish(t, onThread(func() {
		if threadID(t) != firstThread {
			die()
			return
		}
		finish(t, onThread(die)) // while this goroutine keeps the first thread
	}))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := UmtxMutexLock(&r.m, TimeoutAfter(10*time.Second))
	if !errors.Is(err, syscall.EOWNERDEAD) {
		t.Fatalf("lock after the owner's death: %v", err)
	}
	if owner := uint32(r.m.Owner) &^ contested(); owner != threadID(t) {
		t.Errorf("EOWNERDEAD, and the owner is %d", owner)
	}
	r.m.Flags |= zsys.UMUTEX_NONCONSISTENT
	if err := UmtxMutexUnlock(&r.m); err != nil {
		t.Error(err)
	}
	if err := UmtxMutexLock(&r.m, Timeout{}); !errors.Is(err, syscall.ENOTRECOVERABLE) {
		t.Errorf("lock of what was given up: %v", err)
	}
}

func TestUmtxShm(t *testing.T) {
	mem := sharedPage(t)
	key := unsafe.Pointer(&mem[16])
	if _, err := UmtxShmLookup(key); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("before: %v", err)
	}
	fd, err := UmtxShmCreat(key)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	again, err := UmtxShmLookup(key)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(again)
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); flags != unix.FD_CLOEXEC || err != nil {
		t.Errorf("flags %d, %v", flags, err)
	}
	if _, err := syscall.Pwrite(fd, []byte("one object"), 0); err != nil {
		t.Error(err)
	}
	buf := make([]byte, 10)
	if _, err := syscall.Pread(again, buf, 0); err != nil || string(buf) != "one object" {
		t.Errorf("%q, %v", buf, err)
	}
	if err := UmtxShmAlive(key); err != nil {
		t.Errorf("alive: %v", err)
	}
	if err := UmtxShmDestroy(key); err != nil {
		t.Error(err)
	}
	if _, err := UmtxShmLookup(key); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("after: %v", err)
	}
	if err := UmtxShmDestroy(key); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("once more: %v", err)
	}
}

func TestMinTimeout(t *testing.T) {
	old, err := UmtxMinTimeout()
	if errors.Is(err, syscall.EINVAL) {
		t.Skip("the kernel is older than 14.0")
	} else if err != nil {
		t.Fatal(err)
	}
	defer UmtxSetMinTimeout(old)
	if err := UmtxSetMinTimeout(50 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if got, err := UmtxMinTimeout(); err != nil || got.Round(time.Millisecond) != 50*time.Millisecond {
		t.Errorf("%v, %v", got, err)
	}
	start := time.Now()
	err = UmtxWaitUint(new(uint32), 0, TimeoutAfter(time.Millisecond))
	if waited := time.Since(start); !errors.Is(err, syscall.ETIMEDOUT) || waited < 50*time.Millisecond {
		t.Errorf("%v after %v", err, waited)
	}
	if err := UmtxSetMinTimeout(-1); !errors.Is(err, syscall.EINVAL) {
		t.Error(err)
	}
}
