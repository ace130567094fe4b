package umtx_test

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

	"github.com/rawsys-go/rawsys/umtx"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleOp() {
	word := new(uint32)
	_, err := umtx.Op(unsafe.Pointer(word), zsys.UMTX_OP_WAKE, 1, 0, nil)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleTimeoutAfter() {
	soon := umtx.TimeoutAfter(time.Millisecond)
	err := umtx.WaitUint(new(uint32), 0, soon)
	fmt.Println(os.IsTimeout(err))
	// Output: true
}

func ExampleTimeoutAt() {
	// This time has passed, and there is no such clock.
	for _, t := range []umtx.Timeout{umtx.TimeoutAt(zsys.CLOCK_REALTIME, 0, 0), umtx.TimeoutAt(99, 0, 0)} {
		err := umtx.WaitUint(new(uint32), 0, t)
		fmt.Println(os.IsTimeout(err), errors.Is(err, syscall.EINVAL))
	}
	// Output:
	// true false
	// false true
}

func ExampleClock() {
	fmt.Println(umtx.Clock(zsys.CLOCK_MONOTONIC), umtx.Clock(99))
	// Output: CLOCK_MONOTONIC Clock(99)
}

func ExampleWait() {
	word := new(uint) // C's long
	fmt.Println(umtx.Wait(word, 1, umtx.Timeout{}))
	// Output: <nil>
}

func ExampleWaitUint() {
	ready := new(uint32)
	go func() {
		atomic.StoreUint32(ready, 1)
		check(umtx.Wake(ready, 1))
	}()
	limit := umtx.TimeoutAfter(time.Minute) // for the whole loop
	for atomic.LoadUint32(ready) == 0 {
		check(umtx.WaitUint(ready, 0, limit))
	}
	fmt.Println("ready")
	// Output: ready
}

func ExampleWake() {
	ready := new(uint32) // someone may sleep on it in WaitUint
	atomic.StoreUint32(ready, 1)
	fmt.Println(umtx.Wake(ready, math.MaxInt32))
	// Output: <nil>
}

// sleepUntil returns when the word is not zero.
func sleepUntil(word *uint32) {
	for atomic.LoadUint32(word) == 0 {
		check(umtx.WaitUintPrivate(word, 0, umtx.Timeout{}))
	}
}

func ExampleWaitUintPrivate() {
	ready := new(uint32)
	go func() {
		atomic.StoreUint32(ready, 1)
		check(umtx.WakePrivate(ready, 1))
	}()
	for atomic.LoadUint32(ready) == 0 {
		check(umtx.WaitUintPrivate(ready, 0, umtx.Timeout{}))
	}
	fmt.Println("ready")
	// Output: ready
}

func ExampleWakePrivate() {
	ready := new(uint32)
	done := make(chan bool)
	go func() {
		sleepUntil(ready)
		close(done)
	}()
	atomic.StoreUint32(ready, 1)
	check(umtx.WakePrivate(ready, math.MaxInt32))
	<-done
	// Output:
}

func ExampleNwakePrivate() {
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
	check(umtx.NwakePrivate(words)) // one call for all
	fmt.Println(<-done, <-done)
	// Output: true true
}

func ExampleSem2Wait() {
	sem := new(zsys.Usem2)
	go func() {
		atomic.AddUint32(&sem.Count, 1)
		check(umtx.Sem2Wake(sem))
	}()
	for { // take one, or wait for one
		old := atomic.LoadUint32(&sem.Count)
		if count := old &^ zsys.USEM_HAS_WAITERS; count == 0 {
			check(umtx.Sem2Wait(sem, umtx.TimeoutAfter(time.Minute)))
		} else if atomic.CompareAndSwapUint32(&sem.Count, old, old-1) {
			break
		}
	}
	fmt.Println("taken")
	// Output: taken
}

func ExampleSem2WaitFor() {
	left, err := umtx.Sem2WaitFor(new(zsys.Usem2), time.Millisecond)
	for errors.Is(err, syscall.EINTR) {
		left, err = umtx.Sem2WaitFor(new(zsys.Usem2), left)
	}
	fmt.Println(os.IsTimeout(err))
	// Output: true
}

func ExampleSem2Wake() {
	sem := new(zsys.Usem2)
	atomic.AddUint32(&sem.Count, 1)
	fmt.Println(umtx.Sem2Wake(sem))
	// Output: <nil>
}

func ExampleMinTimeout() {
	old, err := umtx.MinTimeout()
	check(err)
	fmt.Println("waits take no less than", old)
}

func ExampleSetMinTimeout() {
	old, err := umtx.MinTimeout()
	check(err)
	check(umtx.SetMinTimeout(5 * time.Millisecond))
	start := time.Now()
	err = umtx.WaitUint(new(uint32), 0, umtx.TimeoutAfter(time.Millisecond))
	fmt.Println(os.IsTimeout(err), time.Since(start) >= 5*time.Millisecond)
	check(umtx.SetMinTimeout(old))
	// Output: true true
}

// sharedMemory is a page that this process shares with its children.
func sharedMemory() []byte {
	page, err := syscall.Mmap(-1, 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)
	check(err)
	return page
}

func ExampleShmCreat() {
	key := unsafe.Pointer(&sharedMemory()[0])
	fd, err := umtx.ShmCreat(key)
	check(err)
	defer syscall.Close(fd)
	mem, err := syscall.Mmap(fd, 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	check(err)
	fmt.Println(mem[0])
	check(umtx.ShmDestroy(key))
	// Output: 0
}

func ExampleShmLookup() {
	_, err := umtx.ShmLookup(unsafe.Pointer(&sharedMemory()[0]))
	fmt.Println(errors.Is(err, syscall.ESRCH)) // nobody made one
	// Output: true
}

func ExampleShmAlive() {
	key := unsafe.Pointer(&sharedMemory()[0])
	fd, err := umtx.ShmCreat(key)
	check(err)
	defer syscall.Close(fd)
	fmt.Println(umtx.ShmAlive(key))
	check(umtx.ShmDestroy(key))
	// Output: <nil>
}

func ExampleShmDestroy() {
	key := unsafe.Pointer(&sharedMemory()[0])
	fd, err := umtx.ShmCreat(key)
	check(err)
	defer syscall.Close(fd) // what it is a descriptor of lasts
	fmt.Println(umtx.ShmDestroy(key))
	err = umtx.ShmDestroy(key)
	fmt.Println(errors.Is(err, syscall.ESRCH))
	// Output:
	// <nil>
	// true
}

// robustLists are what RobustLists points the kernel to. They are a variable
// of the package: the kernel reads them when the thread ends.
var robustLists struct{ shared, private, inactive uintptr }

func ExampleRobustLists() {
	runtime.LockOSThread() // the lists will be this thread's
	defer runtime.UnlockOSThread()
	fmt.Println(umtx.RobustLists(&zsys.UmtxRobustListsParams{
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
