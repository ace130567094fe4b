//go:build unix

package transfer

import (
	"testing"
	"time"
)

// TestThreshold: the dearer a call the more is copied, within bounds, in whole pages.
func TestThreshold(t *testing.T) {
	last := int64(0)
	for _, c := range []struct {
		call time.Duration
		want int64
	}{
		{0, 16 << 10}, {100, 16 << 10}, {250, 16 << 10}, {280, 20 << 10}, {500, 56 << 10}, {700, 88 << 10},
		{750, 96 << 10}, {2000, 96 << 10}, {time.Second, 96 << 10}, {time.Hour, 96 << 10},
	} {
		got := thresholdFor(c.call)
		if got != c.want || got < last || got%4096 != 0 {
			t.Errorf("%v: %d, want %d", c.call, got, c.want)
		}
		last = got
	}
	first := DefaultThreshold()
	if first < leastThreshold || first > mostThreshold || DefaultThreshold() != first {
		t.Errorf("%d, then %d", first, DefaultThreshold())
	}
	t.Logf("a call costs %v, the threshold is %d", callCost(), first)
}

// TestCallCost: the calls that are measured are made, and the clock runs meanwhile.
func TestCallCost(t *testing.T) {
	if cost := callCost(); cost <= 0 || cost > time.Second {
		t.Errorf("%v", cost)
	}
}

// BenchmarkCallCost is what the first transfer of a process pays.
func BenchmarkCallCost(b *testing.B) {
	for b.Loop() {
		callCost()
	}
}
