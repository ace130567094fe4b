package machine

import "errors"

// peek returns how many bytes lie between the cursors, for who holds neither lock:
// both are from one moment if the first has not moved.
func (a *Access) peek(h Host) (used uint32, err error) {
	for {
		head, used, err := a.used(h)
		if h.Load(&a.Ring.Head) == head {
			return used, err
		}
		if err == nil && used == 0 {
			return 0, nil
		}
	}
}

// TrySend sends a message if there is room.
func (a *Access) TrySend(h Host, msg []byte) error {
	if int64(len(msg)) > int64(len(a.Bytes)-prefix) {
		return ErrLarge
	}
	return a.try(h, a.producers(), func() error {
		used, err := a.peek(h)
		if err == nil && uint32(len(a.Bytes))-used < Taken(len(msg)) {
			err = ErrFull
		}
		return err
	}, func() error { return a.sendLocked(h, msg, Limit{}) })
}

// TryReceive takes a message if there is one.
func (a *Access) TryReceive(h Host, buf []byte) (n int, err error) {
	err = a.try(h, a.consumers(), func() error {
		used, err := a.peek(h)
		if err == nil && used == 0 {
			err = ErrEmpty
		}
		return err
	}, func() error { n, err = a.receiveLocked(h, buf, Limit{}); return err })
	return n, err
}

// try does what is ready to be done. The lock's holder may be waiting for what is
// not there: so the lock is waited for while ready says nil, and no longer than a
// nap before ready is asked again.
func (a *Access) try(h Host, e end, ready, do func() error) error {
	judge := h
	if !a.Robust {
		judge = patience{h}
	}
	for i, naps := 0, 0; ; i++ {
		if err := ready(); err != nil {
			return err
		}
		if v := h.Load64(&e.lock.Word); v != 0 && h.Spin(i) {
			continue
		}
		taken, err := e.lock.TryLock(judge, a.Me)
		if errors.Is(err, ErrOwnerDead) {
			err = e.lock.Consistent(h, a.Me)
		}
		if err != nil {
			return err
		}
		if taken {
			err := ready()
			if err == nil {
				err = do()
			}
			return either(err, a.leave(h, e))
		}
		if err := a.nap(h, e, naps); err != nil {
			return err
		}
		naps++
	}
}

// nap waits for the lock of an end for a while. It passes on the wake that it may
// have got, since it may not take the lock.
func (a *Access) nap(h Host, e end, naps int) error {
	v := h.Load64(&e.lock.Word)
	if v&ownerMask == 0 || v&RobustWaiters == 0 && !h.CompareAndSwap64(&e.lock.Word, v, v|RobustWaiters) {
		return nil
	}
	_, err := h.Nap(e.lock.low(), uint32(v|RobustWaiters), naps, Limit{})
	e.lock.passOn(h)
	return err
}
