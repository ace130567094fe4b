package umtx_test

import (
	"fmt"
	"log"
	"os"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/umtx"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleMutexAt() {
	f, err := rawsys.MemfdCreate("shared", zsys.MFD_CLOEXEC) // for a child's ExtraFiles
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(int64(os.Getpagesize())); err != nil {
		log.Fatal(err)
	}
	mem, err := syscall.Mmap(int(f.Fd()), 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		log.Fatal(err)
	}
	m, err := umtx.MutexAt(mem)
	if err != nil {
		log.Fatal(err)
	}
	m.Lock()
	fmt.Println(m.TryLock())
	err = m.LockTimeout(umtx.TimeoutAfter(time.Millisecond))
	fmt.Println(os.IsTimeout(err))
	m.Unlock()
	// Output:
	// false
	// true
}

func ExampleMutex() {
	var m umtx.Mutex
	n := 0
	done := make(chan bool)
	for range 4 {
		go func() {
			m.Lock()
			n++
			m.Unlock()
			done <- true
		}()
	}
	for range 4 {
		<-done
	}
	fmt.Println(n)
	// Output: 4
}

func ExampleMutex_TryLock() {
	var m umtx.Mutex
	fmt.Println(m.TryLock(), m.TryLock())
	m.Unlock()
	// Output: true false
}

func ExampleMutex_LockTimeout() {
	var m umtx.Mutex
	m.Lock() // as another process might, and then die
	err := m.LockTimeout(umtx.TimeoutAfter(time.Millisecond))
	fmt.Println(os.IsTimeout(err))
	m.Unlock()
	// Output: true
}
