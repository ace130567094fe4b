package rawsys_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleUmtxMutexTrylock() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	m := new(zsys.Umutex)
	check(rawsys.UmtxMutexTrylock(m))
	fmt.Println(errors.Is(rawsys.UmtxMutexTrylock(m), syscall.EBUSY))
	check(rawsys.UmtxMutexUnlock(m))
	// Output: true
}

func ExampleUmtxMutexLock() {
	runtime.LockOSThread() // the lock will be this thread's
	defer runtime.UnlockOSThread()
	m := &zsys.Umutex{Flags: zsys.UMUTEX_ROBUST}
	err := rawsys.UmtxMutexLock(m, rawsys.TimeoutAfter(time.Second))
	if errors.Is(err, syscall.EOWNERDEAD) {
		err = nil // locked all the same: repair what it protects
	}
	fmt.Println(err, rawsys.UmtxMutexUnlock(m))
	// Output: <nil> <nil>
}

func ExampleUmtxMutexUnlock() {
	m := new(zsys.Umutex)
	err := rawsys.UmtxMutexUnlock(m)
	fmt.Println(errors.Is(err, syscall.EPERM)) // not this thread's
	// Output: true
}

func ExampleUmtxSetCeiling() {
	m := &zsys.Umutex{Owner: zsys.UMUTEX_CONTESTED, Flags: zsys.UMUTEX_PRIO_PROTECT, Ceilings: [2]uint32{10, 0}}
	old, err := rawsys.UmtxSetCeiling(m, 20)
	fmt.Println(old, m.Ceilings[0], err)
	// Output: 10 20 <nil>
}

func ExampleUmtxMutexWait() {
	m := new(zsys.Umutex)
	fmt.Println(rawsys.UmtxMutexWait(m, rawsys.TimeoutAfter(time.Second)), m.Owner)
	// Output: <nil> 0
}

func ExampleUmtxMutexWake2() {
	m := new(zsys.Umutex)
	flags := m.Flags // read while m is known to be there
	fmt.Println(rawsys.UmtxMutexWake2(m, flags))
	// Output: <nil>
}

func ExampleUmtxCvWait() {
	m, cv, ready := new(zsys.Umutex), new(zsys.Ucond), false
	lock := func() { check(rawsys.UmtxMutexLock(m, rawsys.Timeout{})) }
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		lock()
		ready = true
		check(rawsys.UmtxMutexUnlock(m))
		check(rawsys.UmtxCvSignal(cv))
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	limit := rawsys.TimeoutAfter(time.Minute)
	lock()
	for !ready {
		err := rawsys.UmtxCvWait(cv, m, limit)
		lock() // the wait unlocked m, and did not lock it again
		if err != nil && !errors.Is(err, syscall.EINTR) {
			check(err)
		}
	}
	fmt.Println("ready", rawsys.UmtxMutexUnlock(m))
	// Output: ready <nil>
}

func ExampleUmtxCvSignal() {
	fmt.Println(rawsys.UmtxCvSignal(new(zsys.Ucond))) // nobody waits
	// Output: <nil>
}

func ExampleUmtxCvBroadcast() {
	fmt.Println(rawsys.UmtxCvBroadcast(new(zsys.Ucond))) // nobody waits
	// Output: <nil>
}

func ExampleUmtxRwRdlock() {
	rw := new(zsys.Urwlock)
	for range 2 { // readers share
		check(rawsys.UmtxRwRdlock(rw, 0, rawsys.Timeout{}))
	}
	err := rawsys.UmtxRwWrlock(rw, rawsys.TimeoutAfter(time.Millisecond))
	fmt.Println(os.IsTimeout(err))
	for range 2 {
		check(rawsys.UmtxRwUnlock(rw))
	}
	// Output: true
}

func ExampleUmtxRwWrlock() {
	rw := new(zsys.Urwlock)
	check(rawsys.UmtxRwWrlock(rw, rawsys.Timeout{}))
	err := rawsys.UmtxRwRdlock(rw, 0, rawsys.TimeoutAfter(time.Millisecond))
	fmt.Println(os.IsTimeout(err), rawsys.UmtxRwUnlock(rw))
	// Output: true <nil>
}

func ExampleUmtxRwUnlock() {
	err := rawsys.UmtxRwUnlock(new(zsys.Urwlock))
	fmt.Println(errors.Is(err, syscall.EPERM)) // nobody's lock
	// Output: true
}
