//go:build freebsd || linux

package shmsync

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/rawsys-go/rawsys/shmsync/internal/machine"
)

// Errors of a [Ring].
var (
	// ErrFull means that there is no room for the message now.
	ErrFull = machine.ErrFull
	// ErrEmpty means that there is no message now.
	ErrEmpty = machine.ErrEmpty
	// ErrLarge means that a message is larger than [Ring.MaxMessage].
	ErrLarge = machine.ErrLarge
	// ErrShort means that the buffer is shorter than the message, which stays.
	ErrShort = machine.ErrShort
)

// Ring is a bounded queue of messages between goroutines and processes, in the
// memory of a [Region]. Messages have any length from 0 to MaxMessage, and each
// is received once, in the order in which they were sent. Many may send and many
// may receive at the same time. A Ring is this process's handle; the methods may
// be called by many goroutines.
//
// A message is there from one moment to the next: who dies while it sends has sent
// nothing, and who dies while it receives has received nothing, or has taken the
// message with it. In a robust Ring the others go on, within 100 ms as with
// [RobustMutex], whose conditions hold here too. In one that is not, they wait for
// ever.
//
// A Ring whose memory holds nonsense answers [ErrCorrupt].
type Ring struct{ a machine.Access }

// RingSize returns how large a Region is for a Ring of capacity bytes at offset 0.
// A message takes its length and 4 bytes, rounded up to a multiple of 4.
func RingSize(capacity int) int { return machine.RingHead + capacity }

// NewRing makes a Ring of capacity bytes, a power of 2 from 8 to 2^30, at an offset
// of r, a multiple of 8. It is for one process; the others use [OpenRing], which
// fails until NewRing is done.
func NewRing(r *Region, offset, capacity int, robust bool) (*Ring, error) {
	if capacity < 8 || capacity > 1<<30 || bits.OnesCount(uint(capacity)) != 1 {
		return nil, fmt.Errorf("shmsync: a Ring of %d bytes, want a power of 2 from 8 to 2^30: %w", capacity, ErrSize)
	}
	head, err := At[machine.Ring](r, offset)
	if err != nil {
		return nil, err
	}
	if _, err := SliceAt[byte](r, offset+machine.RingHead, capacity); err != nil {
		return nil, err
	}
	atomic.StoreUint32(&head.Magic, 0)
	*head = machine.Ring{Capacity: uint32(capacity)}
	if robust {
		head.Robust = 1
	}
	atomic.StoreUint32(&head.Magic, machine.RingMagic)
	return OpenRing(r, offset)
}

var errNoRing = errors.New("shmsync: there is no Ring at this offset")

// OpenRing returns the Ring that NewRing made at an offset of the same memory.
func OpenRing(r *Region, offset int) (*Ring, error) {
	head, err := At[machine.Ring](r, offset)
	if err != nil {
		return nil, err
	}
	if atomic.LoadUint32(&head.Magic) != machine.RingMagic {
		return nil, errNoRing
	}
	capacity := int(atomic.LoadUint32(&head.Capacity))
	if capacity < 8 || bits.OnesCount(uint(capacity)) != 1 {
		return nil, ErrCorrupt
	}
	bytes, err := SliceAt[byte](r, offset+machine.RingHead, capacity)
	if err != nil {
		return nil, err
	}
	me, err := self()
	if err != nil {
		return nil, err
	}
	return &Ring{machine.Access{Ring: head, Bytes: bytes, Me: me, Robust: atomic.LoadUint32(&head.Robust) != 0}}, nil
}

// MaxMessage is the length of the longest message that fits.
func (r *Ring) MaxMessage() int { return len(r.a.Bytes) - 4 }

// Send sends a copy of msg, and waits until there is room.
func (r *Ring) Send(msg []byte) error { return r.send(msg, machine.Limit{}) }

// SendContext is Send that waits until ctx is done. With an error nothing is sent.
func (r *Ring) SendContext(ctx context.Context, msg []byte) error {
	l, stop := within(ctx)
	defer stop()
	return r.send(msg, l)
}

// SendUntil is Send that waits until t has come. With an error nothing is sent.
func (r *Ring) SendUntil(t time.Time, msg []byte) error { return r.send(msg, until(t)) }

func (r *Ring) send(msg []byte, l machine.Limit) error {
	release(&r.a.Ring.Tail)
	return r.a.Send(host, msg, l)
}

// TrySend sends a copy of msg if there is room, and else returns ErrFull. It may
// wait for another sender to copy its message.
func (r *Ring) TrySend(msg []byte) error {
	release(&r.a.Ring.Tail)
	return r.a.TrySend(host, msg)
}

// Receive takes the next message into buf, and waits until there is one. It returns
// the message's length. With ErrShort that is more than buf has, and the message
// stays.
func (r *Ring) Receive(buf []byte) (n int, err error) { return r.receive(buf, machine.Limit{}) }

// ReceiveContext is Receive that waits until ctx is done.
func (r *Ring) ReceiveContext(ctx context.Context, buf []byte) (n int, err error) {
	l, stop := within(ctx)
	defer stop()
	return r.receive(buf, l)
}

// ReceiveUntil is Receive that waits until t has come.
func (r *Ring) ReceiveUntil(t time.Time, buf []byte) (n int, err error) {
	return r.receive(buf, until(t))
}

func (r *Ring) receive(buf []byte, l machine.Limit) (int, error) {
	n, err := r.a.Receive(host, buf, l)
	acquire(&r.a.Ring.Tail)
	return n, err
}

// TryReceive takes the next message if there is one, and else returns ErrEmpty. It
// may wait for another receiver to copy its message.
func (r *Ring) TryReceive(buf []byte) (n int, err error) {
	n, err = r.a.TryReceive(host, buf)
	acquire(&r.a.Ring.Tail)
	return n, err
}
