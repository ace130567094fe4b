package rawsys_test

import (
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleUmtxOp() {
	word := new(uint32)
	_, err := rawsys.UmtxOp(unsafe.Pointer(word), zsys.UMTX_OP_WAKE, 1, 0, nil)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleTimeoutAfter() {
	soon := rawsys.TimeoutAfter(time.Millisecond)
	err := rawsys.UmtxWaitUint(new(uint32), 0, soon)
	fmt.Println(os.IsTimeout(err))
	// Output: true
}

func ExampleTimeoutAt() {
	// This time has passed, and there is no such clock.
	for _, t := range []rawsys.Timeout{rawsys.TimeoutAt(zsys.CLOCK_REALTIME, 0, 0), rawsys.TimeoutAt(99, 0, 0)} {
		err := rawsys.UmtxWaitUint(new(uint32), 0, t)
		fmt.Println(os.IsTimeout(err), errors.Is(err, syscall.EINVAL))
	}
	// Output:
	// true false
	// false true
}

func ExampleClock() {
	fmt.Println(rawsys.Clock(zsys.CLOCK_MONOTONIC), rawsys.Clock(99))
	// Output: CLOCK_MONOTONIC Clock(99)
}

func ExampleUmtxWait() {
	word := new(uint) // C's long
	fmt.Println(rawsys.UmtxWait(word, 1, rawsys.Timeout{}))
	// Output: <nil>
}

func ExampleUmtxWaitUint() {
	ready := new(uint32)
	go func() {
		atomic.StoreUint32(ready, 1)
		check(rawsys.UmtxWake(ready, 1))
	}()
	limit := rawsys.TimeoutAfter(time.Minute) // for the whole loop
	for atomic.LoadUint32(ready) == 0 {
		check(rawsys.UmtxWaitUint(ready, 0, limit))
	}
	fmt.Println("ready")
	// Output: ready
}

func ExampleUmtxWake() {
	ready := new(uint32) // someone may sleep on it in UmtxWaitUint
	atomic.StoreUint32(ready, 1)
	fmt.Println(rawsys.UmtxWake(ready, math.MaxInt32))
	// Output: <nil>
}

// sleepUntil returns when the word is not zero.
func sleepUntil(word *uint32) {
	for atomic.LoadUint32(word) == 0 {
		check(rawsys.UmtxWaitUintPrivate(word, 0, rawsys.Timeout{}))
	}
}

func ExampleUmtxWaitUintPrivate() {
	ready := new(uint32)
	go func() {
		atomic.StoreUint32(ready, 1)
		check(rawsys.UmtxWakePrivate(ready, 1))
	}()
	for atomic.LoadUint32(ready) == 0 {
		check(rawsys.UmtxWaitUintPrivate(ready, 0, rawsys.Timeout{}))
	}
	fmt.Println("ready")
	// Output: ready
}

func ExampleUmtxWakePrivate() {
	ready := new(uint32)
	done := make(chan bool)
	go func() {
		sleepUntil(ready)
		close(done)
	}()
	atomic.StoreUint32(ready, 1)
	check(rawsys.UmtxWakePrivate(ready, math.MaxInt32))
	<-done
	// Output:
}

func ExampleUmtxNwakePrivate() {
	words := []*uint32{new(uint32), new(uint32)}
	done := make(chan bool)
	for _, w := range words {
		go func() {
			sleepUntil(w)
			done <- true
		}()
	}
	for _, w := range words {
		atomic.StoreUint32(w, 1)
	}
	check(rawsys.UmtxNwakePrivate(words)) // one call for all
	fmt.Println(<-done, <-done)
	// Output: true true
}

func ExampleUmtxSem2Wait() {
	sem := new(zsys.Usem2)
	go func() {
		atomic.AddUint32(&sem.Count, 1)
		check(rawsys.UmtxSem2Wake(sem))
	}()
	for { // take one, or wait for one
		old := atomic.LoadUint32(&sem.Count)
		if count := old &^ zsys.USEM_HAS_WAITERS; count == 0 {
			check(rawsys.UmtxSem2Wait(sem, rawsys.TimeoutAfter(time.Minute)))
		} else if atomic.CompareAndSwapUint32(&sem.Count, old, old-1) {
			break
		}
	}
	fmt.Println("taken")
	// Output: taken
}

func ExampleUmtxSem2WaitFor() {
	left, err := rawsys.UmtxSem2WaitFor(new(zsys.Usem2), time.Millisecond)
	for errors.Is(err, syscall.EINTR) {
		left, err = rawsys.UmtxSem2WaitFor(new(zsys.Usem2), left)
	}
	fmt.Println(os.IsTimeout(err))
	// Output: true
}

func ExampleUmtxSem2Wake() {
	sem := new(zsys.Usem2)
	atomic.AddUint32(&sem.Count, 1)
	fmt.Println(rawsys.UmtxSem2Wake(sem))
	// Output: <nil>
}

func ExampleUmtxMinTimeout() {
	old, err := rawsys.UmtxMinTimeout()
	check(err)
	fmt.Println("waits take no less than", old)
}

func ExampleUmtxSetMinTimeout() {
	old, err := rawsys.UmtxMinTimeout()
	check(err)
	check(rawsys.UmtxSetMinTimeout(5 * time.Millisecond))
	start := time.Now()
	err = rawsys.UmtxWaitUint(new(uint32), 0, rawsys.TimeoutAfter(time.Millisecond))
	fmt.Println(os.IsTimeout(err), time.Since(start) >= 5*time.Millisecond)
	check(rawsys.UmtxSetMinTimeout(old))
	// Output: true true
}

// sharedMemory is a page that this process shares with its children.
func sharedMemory() []byte {
	page, err := syscall.Mmap(-1, 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)
	check(err)
	return page
}

func ExampleUmtxShmCreat() {
	key := unsafe.Pointer(&sharedMemory()[0])
	fd, err := rawsys.UmtxShmCreat(key)
	check(err)
	defer syscall.Close(fd)
	mem, err := syscall.Mmap(fd, 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	check(err)
	fmt.Println(mem[0])
	check(rawsys.UmtxShmDestroy(key))
	// Output: 0
}

func ExampleUmtxShmLookup() {
	_, err := rawsys.UmtxShmLookup(unsafe.Pointer(&sharedMemory()[0]))
	fmt.Println(errors.Is(err, syscall.ESRCH)) // nobody made one
	// Output: true
}

func ExampleUmtxShmAlive() {
	key := unsafe.Pointer(&sharedMemory()[0])
	fd, err := rawsys.UmtxShmCreat(key)
	check(err)
	defer syscall.Close(fd)
	fmt.Println(rawsys.UmtxShmAlive(key))
	check(rawsys.UmtxShmDestroy(key))
	// Output: <nil>
}

func ExampleUmtxShmDestroy() {
	key := unsafe.Pointer(&sharedMemory()[0])
	fd, err := rawsys.UmtxShmCreat(key)
	check(err)
	defer syscall.Close(fd) // what it is a descriptor of lasts
	fmt.Println(rawsys.UmtxShmDestroy(key))
	err = rawsys.UmtxShmDestroy(key)
	fmt.Println(errors.Is(err, syscall.ESRCH))
	// Output:
	// <nil>
	// true
}

// robustLists are what UmtxRobustLists points the kernel to. They are a variable
// of the package: the kernel reads them when the thread ends.
var robustLists struct{ shared, private, inactive uintptr }

func ExampleUmtxRobustLists() {
	runtime.LockOSThread() // the lists will be this thread's
	defer runtime.UnlockOSThread()
	fmt.Println(rawsys.UmtxRobustLists(&zsys.UmtxRobustListsParams{
		RobustListOffset:     uintptr(unsafe.Pointer(&robustLists.shared)),
		RobustPrivListOffset: uintptr(unsafe.Pointer(&robustLists.private)),
		RobustInactOffset:    uintptr(unsafe.Pointer(&robustLists.inactive)),
	}))
	// Output: <nil>
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
