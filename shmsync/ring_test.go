//go:build freebsd || linux

package shmsync_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/shmsync"
)

func newRing(t testing.TB, capacity int, robust bool) *shmsync.Ring {
	t.Helper()
	ring, err := shmsync.NewRing(region(t, shmsync.RingSize(capacity)), 0, capacity, robust)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestRing(t *testing.T) {
	ring := newRing(t, 64, false)
	buf := make([]byte, 100)
	if _, err := ring.TryReceive(buf); !errors.Is(err, shmsync.ErrEmpty) {
		t.Error(err)
	}
	if err := ring.Send(make([]byte, ring.MaxMessage()+1)); !errors.Is(err, shmsync.ErrLarge) {
		t.Error(err)
	}
	for round := range 200 { // every place of the ring is its begin once
		msg := bytes.Repeat([]byte{byte(round)}, round%(ring.MaxMessage()+1))
		if err := ring.TrySend(msg); err != nil {
			t.Fatal(err)
		}
		if len(msg) > 3 {
			if n, err := ring.Receive(buf[:3]); !errors.Is(err, shmsync.ErrShort) || n != len(msg) {
				t.Errorf("%d, %v", n, err)
			}
		}
		if n, err := ring.TryReceive(buf); err != nil || !bytes.Equal(buf[:n], msg) {
			t.Fatalf("%v, %x for %x", err, buf[:n], msg)
		}
	}
	for ring.TrySend(make([]byte, 10)) == nil {
	}
	if err := ring.TrySend(make([]byte, 10)); !errors.Is(err, shmsync.ErrFull) {
		t.Error(err)
	}
	if err := ring.SendUntil(time.Now().Add(time.Millisecond), make([]byte, 10)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	for {
		if _, err := ring.TryReceive(buf); err != nil {
			break
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := ring.SendContext(ctx, []byte("message")); err != nil {
		t.Error(err)
	}
	if n, err := ring.ReceiveContext(ctx, buf); string(buf[:n]) != "message" || err != nil {
		t.Errorf("%q, %v", buf[:n], err)
	}
	if _, err := ring.ReceiveContext(ctx, buf); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// Many goroutines send and receive by all forms: nothing is lost or doubled.
func TestRingMany(t *testing.T) {
	const senders, each = 4, 500
	ring := newRing(t, 256, true)
	var all, in sync.WaitGroup
	seen := make([][]bool, senders)
	for i := range seen {
		seen[i] = make([]bool, each)
	}
	var m sync.Mutex
	for s := range senders {
		in.Go(func() {
			for n := range each {
				msg := binary.NativeEndian.AppendUint32(nil, uint32(s*each+n))
				msg = append(msg, make([]byte, n%60)...)
				for {
					send := ring.TrySend
					if n%2 == 0 {
						send = ring.Send
					}
					err := send(msg)
					if err == nil {
						break
					}
					if !errors.Is(err, shmsync.ErrFull) {
						t.Error(err)
						return
					}
					runtime.Gosched()
				}
			}
		})
		all.Go(func() {
			buf := make([]byte, 100)
			for {
				n, err := ring.Receive(buf)
				if err != nil {
					t.Error(err)
				}
				if n == 0 {
					return
				}
				k := int(binary.NativeEndian.Uint32(buf))
				m.Lock()
				if seen[k/each][k%each] || n != 4+k%each%60 {
					t.Errorf("message %d of %d bytes, seen: %t", k, n, seen[k/each][k%each])
				}
				seen[k/each][k%each] = true
				m.Unlock()
			}
		})
	}
	in.Wait()
	for range senders {
		if err := ring.Send(nil); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
	for s := range seen {
		for n, ok := range seen[s] {
			if !ok {
				t.Fatalf("message %d of sender %d is lost", n, s)
			}
		}
	}
}

// No memory makes a ring hang or crash.
func FuzzRing(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Add(bytes.Repeat([]byte{255}, shmsync.RingSize(64)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := region(t, shmsync.RingSize(64))
		ring, err := shmsync.NewRing(r, 0, 64, true)
		if err != nil {
			t.Fatal(err)
		}
		copy(r.Bytes(), data)
		soon := time.Now()
		_ = ring.TrySend([]byte("hello"))
		_ = ring.SendUntil(soon, []byte("hello"))
		_, _ = ring.ReceiveUntil(soon, make([]byte, 10))
		_, _ = ring.TryReceive(make([]byte, 10))
		if again, err := shmsync.OpenRing(r, 0); err == nil {
			_ = again.SendUntil(soon, []byte("hello"))
		}
	})
}
