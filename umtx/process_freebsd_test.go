package umtx

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
		err := RobustLists(&zsys.UmtxRobustListsParams{
			RobustListOffset:     uintptr(unsafe.Pointer(&r.empty)),
			RobustPrivListOffset: uintptr(unsafe.Pointer(&r.head)),
			RobustInactOffset:    uintptr(unsafe.Pointer(&r.empty)),
		})
		if err == nil {
			err = MutexLock(&r.m, Timeout{})
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
	err := MutexLock(&r.m, TimeoutAfter(10*time.Second))
	if !errors.Is(err, syscall.EOWNERDEAD) {
		t.Fatalf("lock after the owner's death: %v", err)
	}
	if owner := r.m.Owner &^ zsys.UMUTEX_CONTESTED; owner != threadID(t) {
		t.Errorf("EOWNERDEAD, and the owner is %d", owner)
	}
	r.m.Flags |= zsys.UMUTEX_NONCONSISTENT
	if err := MutexUnlock(&r.m); err != nil {
		t.Error(err)
	}
	if err := MutexLock(&r.m, Timeout{}); !errors.Is(err, syscall.ENOTRECOVERABLE) {
		t.Errorf("lock of what was given up: %v", err)
	}
}

func TestShm(t *testing.T) {
	mem := sharedPage(t)
	key := unsafe.Pointer(&mem[16])
	if _, err := ShmLookup(key); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("before: %v", err)
	}
	fd, err := ShmCreat(key)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	again, err := ShmLookup(key)
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
	if err := ShmAlive(key); err != nil {
		t.Errorf("alive: %v", err)
	}
	if err := ShmDestroy(key); err != nil {
		t.Error(err)
	}
	if _, err := ShmLookup(key); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("after: %v", err)
	}
	if err := ShmDestroy(key); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("once more: %v", err)
	}
}

func TestMinTimeout(t *testing.T) {
	old, err := MinTimeout()
	if errors.Is(err, syscall.EINVAL) {
		t.Skip("the kernel is older than 14.0")
	} else if err != nil {
		t.Fatal(err)
	}
	defer SetMinTimeout(old)
	if err := SetMinTimeout(50 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if got, err := MinTimeout(); err != nil || got.Round(time.Millisecond) != 50*time.Millisecond {
		t.Errorf("%v, %v", got, err)
	}
	start := time.Now()
	err = WaitUint(new(uint32), 0, TimeoutAfter(time.Millisecond))
	if waited := time.Since(start); !errors.Is(err, syscall.ETIMEDOUT) || waited < 50*time.Millisecond {
		t.Errorf("%v after %v", err, waited)
	}
	if err := SetMinTimeout(-1); !errors.Is(err, syscall.EINVAL) {
		t.Error(err)
	}
}
