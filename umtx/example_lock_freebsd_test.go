package umtx_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys/umtx"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleMutexTrylock() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	m := new(zsys.Umutex)
	check(umtx.MutexTrylock(m))
	fmt.Println(errors.Is(umtx.MutexTrylock(m), syscall.EBUSY))
	check(umtx.MutexUnlock(m))
	// Output: true
}

func ExampleMutexLock() {
	runtime.LockOSThread() // the lock will be this thread's
	defer runtime.UnlockOSThread()
	m := &zsys.Umutex{Flags: zsys.UMUTEX_ROBUST}
	err := umtx.MutexLock(m, umtx.TimeoutAfter(time.Second))
	if errors.Is(err, syscall.EOWNERDEAD) {
		err = nil // locked all the same: repair what it protects
	}
	fmt.Println(err, umtx.MutexUnlock(m))
	// Output: <nil> <nil>
}

func ExampleMutexUnlock() {
	m := new(zsys.Umutex)
	err := umtx.MutexUnlock(m)
	fmt.Println(errors.Is(err, syscall.EPERM)) // not this thread's
	// Output: true
}

func ExampleSetCeiling() {
	m := &zsys.Umutex{Owner: zsys.UMUTEX_CONTESTED, Flags: zsys.UMUTEX_PRIO_PROTECT, Ceilings: [2]uint32{10, 0}}
	old, err := umtx.SetCeiling(m, 20)
	fmt.Println(old, m.Ceilings[0], err)
	// Output: 10 20 <nil>
}

func ExampleMutexWait() {
	m := new(zsys.Umutex)
	fmt.Println(umtx.MutexWait(m, umtx.TimeoutAfter(time.Second)), m.Owner)
	// Output: <nil> 0
}

func ExampleMutexWake2() {
	m := new(zsys.Umutex)
	flags := m.Flags // read while m is known to be there
	fmt.Println(umtx.MutexWake2(m, flags))
	// Output: <nil>
}

func ExampleCvWait() {
	m, cv, ready := new(zsys.Umutex), new(zsys.Ucond), false
	lock := func() { check(umtx.MutexLock(m, umtx.Timeout{})) }
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		lock()
		ready = true
		check(umtx.MutexUnlock(m))
		check(umtx.CvSignal(cv))
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	limit := umtx.TimeoutAfter(time.Minute)
	lock()
	for !ready {
		err := umtx.CvWait(cv, m, limit)
		lock() // the wait unlocked m, and did not lock it again
		if err != nil && !errors.Is(err, syscall.EINTR) {
			check(err)
		}
	}
	fmt.Println("ready", umtx.MutexUnlock(m))
	// Output: ready <nil>
}

func ExampleCvSignal() {
	fmt.Println(umtx.CvSignal(new(zsys.Ucond))) // nobody waits
	// Output: <nil>
}

func ExampleCvBroadcast() {
	fmt.Println(umtx.CvBroadcast(new(zsys.Ucond))) // nobody waits
	// Output: <nil>
}

func ExampleRwRdlock() {
	rw := new(zsys.Urwlock)
	for range 2 { // readers share
		check(umtx.RwRdlock(rw, 0, umtx.Timeout{}))
	}
	err := umtx.RwWrlock(rw, umtx.TimeoutAfter(time.Millisecond))
	fmt.Println(os.IsTimeout(err))
	for range 2 {
		check(umtx.RwUnlock(rw))
	}
	// Output: true
}

func ExampleRwWrlock() {
	rw := new(zsys.Urwlock)
	check(umtx.RwWrlock(rw, umtx.Timeout{}))
	err := umtx.RwRdlock(rw, 0, umtx.TimeoutAfter(time.Millisecond))
	fmt.Println(os.IsTimeout(err), umtx.RwUnlock(rw))
	// Output: true <nil>
}

func ExampleRwUnlock() {
	err := umtx.RwUnlock(new(zsys.Urwlock))
	fmt.Println(errors.Is(err, syscall.EPERM)) // nobody's lock
	// Output: true
}
