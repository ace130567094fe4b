package machine

import (
	"fmt"
	"testing"
)

type once struct {
	begin func(*Once, Host, Limit) (bool, error)
	end   func(*Once, Host) error
}

var soundOnce = once{(*Once).Begin, (*Once).End}

func (a once) do(patient ...bool) program {
	return func(hostOf func(*thread) host) *scenario {
		o, began, ended := new(Once), new(int), new(int)
		s := &scenario{words: []*uint32{&o.State}, facts: []*int{began, ended}}
		for _, p := range patient {
			s.threads = append(s.threads, &thread{kind: int(flag(p)), patient: p, run: func(th *thread) {
				h := hostOf(th)
				run, err := a.begin(o, h, Limit{})
				if run {
					th.atomically(func() { *began++ })
					th.atomically(func() { *ended++ })
					must(a.end(o, h))
				}
				if err == nil {
					th.atomically(func() {
						if *began != 1 || *ended != 1 {
							panic(fmt.Sprintf("began %d times, ended %d, as one went on", *began, *ended))
						}
					})
				}
			}})
		}
		return s
	}
}

func TestOnceModel(t *testing.T) {
	explore(t, "3, 1 with a limit", bounds{spurious: 1}, soundOnce.do(true, true, false))
	if !testing.Short() {
		explore(t, "3", bounds{spurious: 2}, soundOnce.do(true, true, true))
	}
}

func TestOnceMutants(t *testing.T) {
	for name, mutate := range map[string]func(*once){
		"end does not wake": func(a *once) { a.end = func(o *Once, h Host) error { return o.End(deaf{h, &o.State}) } },
		"end wakes one":     func(a *once) { a.end = func(o *Once, h Host) error { return o.End(single{h}) } },
		"does not wait": func(a *once) {
			a.begin = func(o *Once, h Host, _ Limit) (bool, error) { return h.CompareAndSwap(&o.State, 0, OnceRunning), nil }
		},
		"looks, then begins": func(a *once) {
			a.begin = func(o *Once, h Host, l Limit) (bool, error) {
				if h.Load(&o.State) == OnceNew {
					h.CompareAndSwap(&o.State, OnceNew, OnceRunning)
					return true, nil
				}
				return o.Begin(h, l)
			}
		},
	} {
		a := soundOnce
		mutate(&a)
		caught(t, name, bounds{spurious: 1}, a.do(true, true), a.do(true, true, true))
	}
}
