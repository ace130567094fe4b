package umtx

import (
	"errors"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/internal/recording"
	"github.com/rawsys-go/rawsys/zsys"
)

// wide reports whether time_t has 64 bits here.
func wide() bool {
	var t zsys.Timespec
	return store(&t.Sec, math.MaxInt64)
}

func TestDeadline(t *testing.T) {
	for _, tt := range []struct {
		what      string
		clock     zsys.Clock
		sec, nsec int64
		ok        bool
	}{
		{"first nanosecond", zsys.CLOCK_MONOTONIC, 0, 1, true},
		{"last nanosecond", zsys.CLOCK_REALTIME, 1 << 30, 999999999, true},
		{"end of 32-bit time", zsys.CLOCK_REALTIME, math.MaxInt32, 0, true},
		{"past 32-bit time", zsys.CLOCK_REALTIME, math.MaxInt32 + 1, 0, wide()},
		{"nsec -1", zsys.CLOCK_MONOTONIC, 1, -1, false},
		{"nsec 1000000000", zsys.CLOCK_MONOTONIC, 1, 1000000000, false},
		{"sec -1", zsys.CLOCK_MONOTONIC, -1, 0, false},
		{"bad clock", 99, 1, 0, false},
		{"clock 3", 3, 1, 0, false},
		{"clock 6", 6, 1, 0, false},
		{"clock 17", 17, 1, 0, false},
		{"a process's clock", math.MinInt32, 1, 0, false},
		{"a clock that stands still", zsys.CLOCK_THREAD_CPUTIME_ID, 1, 0, false},
	} {
		got, err := deadline(tt.clock, tt.sec, tt.nsec)
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %+v, %v", tt.what, got, err)
			continue
		}
		if tt.ok && (int64(got.Timeout.Sec) != tt.sec || int64(got.Timeout.Nsec) != tt.nsec ||
			got.Clockid != tt.clock || got.Flags != zsys.UMTX_ABSTIME) {
			t.Errorf("%s: %+v", tt.what, got)
		}
	}
}

// The start of a clock is over, and must not become the kernel's zero, which is no
// limit: it waits for ever on that.
func TestDeadlineIsNeverZero(t *testing.T) {
	for _, clock := range []zsys.Clock{zsys.CLOCK_MONOTONIC, zsys.CLOCK_REALTIME, zsys.CLOCK_VIRTUAL} {
		got, err := deadline(clock, 0, 0)
		if err != nil || got.Timeout.Sec != 0 || got.Timeout.Nsec != 1 {
			t.Errorf("%v: %+v, %v", clock, got, err)
		}
	}
}

// What the kernel refused or never ended, by the recordings' names for it, is
// refused here, and what ended is not.
func TestKernelAgreesOnTimeouts(t *testing.T) {
	type call struct {
		Case       string
		Errno      int
		UntilWoken bool `json:"until_woken"`
	}
	build := func(name string) (known bool, err *rawsys.Error) {
		switch name {
		case "umtx_time monotonic":
			_, err = deadline(zsys.CLOCK_MONOTONIC, 1, 20e6)
		case "umtx_time realtime":
			_, err = deadline(zsys.CLOCK_REALTIME, 1, 20e6)
		case "abs in the past":
			_, err = deadline(zsys.CLOCK_MONOTONIC, 0, 1)
		case "bad clock":
			_, err = deadline(99, 0, 20e6)
		case "nsec -1":
			_, err = deadline(zsys.CLOCK_MONOTONIC, 0, -1)
		case "nsec 1000000000":
			_, err = deadline(zsys.CLOCK_MONOTONIC, 0, 1e9)
		default: // sizes and flags, which no caller chooses
			return false, nil
		}
		return true, err
	}
	for _, arch := range []string{"amd64", "386", "arm64", "arm"} {
		calls, err := recording.Read[call]("../testdata/recordings/calls-"+arch+".jsonl.gz", "umtx_timeout")
		if err != nil {
			t.Fatal(err)
		}
		compared := 0
		for _, c := range calls {
			known, err := build(c.Case)
			if !known {
				continue
			}
			compared++
			if bad := c.UntilWoken || c.Errno == int(zsysEINVAL); bad != (err != nil) {
				t.Errorf("%s, %s: the kernel said %d, until woken %v; here %v", arch, c.Case, c.Errno, c.UntilWoken, err)
			}
		}
		if compared != 6 {
			t.Errorf("%s: %d cases compared, want 6", arch, compared)
		}
	}
}

const zsysEINVAL = 22 // FreeBSD's number, whatever the host

func TestAfter(t *testing.T) {
	for _, tt := range []struct {
		sec, nsec int64
		d         time.Duration
		wantSec   int64
		wantNsec  int64
	}{
		{10, 500, 0, 10, 500},
		{10, 500, -time.Hour, 10, 500},
		{10, 500, time.Nanosecond, 10, 501},
		{10, 999999999, time.Nanosecond, 11, 0},
		{10, 999999999, 2*time.Second - 1, 12, 999999998},
		{10, 0, time.Hour, 3610, 0},
	} {
		got := after(tt.sec, tt.nsec, tt.d)
		if int64(got.Timeout.Sec) != tt.wantSec || int64(got.Timeout.Nsec) != tt.wantNsec {
			t.Errorf("%v after %d.%09d: %+v", tt.d, tt.sec, tt.nsec, got)
		}
	}
	far := after(10, 0, math.MaxInt64)
	if far.Timeout.Sec < math.MaxInt32 || far.Clockid != zsys.CLOCK_MONOTONIC || far.Flags != zsys.UMTX_ABSTIME {
		t.Errorf("the longest duration: %+v", far)
	}
}

func TestInterval(t *testing.T) {
	if got, err := interval(1500 * time.Millisecond); err != nil || got.Sec != 1 || got.Nsec != 5e8 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := interval(-1); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("a negative interval: %v", err)
	}
	if _, err := interval(math.MaxInt64); (err == nil) != wide() {
		t.Errorf("the longest interval: %v", err)
	}
}

// Each clock the table takes has a name, and no number has two.
func TestClockNames(t *testing.T) {
	seen := map[string]bool{}
	for clock := range zsys.Clock(32) {
		name := clock.String()
		if knownClock(clock) && !strings.HasPrefix(name, "CLOCK_") {
			t.Errorf("clock %d is known and called %q", clock, name)
		}
		if seen[name] {
			t.Errorf("%s twice", name)
		}
		seen[name] = true
	}
}

func TestTimeoutRaw(t *testing.T) {
	if at, limited, err := (Timeout{}).Raw(); limited || err != nil || at != (zsys.UmtxTime{}) {
		t.Errorf("no limit: %+v, %v, %v", at, limited, err)
	}
	at, limited, err := TimeoutAt(zsys.CLOCK_REALTIME, 5, 6).Raw()
	if !limited || err != nil || at.Timeout != (zsys.Timespec{Sec: 5, Nsec: 6}) || at.Clockid != zsys.CLOCK_REALTIME || at.Flags != zsys.UMTX_ABSTIME {
		t.Errorf("%+v, %v, %v", at, limited, err)
	}
	if _, limited, err := TimeoutAt(99, 5, 6).Raw(); limited || !errors.Is(err, syscall.EINVAL) {
		t.Errorf("an unknown clock: %v, %v", limited, err)
	}
}
