package machine

// Once lets one run what all wait for.
type Once struct{ State uint32 }

// The states of Once.
const (
	OnceNew     = 0
	OnceRunning = 1
	OnceAwaited = 2 // running, and somebody may be asleep
	OnceDone    = 3
)

// Begin reports true to who is to run it, and waits until another has done so.
func (o *Once) Begin(h Host, l Limit) (run bool, err error) {
	for {
		switch h.Load(&o.State) {
		case OnceNew:
			if h.CompareAndSwap(&o.State, OnceNew, OnceRunning) {
				return true, nil
			}
		case OnceRunning:
			h.CompareAndSwap(&o.State, OnceRunning, OnceAwaited)
		case OnceAwaited:
			if err := h.Sleep(&o.State, OnceAwaited, l); err != nil {
				return false, err
			}
		case OnceDone:
			return false, nil
		default:
			return false, ErrCorrupt
		}
	}
}

// End ends what Begin began.
func (o *Once) End(h Host) error {
	for {
		s := h.Load(&o.State)
		if s != OnceRunning && s != OnceAwaited {
			return ErrCorrupt
		}
		if h.CompareAndSwap(&o.State, s, OnceDone) {
			if s == OnceAwaited {
				h.WakeAll(&o.State)
			}
			return nil
		}
	}
}
