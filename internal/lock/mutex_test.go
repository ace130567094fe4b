package lock

import (
	"slices"
	"testing"
)

// small configurations are explored in a second; the large one is not.
func small(alg algorithm) []config {
	return []config{
		{alg, []bool{true, true}, 3, 1},
		{alg, []bool{true, false}, 2, 1},
		{alg, []bool{false, false, true}, 1, 0},
		{alg, []bool{true, true, true}, 1, 1},
		{alg, []bool{true, false, true}, 1, 1},
	}
}

func TestEveryInterleaving(t *testing.T) {
	sound := algorithm{Lock[modelWord], Unlock[modelWord]}
	configs := small(sound)
	if !testing.Short() {
		configs = append(configs, config{sound, []bool{true, true, true}, 2, 0})
	}
	for _, c := range configs {
		states, err := c.check()
		if err != nil {
			t.Errorf("%v, %d rounds: %v", c.patient, c.rounds, err)
		}
		t.Logf("%v, %d rounds, %d spurious returns: %d states", c.patient, c.rounds, c.spurious, states)
	}
}

// The model must see what is wrong with locks that are known to be.
func TestBrokenLocksAreCaught(t *testing.T) {
	slowPath := func(w modelWord, mark, take uint32, giveUp func() error) error {
		if TryLock(w) {
			return nil
		}
		for w.Swap(mark) != Free {
			if err := w.Wait(mark); err != nil {
				return giveUp()
			}
			if take == Held && w.CompareAndSwap(Free, Held) {
				return nil
			}
		}
		return nil
	}
	failed := func() error { return errTimeout }
	good := algorithm{Lock[modelWord], Unlock[modelWord]}
	for what, alg := range map[string]algorithm{
		"sleeps without leaving a mark": {func(w modelWord) error {
			return slowPath(w, Held, Contended, failed)
		}, good.unlock},
		"takes the lock as its only user after a sleep": {func(w modelWord) error {
			return slowPath(w, Contended, Held, failed)
		}, good.unlock},
		"keeps the wake when it gives up": {func(w modelWord) error {
			return slowPath(w, Contended, Contended, failed)
		}, good.unlock},
		"wakes before it frees": {good.lock, func(w modelWord) error {
			_ = w.Wake()
			w.Swap(Free)
			return nil
		}},
		"never wakes": {good.lock, func(w modelWord) error {
			w.Swap(Free)
			return nil
		}},
		"looks before it leaps": {func(w modelWord) error {
			for !w.CompareAndSwap(Free, Free) {
				_ = w.Wait(Held)
			}
			w.Swap(Held)
			return nil
		}, good.unlock},
	} {
		t.Log(what)
		caught := slices.ContainsFunc(small(alg), func(c config) bool {
			_, err := c.check()
			return err != nil
		})
		if !caught {
			t.Errorf("a lock that %s passes", what)
		}
	}
}
