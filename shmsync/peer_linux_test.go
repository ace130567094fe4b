package shmsync_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/shmsync"
)

// joined is struct shared of testdata/peer.c.
type joined struct {
	Mutex        shmsync.Mutex
	Cond         shmsync.Cond
	Semaphore    shmsync.Semaphore
	RW           shmsync.RWMutex
	Once         shmsync.Once
	Ours, Theirs shmsync.WaitGroup
	Barrier      shmsync.Barrier
	Robust       shmsync.RobustMutex
	A, B         uint64 // equal unless somebody is at work
	Turn, Ran    uint32
	Arrived      [2]atomic.Uint32
}

var _ [dieAt]byte = [unsafe.Offsetof(joined{}.Robust)]byte{}

// peerInC compiles testdata/peer.c, a program that joins in by testdata/shmsync.h.
func peerInC(t *testing.T) (program string) {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("needs a C compiler: ", err)
	}
	needs.RealCPU(t, "shares memory with programs that cc makes, which are the host's")
	program = filepath.Join(t.TempDir(), "peer")
	out, err := exec.Command(cc, "-O2", "-Wall", "-Werror", "-pthread", "-o", program, "testdata/peer.c").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// joinedBy starts so many of the program, whose end is checked in the end.
func joinedBy(t *testing.T, program string, r *shmsync.Region, role, times string, n int) (wait func()) {
	t.Helper()
	var all []*exec.Cmd
	for range n {
		c := exec.Command(program, role, times)
		c.Stderr, c.ExtraFiles = os.Stderr, []*os.File{r.File()}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Process.Kill() }) // a test that fails leaves it
		all = append(all, c)
	}
	return func() {
		t.Helper()
		for _, c := range all {
			if err := c.Wait(); err != nil {
				t.Errorf("the peer's %s: %v (status 2: what it saw was wrong)", role, err)
			}
		}
	}
}

// count counts under a lock.
func (s *joined) count(t *testing.T) {
	if s.A != s.B {
		t.Errorf("%d and %d under the lock", s.A, s.B)
	}
	s.A++
	runtime.Gosched()
	s.B++
}

// Programs in C join in: testdata/shmsync.h is what the package documents.
func TestPeerInC(t *testing.T) {
	program := peerInC(t)
	peerCounts(t, program)
	t.Run("cond", func(t *testing.T) { peerTakesTurns(t, program) })
	t.Run("once", func(t *testing.T) { peerRunsOnce(t, program) })
	t.Run("waitgroup", func(t *testing.T) { peerWaits(t, program) })
	t.Run("barrier", func(t *testing.T) { peerMeets(t, program) })
	t.Run("death", func(t *testing.T) { peerDies(t, program) })
	t.Run("blind", func(t *testing.T) { peerCannotLook(t, program) })
	t.Run("leaderless", func(t *testing.T) { peerHolds(t, program) })
	t.Run("foreign", func(t *testing.T) { peerDoesNotLook(t, program) })
	t.Run("unwoken", func(t *testing.T) { peerLooksAgain(t, program) })
	t.Run("ring", func(t *testing.T) { peerEchoes(t, program) })
}

// peerCounts has two programs in C and two goroutines count under each lock.
func peerCounts(t *testing.T, program string) {
	for _, c := range []struct {
		role string
		do   func(*joined)
	}{
		{"mutex", func(s *joined) { s.Mutex.Lock(); s.count(t); s.Mutex.Unlock() }},
		{"semaphore", func(s *joined) { s.Semaphore.Acquire(2); s.count(t); s.Semaphore.Release(2) }},
		{"rwmutex", func(s *joined) {
			s.RW.Lock()
			s.count(t)
			s.RW.Unlock()
			s.RW.RLock()
			if s.A != s.B {
				t.Errorf("a reader sees %d and %d", s.A, s.B)
			}
			s.RW.RUnlock()
		}},
		{"robust", func(s *joined) {
			if err := s.Robust.Lock(); err != nil {
				t.Error(err)
			}
			s.count(t)
			s.Robust.Unlock()
		}},
	} {
		t.Run(c.role, func(t *testing.T) {
			r := region(t, 16384)
			s := place[joined](t, r, 0)
			s.Semaphore.Init(3, 3)
			wait := joinedBy(t, program, r, c.role, "100000", 2)
			for atomic.LoadUint64(&s.A) == 0 { // or we may be done before they begin
				time.Sleep(100 * time.Microsecond)
			}
			var all sync.WaitGroup
			for range 2 {
				all.Go(func() {
					for range 100000 {
						c.do(s)
					}
				})
			}
			all.Wait()
			wait()
			if s.A != 400000 || s.B != 400000 {
				t.Errorf("%d and %d, want 400000", s.A, s.B)
			}
		})
	}
}

// A program in C and this one take turns, by a Cond.
func peerTakesTurns(t *testing.T, program string) {
	r := region(t, 16384)
	s := place[joined](t, r, 0)
	wait := joinedBy(t, program, r, "cond", "5000", 1)
	for range 5000 {
		s.Mutex.Lock()
		for s.Turn != 0 {
			s.Cond.Wait(&s.Mutex)
		}
		s.count(t)
		s.Turn = 1
		s.Mutex.Unlock()
		s.Cond.Signal()
	}
	wait()
	if s.A != 10000 {
		t.Errorf("%d turns, want 10000", s.A)
	}
}

func peerRunsOnce(t *testing.T, program string) {
	r := region(t, 16384)
	s := place[joined](t, r, 0)
	wait := joinedBy(t, program, r, "once", "1", 3)
	s.Once.Do(func() { time.Sleep(20 * time.Millisecond); s.Ran++ })
	wait()
	if s.Ran != 1 {
		t.Errorf("ran %d times", s.Ran)
	}
}

func peerWaits(t *testing.T, program string) {
	r := region(t, 16384)
	s := place[joined](t, r, 0)
	s.Ours.Add(1)
	s.Theirs.Add(2 * 10000)
	wait := joinedBy(t, program, r, "group", "10000", 2)
	s.Theirs.Wait()
	time.Sleep(20 * time.Millisecond) // they sleep by now, mostly
	s.Ran = 1
	s.Ours.Done()
	wait()
}

func peerMeets(t *testing.T, program string) {
	r := region(t, 16384)
	s := place[joined](t, r, 0)
	wait := joinedBy(t, program, r, "barrier", "5000", 1)
	for round := range uint32(5000) {
		s.Arrived[0].Add(1)
		s.Barrier.Wait(2)
		if n := s.Arrived[1].Load(); n <= round {
			t.Fatalf("round %d: the other has arrived %d times", round, n)
		}
	}
	wait()
}

// A program in C dies with the lock; then one that died in Go is found in C.
func peerDies(t *testing.T, program string) {
	r := region(t, 16384)
	s := place[joined](t, r, 0)
	joinedBy(t, program, r, "die", "1", 1)()
	if err := s.Robust.Lock(); !errors.Is(err, shmsync.ErrOwnerDead) {
		t.Fatalf("%v, want %v", err, shmsync.ErrOwnerDead)
	}
	if err := s.Robust.Consistent(); err != nil {
		t.Fatal(err)
	}
	s.Robust.Unlock()
	c := child(t, r, "die")
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	joinedBy(t, program, r, "inherit", "1", 1)()
	if err := s.Robust.Lock(); err != nil {
		t.Errorf("%v, and the peer has said that all is in order", err)
	}
}

// thereAndBack makes the two Rings of a program in C that sends back what it receives.
func thereAndBack(t *testing.T, r *shmsync.Region, robust bool) (rings [2]*shmsync.Ring) {
	t.Helper()
	for i := range rings {
		var err error
		if rings[i], err = shmsync.NewRing(r, 4096*(i+1), 2048, robust); err != nil {
			t.Fatal(err)
		}
	}
	return rings
}

// A program in C sends back through one Ring what it receives through another.
func peerEchoes(t *testing.T, program string) {
	r := region(t, 16384)
	rings := thereAndBack(t, r, false)
	const n = 20000
	wait := joinedBy(t, program, r, "ring", "20000", 1)
	message := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, i%200) }
	go func() {
		for i := range n {
			if err := rings[0].Send(message(i)); err != nil {
				t.Error(err)
			}
		}
	}()
	buf := make([]byte, 256)
	for i := range n {
		k, err := rings[1].Receive(buf)
		if err != nil || !bytes.Equal(buf[:k], message(i)) {
			t.Fatalf("message %d: %q, %v", i, buf[:k], err)
		}
	}
	wait()
}

// A program in C that cannot see whether the holder lives takes it for alive.
func peerCannotLook(t *testing.T, program string) {
	r := region(t, 16384)
	s := place[joined](t, r, 0)
	if err := s.Robust.Lock(); err != nil {
		t.Fatal(err)
	}
	wait := joinedBy(t, program, r, "blind", "1", 1)
	time.Sleep(300 * time.Millisecond)
	s.Robust.Unlock()
	wait()
}

// A process whose first thread has ended lives as long as another one runs.
func peerHolds(t *testing.T, program string) {
	r := region(t, 16384)
	s := place[joined](t, r, 0)
	wait := joinedBy(t, program, r, "hold", "1", 1)
	for atomic.LoadUint32(&s.Ran) == 0 {
		time.Sleep(100 * time.Microsecond)
	}
	joinedBy(t, program, r, "robust", "1", 1)()
	wait()
}

// In a Ring that is not robust, nobody is taken for dead: its users may not see each
// other's processes.
func peerDoesNotLook(t *testing.T, program string) {
	r := region(t, 16384)
	rings := thereAndBack(t, r, false)
	receivers := (*uint64)(unsafe.Pointer(&r.Bytes()[4096+256]))
	atomic.StoreUint64(receivers, 1<<26|(1<<22-1)) // a process that is not here
	wait := joinedBy(t, program, r, "ring", "1", 1)
	if err := rings[0].Send([]byte("one")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 8)
	if _, err := rings[1].ReceiveUntil(time.Now().Add(300*time.Millisecond), buf); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("another receives, and the peer did too: %v", err)
	}
	atomic.StoreUint64(receivers, 0)
	wait()
}

// In a robust Ring who sent a message may have died before it woke who waits for it.
func peerLooksAgain(t *testing.T, program string) {
	r := region(t, 16384)
	rings := thereAndBack(t, r, true)
	wait := joinedBy(t, program, r, "ring", "1", 1)
	word := func(at int) *uint32 { return (*uint32)(unsafe.Pointer(&r.Bytes()[4096+at])) }
	for atomic.LoadUint32(word(384)) == 0 { // until it waits
		time.Sleep(100 * time.Microsecond)
	}
	time.Sleep(20 * time.Millisecond) // and sleeps
	atomic.StoreUint32(word(136), 4)  // the tail: a message of no bytes, and no wake
	if n, err := rings[1].ReceiveUntil(time.Now().Add(2*time.Second), nil); n != 0 || err != nil {
		t.Fatalf("%d bytes, %v", n, err)
	}
	wait()
}
