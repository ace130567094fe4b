package umtx

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func TestTimeoutsEnd(t *testing.T) {
	word := new(uint32)
	soon := func(clock int32) Timeout {
		var now unix.Timespec
		if err := unix.ClockGettime(clock, &now); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(int64(now.Sec), int64(now.Nsec)).Add(20 * time.Millisecond)
		return TimeoutAt(Clock(clock), at.Unix(), int64(at.Nanosecond()))
	}
	for what, limit := range map[string]Timeout{
		"after":           TimeoutAfter(20 * time.Millisecond),
		"monotonic":       soon(zsys.CLOCK_MONOTONIC),
		"real time":       soon(zsys.CLOCK_REALTIME),
		"uptime":          soon(zsys.CLOCK_UPTIME),
		"fast":            soon(zsys.CLOCK_MONOTONIC_FAST),
		"already over":    TimeoutAfter(-time.Second),
		"since the epoch": TimeoutAt(zsys.CLOCK_REALTIME, 0, 0),
		"since the boot":  TimeoutAt(zsys.CLOCK_MONOTONIC, 0, 0),
	} {
		start := time.Now()
		err := WaitUint(word, 0, limit)
		if !errors.Is(err, syscall.ETIMEDOUT) || !os.IsTimeout(err) {
			t.Errorf("%s: %v", what, err)
		}
		if waited := time.Since(start); waited > 5*time.Second {
			t.Errorf("%s: waited %v", what, waited)
		}
	}
}

// Refused before the call, which would wait for ever or fail without a reason.
func TestTimeoutsRefused(t *testing.T) {
	word := new(uint32)
	for what, limit := range map[string]Timeout{
		"unknown clock":        TimeoutAt(99, 0, 0),
		"clock of this thread": TimeoutAt(zsys.CLOCK_THREAD_CPUTIME_ID, 0, 0),
		"nanoseconds":          TimeoutAt(zsys.CLOCK_MONOTONIC, 1, 1e9),
		"negative":             TimeoutAt(zsys.CLOCK_MONOTONIC, -1, 0),
	} {
		var e *rawsys.Error
		if err := WaitUint(word, 0, limit); !errors.Is(err, syscall.EINVAL) || !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%s: %v", what, err)
		}
		cv, m := new(zsys.Ucond), new(zsys.Umutex)
		if err := CvWait(cv, m, limit); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s, condition: %v", what, err)
		}
	}
	err := CvWait(new(zsys.Ucond), new(zsys.Umutex), TimeoutAt(zsys.CLOCK_PROCESS_CPUTIME_ID, 0, 0))
	if !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a condition on processor time: %v", err)
	}
}

// Without leap seconds there is no CLOCK_TAI, and the kernel would not say so.
func TestTimeoutOnAtomicTime(t *testing.T) {
	var now unix.Timespec
	want := error(syscall.ETIMEDOUT)
	if err := unix.ClockGettime(zsys.CLOCK_TAI, &now); err != nil {
		want = syscall.EINVAL
	}
	if err := WaitUint(new(uint32), 0, TimeoutAt(zsys.CLOCK_TAI, int64(now.Sec), 0)); !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
}

// thrKill sends a signal to one thread of this process.
func thrKill(t testing.TB, tid uint32, sig syscall.Signal) {
	t.Helper()
	if _, _, errno := syscall.Syscall(zsys.SYS_THR_KILL2, uintptr(os.Getpid()), uintptr(tid), uintptr(sig)); errno != 0 {
		t.Fatal(errno)
	}
}

// Signals neither end a wait nor make it longer.
func TestSignalsDoNotMoveTheDeadline(t *testing.T) {
	const limit = 200 * time.Millisecond
	word := new(uint32)
	tid := make(chan uint32)
	var waited time.Duration
	var err error
	done := onThread(func() {
		tid <- threadID(t)
		start := time.Now()
		err = WaitUint(word, 0, TimeoutAfter(limit))
		waited = time.Since(start)
	})
	signals := 0
	for id := <-tid; ; signals++ {
		select {
		case <-done:
			if !errors.Is(err, syscall.ETIMEDOUT) || waited < limit || waited > 10*limit {
				t.Errorf("%v after %v and %d signals", err, waited, signals)
			}
			if signals < 3 {
				t.Errorf("only %d signals", signals)
			}
			return
		case <-time.After(5 * time.Millisecond):
			if _, _, errno := syscall.Syscall(zsys.SYS_THR_KILL2, uintptr(os.Getpid()), uintptr(id), uintptr(syscall.SIGURG)); errno != 0 && errno != syscall.ESRCH {
				t.Fatal(errno)
			}
		}
	}
}

func TestSem2LeavesTime(t *testing.T) {
	sem := new(zsys.Usem2)
	left, err := Sem2WaitFor(sem, 10*time.Millisecond)
	if !errors.Is(err, syscall.ETIMEDOUT) || left != 0 {
		t.Errorf("%v, %v", left, err)
	}
	tid := make(chan uint32)
	done := onThread(func() {
		tid <- threadID(t)
		left, err = Sem2WaitFor(sem, time.Minute)
	})
	id := <-tid
	time.Sleep(100 * time.Millisecond)
	thrKill(t, id, syscall.SIGURG)
	finish(t, done)
	if !errors.Is(err, syscall.EINTR) || left < 30*time.Second || left >= time.Minute {
		t.Errorf("%v left, %v", left, err)
	}
	if _, err := Sem2WaitFor(sem, -1); !errors.Is(err, syscall.EINVAL) {
		t.Error(err)
	}
}

func TestClockString(t *testing.T) {
	if got := Clock(zsys.CLOCK_MONOTONIC).String(); got != "CLOCK_MONOTONIC" {
		t.Error(got)
	}
}
