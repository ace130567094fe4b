package umtx

import (
	"errors"
	"math"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/internal/recording"
	"github.com/rawsys-go/rawsys/zsys"
)

// umtxArea is what the recordings' calls worked on.
type umtxArea [64]uint32

// typedCall calls the function for an operation of the recordings, with
// the operation's val and, where it waits, a Timeout.
func typedCall(op zsys.UmtxOp, a *umtxArea, val uint32, t Timeout) error {
	m, rw, sem := (*zsys.Umutex)(unsafe.Pointer(a)), (*zsys.Urwlock)(unsafe.Pointer(a)), (*zsys.Usem2)(unsafe.Pointer(a))
	cv := (*zsys.Ucond)(unsafe.Pointer(a))
	switch op {
	case zsys.UMTX_OP_WAIT:
		return Wait((*uint)(unsafe.Pointer(a)), uint(val), t)
	case zsys.UMTX_OP_WAKE:
		return Wake(&a[0], int(val))
	case zsys.UMTX_OP_MUTEX_TRYLOCK:
		return MutexTrylock(m)
	case zsys.UMTX_OP_MUTEX_LOCK:
		return MutexLock(m, t)
	case zsys.UMTX_OP_MUTEX_UNLOCK:
		return MutexUnlock(m)
	case zsys.UMTX_OP_SET_CEILING:
		_, err := SetCeiling(m, val)
		return err
	case zsys.UMTX_OP_CV_SIGNAL:
		return CvSignal(cv)
	case zsys.UMTX_OP_CV_BROADCAST:
		return CvBroadcast(cv)
	case zsys.UMTX_OP_WAIT_UINT:
		return WaitUint(&a[0], val, t)
	case zsys.UMTX_OP_RW_RDLOCK:
		return RwRdlock(rw, int(val), t)
	case zsys.UMTX_OP_RW_WRLOCK:
		return RwWrlock(rw, t)
	case zsys.UMTX_OP_RW_UNLOCK:
		return RwUnlock(rw)
	case zsys.UMTX_OP_WAIT_UINT_PRIVATE:
		return WaitUintPrivate(&a[0], val, t)
	case zsys.UMTX_OP_WAKE_PRIVATE:
		return WakePrivate(&a[0], int(val))
	case zsys.UMTX_OP_MUTEX_WAIT:
		return MutexWait(m, t)
	case zsys.UMTX_OP_MUTEX_WAKE2:
		return MutexWake2(m, val)
	case zsys.UMTX_OP_SEM2_WAIT:
		return Sem2Wait(sem, t)
	case zsys.UMTX_OP_SEM2_WAKE:
		return Sem2Wake(sem)
	}
	return errNotRecorded
}

var errNotRecorded = errors.New("no typed call, or other arguments than the recording's")

// Each typed call does what the recorded kernel did on the same words.
func TestAgreesWithRecordings(t *testing.T) {
	type call struct {
		Op         zsys.UmtxOp
		Val        uint32
		Timeout    bool
		Errno      syscall.Errno
		Waited     bool
		Word0      uint32
		Word0After uint32 `json:"word0_after"`
		Word1After uint32 `json:"word1_after"`
	}
	calls, err := recording.Read[call]("../testdata/recordings/calls-"+runtime.GOARCH+".jsonl.gz", "umtx_op")
	if err != nil {
		t.Skipf("this port was not recorded: %v", err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	compared := 0
	for _, c := range calls {
		a := &umtxArea{c.Word0}
		var limit Timeout
		if c.Timeout {
			limit = TimeoutAfter(20 * time.Millisecond)
		}
		start := time.Now()
		err := typedCall(c.Op, a, c.Val, limit)
		if err == errNotRecorded {
			continue
		}
		compared++
		waited := time.Since(start) >= 20*time.Millisecond
		if c.Errno == 0 && err != nil || c.Errno != 0 && !errors.Is(err, c.Errno) || waited && !c.Waited && c.Errno != 0 {
			t.Errorf("%+v: %v, waited %v", c, err, waited)
		}
		if locks := c.Op == zsys.UMTX_OP_MUTEX_LOCK || c.Op == zsys.UMTX_OP_MUTEX_TRYLOCK; locks && c.Errno == 0 {
			c.Word0After = threadID(t)
		}
		if a[0] != c.Word0After || a[1] != c.Word1After {
			t.Errorf("%+v: the words are %d, %d", c, a[0], a[1])
		}
	}
	t.Logf("%d of %d calls compared", compared, len(calls))
	if compared < 150 {
		t.Error("too few")
	}
}

func threadID(t testing.TB) uint32 {
	t.Helper()
	var id int
	if err := zsys.ThrSelf(&id); err != nil {
		t.Fatal(err)
	}
	return uint32(id)
}

// onThread runs f in a goroutine that is tied to a thread of its own, which ends
// with it.
func onThread(f func()) (done chan struct{}) {
	done = make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		f()
	}()
	return done
}

func finish(t *testing.T, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("still asleep after 20 s")
	}
}

// sharedPage is memory that is mapped MAP_SHARED.
func sharedPage(t *testing.T) []byte {
	t.Helper()
	mem, err := syscall.Mmap(-1, 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(mem) })
	return mem
}

func TestWake(t *testing.T) {
	shared := sharedPage(t)
	for _, tt := range []struct {
		what string
		word *uint32
		wait func(*uint32, uint32, Timeout) error
		wake func(*uint32) error
	}{
		{"private memory", new(uint32), WaitUint, func(w *uint32) error { return Wake(w, math.MaxInt32) }},
		{"shared memory", (*uint32)(unsafe.Pointer(&shared[0])), WaitUint, func(w *uint32) error { return Wake(w, math.MaxInt32) }},
		{"private wait", (*uint32)(unsafe.Pointer(&shared[8])), WaitUintPrivate, func(w *uint32) error { return WakePrivate(w, math.MaxInt32) }},
		{"many words", new(uint32), WaitUintPrivate, func(w *uint32) error { return NwakePrivate([]*uint32{new(uint32), w}) }},
	} {
		t.Run(tt.what, func(t *testing.T) {
			var sleepers sync.WaitGroup
			for range 3 {
				sleepers.Go(func() {
					for atomic.LoadUint32(tt.word) == 0 {
						if err := tt.wait(tt.word, 0, Timeout{}); err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			time.Sleep(50 * time.Millisecond)
			atomic.StoreUint32(tt.word, 1)
			if err := tt.wake(tt.word); err != nil {
				t.Error(err)
			}
			done := make(chan struct{})
			go func() { sleepers.Wait(); close(done) }()
			finish(t, done)
		})
	}
}

// A word of C's long, whose upper half counts too where there is one.
func TestWaitLong(t *testing.T) {
	word := ^uint(0)
	err := Wait(&word, word, TimeoutAfter(10*time.Millisecond))
	if !errors.Is(err, syscall.ETIMEDOUT) {
		t.Error(err)
	}
	if err := Wait(&word, word>>1, Timeout{}); err != nil {
		t.Error(err)
	}
}

// The number of wakes is what was asked for.
func TestWakeOne(t *testing.T) {
	word := new(uint32)
	var woken atomic.Int32
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := WaitUint(word, 0, Timeout{}); err != nil {
				t.Error(err)
			}
			woken.Add(1)
		})
	}
	time.Sleep(100 * time.Millisecond)
	for want := int32(1); want <= 3; want++ {
		if err := Wake(word, 1); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
		if got := woken.Load(); got != want {
			t.Errorf("%d woken, want %d", got, want)
		}
	}
	all.Wait()
}

func TestRaw(t *testing.T) {
	word := new(uint32)
	if _, err := Op(unsafe.Pointer(word), 99, 0, 0, nil); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("operation 99: %v", err)
	}
	at := zsys.UmtxTime{Timeout: zsys.Timespec{Nsec: 1e7}, Clockid: zsys.CLOCK_MONOTONIC}
	_, err := Op(unsafe.Pointer(word), zsys.UMTX_OP_WAIT_UINT, 0, unsafe.Sizeof(at), unsafe.Pointer(&at))
	var e *rawsys.Error
	if !errors.Is(err, syscall.ETIMEDOUT) || !errors.As(err, &e) || e.Op != "_umtx_op UMTX_OP_WAIT_UINT" {
		t.Error(err)
	}
	if _, err := Op(unsafe.Pointer(word), zsys.UMTX_OP_WAIT_UINT, 1, 0, nil); err != nil {
		t.Errorf("another value: %v", err)
	}
}

func TestDoesNotAllocate(t *testing.T) {
	word := new(uint32)
	limit := TimeoutAfter(time.Hour)
	if n := testing.AllocsPerRun(100, func() {
		if err := WaitUint(word, 1, limit); err != nil {
			t.Error(err)
		}
		if err := Wake(word, 1); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
