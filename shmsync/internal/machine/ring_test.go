package machine

import (
	"fmt"
	"testing"
	"unsafe"
)

// The layout that the package documents for other languages.
var (
	_ [128]byte = [unsafe.Offsetof(Ring{}.Producers)]byte{}
	_ [136]byte = [unsafe.Offsetof(Ring{}.Tail)]byte{}
	_ [256]byte = [unsafe.Offsetof(Ring{}.Consumers)]byte{}
	_ [264]byte = [unsafe.Offsetof(Ring{}.Head)]byte{}
	_ [384]byte = [unsafe.Offsetof(Ring{}.AwaitsMessage)]byte{}
	_ [388]byte = [unsafe.Offsetof(Ring{}.AwaitsRoom)]byte{}
	_ [512]byte = [RingHead]byte{}
)

// pass has producers and consumers of one message each, in a ring with room for
// one, of threads that may be killed. A message is lost only with who took it or
// was about to send it.
func pass(producers, consumers int, robust bool, hosts func(host, *Ring) Host) program {
	return flow(producers, consumers, 1, 1, robust, hosts)
}

// flow is pass of several messages each, in a ring with room for some.
func flow(producers, consumers, each, room int, robust bool, hosts func(host, *Ring) Host) program {
	return func(hostOf func(*thread) host) *scenario {
		r := new(Ring)
		bytes := make([]byte, 8*room)
		s := new(scenario)
		s.words = append(append(halves(&r.Producers.Word), halves(&r.Consumers.Word)...), &r.Tail, &r.Head, &r.AwaitsMessage, &r.AwaitsRoom)
		for i := 0; i < len(bytes); i += 4 {
			s.words = append(s.words, (*uint32)(unsafe.Pointer(&bytes[i])))
		}
		for i := range producers + consumers {
			s.threads = append(s.threads, &thread{kind: i, patient: true, immortal: i >= producers && producers > 1, run: func(th *thread) {
				h := hostOf(th)
				h.alive = func(owner uint64) bool { pid, _ := Process(owner); return !s.threads[pid-1].dead }
				a := &Access{Ring: r, Bytes: bytes, Me: Owner(i+1, 1), Robust: robust}
				for k := range each {
					th.round(k)
					if i < producers {
						must(a.Send(hosts(h, r), []byte{byte(i + 1), byte(k), 3}, Limit{}))
						continue
					}
					var buf [8]byte
					n, err := a.Receive(hosts(h, r), buf[:], Limit{})
					must(err)
					if n != 3 || buf[0] == 0 || int(buf[0]) > producers || producers == 1 && consumers == 1 && int(buf[1]) != k {
						panic(fmt.Sprintf("a message of %v", buf[:n]))
					}
				}
			}})
		}
		return s
	}
}

func TestRingModel(t *testing.T) {
	explore(t, "1 producer, 1 consumer", bounds{distinct: true, spurious: 2, spins: 1}, pass(1, 1, false, asIs))
	explore(t, "1 producer, 1 consumer, robust", bounds{distinct: true, spurious: 1}, pass(1, 1, true, asIs))
	// A wake for one message may come when its receiver waits for the next.
	explore(t, "1 producer, 1 consumer, 2 messages", bounds{distinct: true}, flow(1, 1, 2, 1, false, asIs))
	if !testing.Short() {
		explore(t, "1 producer, 1 consumer, 3 messages, room for 2", bounds{distinct: true}, flow(1, 1, 3, 2, false, asIs))
		explore(t, "2 producers, of whom 1 may be killed, 1 consumer", bounds{distinct: true, deaths: 1}, pass(2, 1, true, asIs))
		explore(t, "2 producers, 1 consumer", bounds{distinct: true}, pass(2, 1, false, asIs))
	}
}

func asIs(h host, _ *Ring) Host { return h }

func TestRingMutants(t *testing.T) {
	for name, mutate := range map[string]func(host, *Ring) Host{
		"a message does not wake": func(h host, r *Ring) Host { return deaf{h, &r.AwaitsMessage} },
		"room does not wake":      func(h host, r *Ring) Host { return deaf{h, &r.AwaitsRoom} },
		"nobody looks who waits":  func(h host, r *Ring) Host { return silent{h, r} },
		"sleeps on the cursor":    func(h host, r *Ring) Host { return &onCursor{Host: h, ring: r} },
	} {
		caught(t, name, bounds{distinct: true}, pass(1, 1, false, mutate), flow(1, 1, 2, 1, false, mutate), pass(2, 1, false, mutate))
	}
}

// A silent Host does not see that somebody waits.
type silent struct {
	Host
	ring *Ring
}

func (s silent) Load(w *uint32) uint32 {
	if w == &s.ring.AwaitsMessage || w == &s.ring.AwaitsRoom {
		s.Host.Load(w)
		return 0
	}
	return s.Host.Load(w)
}

// onCursor has consumers sleep on Tail for as long as it has not moved, while the
// mark that they sleep is another word.
type onCursor struct {
	Host
	ring *Ring
	tail uint32
}

func (o *onCursor) Load(w *uint32) uint32 {
	v := o.Host.Load(w)
	if w == &o.ring.Tail {
		o.tail = v
	}
	return v
}

func (o *onCursor) Sleep(w *uint32, value uint32, l Limit) error {
	if w == &o.ring.AwaitsMessage {
		return o.Host.Sleep(&o.ring.Tail, o.tail, l)
	}
	return o.Host.Sleep(w, value, l)
}

func (o *onCursor) Wake(w *uint32) {
	if w == &o.ring.AwaitsMessage {
		w = &o.ring.Tail
	}
	o.Host.Wake(w)
}
