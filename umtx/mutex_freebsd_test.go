package umtx

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func TestGoroutines(t *testing.T) {
	const users, rounds = 16, 2000
	var m Mutex
	count := 0
	var all sync.WaitGroup
	for range users {
		all.Go(func() {
			for range rounds {
				m.Lock()
				count++
				if count%512 == 0 {
					time.Sleep(time.Millisecond) // so that others sleep too
				}
				m.Unlock()
			}
		})
	}
	all.Wait()
	if count != users*rounds {
		t.Errorf("%d rounds, want %d", count, users*rounds)
	}
	if m.word.Load() != 0 {
		t.Errorf("the word is %d at the end", m.word.Load())
	}
}

func TestTimeout(t *testing.T) {
	var m Mutex
	m.Lock()
	if m.TryLock() {
		t.Error("locked twice")
	}
	start := time.Now()
	err := m.LockTimeout(TimeoutAfter(30 * time.Millisecond))
	if !errors.Is(err, syscall.ETIMEDOUT) || !os.IsTimeout(err) {
		t.Error(err)
	}
	if waited := time.Since(start); waited < 30*time.Millisecond {
		t.Errorf("gave up after %v", waited)
	}
	if err := m.LockTimeout(TimeoutAt(99, 1, 0)); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("on an unknown clock: %v", err)
	}
	m.Unlock()
	if err := m.LockTimeout(TimeoutAfter(0)); err != nil {
		t.Errorf("a free lock: %v", err)
	}
	m.Unlock()
	defer func() {
		if recover() == nil {
			t.Error("unlocked twice")
		}
	}()
	m.Unlock()
}

func TestMutexAt(t *testing.T) {
	var words [2]uint32
	mem := (*[8]byte)(addrOf(&words))[:]
	if m, err := MutexAt(mem); err != nil || !m.TryLock() || words[0] != 1 {
		t.Error(m, err, words)
	}
	for _, bad := range [][]byte{nil, mem[:3], mem[1:]} {
		if m, err := MutexAt(bad); !errors.Is(err, syscall.EINVAL) || m != nil {
			t.Errorf("%d bytes: %v, %v", len(bad), m, err)
		}
	}
}

const (
	rounds  = 5000
	inChild = "RAWSYS_UMTX_CHILD"
)

// area is what the processes share: the lock, and what it protects.
func area(f *os.File) (*Mutex, []byte, error) {
	mem, err := syscall.Mmap(int(f.Fd()), 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	m, err := MutexAt(mem)
	return m, mem, err
}

// Processes count in shared memory, without an atomic operation but the lock's.
func TestProcesses(t *testing.T) {
	if os.Getenv(inChild) != "" {
		child(t)
		return
	}
	f, err := rawsys.MemfdCreate("umtx", zsys.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(int64(os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	m, mem, err := area(f)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Munmap(mem)
	m.Lock() // until all children run, so that they meet
	children := make([]*exec.Cmd, 4)
	for i := range children {
		c := exec.Command(os.Args[0], "-test.run=^TestProcesses$")
		c.Env = append(os.Environ(), inChild+"="+strconv.Itoa(i))
		c.ExtraFiles = []*os.File{f}
		c.Stdout, c.Stderr = io.Discard, os.Stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		children[i] = c
	}
	time.Sleep(100 * time.Millisecond)
	m.Unlock()
	for _, c := range children {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	if got := *counter(mem); got != uint64(len(children)*rounds) {
		t.Errorf("%d rounds, want %d", got, len(children)*rounds)
	}
}

func child(t *testing.T) {
	m, mem, err := area(os.NewFile(3, "shared"))
	if err != nil {
		t.Fatal(err)
	}
	for range rounds {
		if err := m.LockTimeout(TimeoutAfter(time.Minute)); err != nil {
			t.Fatal(err)
		}
		*counter(mem)++
		m.Unlock()
	}
}

func BenchmarkUncontended(b *testing.B) {
	for _, l := range []struct {
		name string
		sync.Locker
	}{{"umtx", new(Mutex)}, {"sync", new(sync.Mutex)}} {
		b.Run(l.name, func(b *testing.B) {
			b.ReportAllocs()
			count := 0
			for b.Loop() {
				l.Lock()
				count++
				l.Unlock()
			}
		})
	}
}
