package machine

import "time"

// quiet is a Host for one thread: what others do happens when it would sleep.
type quiet struct {
	onSleep func()
	dead    bool // all owners are
}

func (*quiet) Load(w *uint32) uint32 { return *w }

func (*quiet) Add(w *uint32, delta uint32) uint32 { *w += delta; return *w }

func (*quiet) CompareAndSwap(w *uint32, old, new uint32) bool {
	if *w != old {
		return false
	}
	*w = new
	return true
}

func (*quiet) Load64(w *uint64) uint64 { return *w }

func (*quiet) CompareAndSwap64(w *uint64, old, new uint64) bool {
	if *w != old {
		return false
	}
	*w = new
	return true
}

func (q *quiet) Sleep(w *uint32, value uint32, _ Limit) error {
	if *w == value {
		if q.onSleep == nil {
			return errTimeout
		}
		q.onSleep()
	}
	return nil
}

func (q *quiet) Nap(w *uint32, value uint32, _ int, l Limit) (bool, error) {
	return true, q.Sleep(w, value, l)
}
func (*quiet) Wake(*uint32)        {}
func (*quiet) WakeAll(*uint32)     {}
func (*quiet) Spin(int) bool       { return false }
func (*quiet) Now() time.Duration  { return 0 }
func (q *quiet) Alive(uint64) bool { return !q.dead }
