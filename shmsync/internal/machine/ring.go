package machine

import (
	"encoding/binary"
	"errors"
	"unsafe"
)

// Ring is the head of a queue of messages in a ring of bytes behind it. One
// producer at a time holds Producers, writes a message, and publishes it by one
// store to Tail; one consumer at a time holds Consumers, reads it, and frees it by
// one store to Head. Who dies in between has published or freed nothing, so
// there is nothing to repair.
//
// Who has to wait for a message or for room does so with its lock held. So there is
// one at most of each, and the others sleep on the lock. It sleeps on the word that
// says so, AwaitsMessage or AwaitsRoom, as long as that is 1, and not on the cursor:
// one may fall asleep on a cursor after a late wake for an earlier move has come and
// taken the mark with it, and nobody would see it. Cursors count bytes without end.
// What each end writes has cache lines of its own.
type Ring struct {
	Magic    uint32 // what this is, once all else is set up
	Capacity uint32 // bytes of the ring, a power of 2
	Robust   uint32 // 1 if the ends survive the death of who holds them
	_        [29]uint32

	Producers Robust
	Tail      uint32
	_         [29]uint32

	Consumers Robust
	Head      uint32
	_         [29]uint32

	AwaitsMessage uint32 // 1 if a consumer may sleep on it
	AwaitsRoom    uint32 // 1 if a producer may sleep on it
	_             [30]uint32
}

// Facts about rings.
const (
	RingMagic = 0x676e6972
	RingHead  = int(unsafe.Sizeof(Ring{}))
	prefix    = 4 // a message's length is before it
)

// Errors of a ring.
var (
	ErrFull  = errors.New("shmsync: no room in the ring")
	ErrEmpty = errors.New("shmsync: no message in the ring")
	ErrLarge = errors.New("shmsync: the message is larger than the ring takes")
	ErrShort = errors.New("shmsync: the buffer is shorter than the message")
)

// Taken is the room that a message of n bytes takes.
func Taken(n int) uint32 { return (uint32(n) + prefix + 3) &^ 3 }

// Access is one process's way to a ring. What it checks once cannot be changed by
// others later.
type Access struct {
	Ring   *Ring
	Bytes  []byte // a power of 2 of them
	Me     uint64 // this process's owner
	Robust bool
}

// end is the one lock, and the words of its side.
type end struct {
	lock   *Robust
	awaits *uint32 // 1 if this end may sleep on it
	moves  *uint32 // the other end's cursor
}

func (a *Access) producers() end {
	return end{&a.Ring.Producers, &a.Ring.AwaitsRoom, &a.Ring.Head}
}

func (a *Access) consumers() end {
	return end{&a.Ring.Consumers, &a.Ring.AwaitsMessage, &a.Ring.Tail}
}

// patience is a Host on which the dead count as alive: the lock is not robust.
type patience struct{ Host }

func (patience) Alive(uint64) bool { return true }
func (p patience) Nap(w *uint32, value uint32, i int, l Limit) (bool, error) {
	if value == RobustDue { // who it is reserved for may be gone all the same
		return p.Host.Nap(w, value, i, l)
	}
	return false, p.Sleep(w, value, l)
}

// enter takes the lock of an end. What its holder left when it died is whole.
func (a *Access) enter(h Host, e end, l Limit) error {
	if h.CompareAndSwap64(&e.lock.Word, 0, a.Me) {
		return nil
	}
	if !a.Robust {
		h = patience{h}
	}
	err := e.lock.Lock(h, a.Me, l)
	if errors.Is(err, ErrOwnerDead) {
		return e.lock.Consistent(h, a.Me)
	}
	return err
}

func (a *Access) leave(h Host, e end) error {
	if h.CompareAndSwap64(&e.lock.Word, a.Me, 0) {
		return nil
	}
	return e.lock.Unlock(h, a.Me)
}

// used returns how many bytes lie between the cursors.
func (a *Access) used(h Host) (head, used uint32, err error) {
	head, tail := h.Load(&a.Ring.Head), h.Load(&a.Ring.Tail)
	if used = tail - head; used > uint32(len(a.Bytes)) || (head|tail)&3 != 0 {
		return head, 0, ErrCorrupt
	}
	return head, used, nil
}

// await sleeps until the other end's cursor is no longer at value.
func (a *Access) await(h Host, e end, value uint32, l Limit) error {
	for i, naps := 0, 0; ; i++ {
		if h.Load(e.moves) != value {
			return nil
		}
		if h.Spin(i) {
			continue
		}
		switch h.Load(e.awaits) {
		case 0:
			h.CompareAndSwap(e.awaits, 0, 1)
			continue
		case 1:
		default:
			return ErrCorrupt
		}
		if a.Robust {
			// Who was to wake us may have died before it did.
			if _, err := h.Nap(e.awaits, 1, naps, l); err != nil {
				return err
			}
			naps++
		} else if err := h.Sleep(e.awaits, 1, l); err != nil {
			return err
		}
	}
}

// moved wakes who waits for the cursor that the caller has stored to.
func (a *Access) moved(h Host, e end) {
	if h.Load(e.awaits) != 0 && h.CompareAndSwap(e.awaits, 1, 0) {
		h.Wake(e.awaits)
	}
}

// Send appends a message, and waits for room.
func (a *Access) Send(h Host, msg []byte, l Limit) error {
	if int64(len(msg)) > int64(len(a.Bytes)-prefix) {
		return ErrLarge
	}
	e := a.producers()
	if err := a.enter(h, e, l); err != nil {
		return err
	}
	return either(a.sendLocked(h, msg, l), a.leave(h, e))
}

func (a *Access) sendLocked(h Host, msg []byte, l Limit) error {
	need := Taken(len(msg))
	for {
		head, used, err := a.used(h)
		if err != nil {
			return err
		}
		if uint32(len(a.Bytes))-used >= need {
			a.put(head+used, msg)
			h.Add(&a.Ring.Tail, need)
			a.moved(h, a.consumers())
			return nil
		}
		if err := a.await(h, a.producers(), head, l); err != nil {
			return err
		}
	}
}

// Receive takes the next message into buf, and waits for one. If buf is shorter,
// the message stays, and n is its length.
func (a *Access) Receive(h Host, buf []byte, l Limit) (n int, err error) {
	e := a.consumers()
	if err := a.enter(h, e, l); err != nil {
		return 0, err
	}
	n, err = a.receiveLocked(h, buf, l)
	return n, either(err, a.leave(h, e))
}

func (a *Access) receiveLocked(h Host, buf []byte, l Limit) (n int, err error) {
	for {
		head, used, err := a.used(h)
		if err != nil {
			return 0, err
		}
		if used == 0 {
			if err := a.await(h, a.consumers(), head, l); err != nil {
				return 0, err
			}
			continue
		}
		n, err := a.get(head, used, buf)
		if err != nil {
			return n, err
		}
		h.Add(&a.Ring.Head, Taken(n))
		a.moved(h, a.producers())
		return n, nil
	}
}

// put writes a message at a cursor; its end may lie at the ring's begin.
func (a *Access) put(at uint32, msg []byte) {
	mask := uint32(len(a.Bytes) - 1)
	binary.NativeEndian.PutUint32(a.Bytes[at&mask:], uint32(len(msg)))
	rest := copy(a.Bytes[(at+prefix)&mask:], msg)
	copy(a.Bytes, msg[rest:])
}

// get reads the message at a cursor, of which used bytes are written.
func (a *Access) get(at, used uint32, buf []byte) (int, error) {
	mask := uint32(len(a.Bytes) - 1)
	size := binary.NativeEndian.Uint32(a.Bytes[at&mask:])
	if used < prefix || size > used-prefix {
		return 0, ErrCorrupt
	}
	n := int(size)
	if n > len(buf) {
		return n, ErrShort
	}
	rest := copy(buf[:n], a.Bytes[(at+prefix)&mask:])
	copy(buf[rest:n], a.Bytes)
	return n, nil
}

// either is the first of two errors, if there is one.
func either(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
