package capsicum

import (
	"errors"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/recording"
	"github.com/rawsys-go/rawsys/zsys"
)

// A model is what Rights mean: which single operations are allowed. An
// operation is known by the position of its bit.
type model map[int]bool

func modelOf(s Rights) model {
	m := model{}
	for i, w := range s.Raw().Rights {
		for b := w & payload; b != 0; b &= b - 1 {
			m[64*i+bits.TrailingZeros64(b)] = true
		}
	}
	return m
}

func (m model) equal(n model) bool { return m.contains(n) && n.contains(m) }

func (m model) contains(n model) bool {
	for op := range n {
		if !m[op] {
			return false
		}
	}
	return true
}

func (m model) with(n model, in bool) model {
	out := model{}
	for op := range m {
		out[op] = true
	}
	for op := range n {
		out[op] = in
	}
	for op, in := range out {
		if !in {
			delete(out, op)
		}
	}
	return out
}

func set(t *testing.T, rights ...uint64) Rights {
	t.Helper()
	s, err := NewRights(rights...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkPair compares every operation on two sets with the model's.
func checkPair(t *testing.T, a, b Rights) {
	t.Helper()
	ma, mb := modelOf(a), modelOf(b)
	if got := modelOf(a.Merge(b)); !got.equal(ma.with(mb, true)) {
		t.Errorf("%v merged with %v: %v", a, b, a.Merge(b))
	}
	if got := modelOf(a.Remove(b)); !got.equal(ma.with(mb, false)) {
		t.Errorf("%v less %v: %v", a, b, a.Remove(b))
	}
	if a.Contains(b) != ma.contains(mb) {
		t.Errorf("%v contains %v: %v", a, b, a.Contains(b))
	}
	if (a == b) != ma.equal(mb) {
		t.Errorf("%v == %v: %v", a, b, a == b)
	}
}

func TestEveryPairOfNames(t *testing.T) {
	for _, a := range names {
		for _, b := range names {
			s, r := set(t, a.right), set(t, b.right)
			checkPair(t, s, r)
			if both := set(t, a.right, b.right); both != s.Merge(r) {
				t.Errorf("%s and %s given together: %v", a.text, b.text, both)
			}
			without, err := s.Clear(b.right)
			if err != nil || without != s.Remove(r) {
				t.Errorf("%s without %s: %v, %v", a.text, b.text, without, err)
			}
			has, err := s.Has(b.right)
			if err != nil || has != s.Contains(r) {
				t.Errorf("%s has %s: %v, %v", a.text, b.text, has, err)
			}
		}
	}
}

func TestRandomSets(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func() Rights {
		s, all := Rights{}, AllRights()
		for i := range s.bits {
			s.bits[i] = rng.Uint64() & rng.Uint64() & all.bits[i]
		}
		return s
	}
	for range 2000 {
		a, b := random(), random()
		checkPair(t, a, b)
		checkText(t, a)
		back, err := RightsOf(a.Raw())
		if err != nil || back != a {
			t.Fatalf("words of %v read back as %v, %v", a, back, err)
		}
	}
}

func TestMalformedRights(t *testing.T) {
	full := AllRights()
	for _, tt := range []struct {
		what  string
		right uint64
	}{
		{"no word", 1},
		{"zero", 0},
		{"words mixed", zsys.CAP_READ | zsys.CAP_EVENT},
		{"a third word", 1<<59 | 1},
		{"the last word", 1<<61 | 1},
		{"version 1", 1<<62 | zsys.CAP_READ},
		{"version 3", 3<<62 | zsys.CAP_READ},
		{"a bit above CAP_ALL0", zsys.CAP_UNUSED0_57},
		{"a bit above CAP_ALL1", zsys.CAP_UNUSED1_22},
	} {
		t.Run(tt.what, func(t *testing.T) {
			// With a good right in front, so that a partial result would show.
			with, err := full.Set(zsys.CAP_WRITE, tt.right)
			if !errors.Is(err, syscall.EINVAL) || with != (Rights{}) {
				t.Errorf("With: %v, %v", with, err)
			}
			without, err := full.Clear(zsys.CAP_WRITE, tt.right)
			if !errors.Is(err, syscall.EINVAL) || without != (Rights{}) {
				t.Errorf("Without: %v, %v", without, err)
			}
			has, err := full.Has(tt.right)
			if !errors.Is(err, syscall.EINVAL) || has {
				t.Errorf("Has: %v, %v", has, err)
			}
		})
	}
}

func TestMustRights(t *testing.T) {
	if got := MustRights(zsys.CAP_READ, zsys.CAP_EVENT); got != set(t, zsys.CAP_READ, zsys.CAP_EVENT) {
		t.Error(got)
	}
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, syscall.EINVAL) {
			t.Errorf("rights of two words in one: %v", err)
		}
	}()
	MustRights(zsys.CAP_READ | zsys.CAP_EVENT)
}

// What the kernel takes is what RightsOf takes and the tables know.
func TestKernelAgreesOnWords(t *testing.T) {
	type call struct {
		Word0, Word1 string
		Errno        int
	}
	for _, arch := range []string{"amd64", "386", "arm64", "arm"} {
		calls, err := recording.Read[call]("../testdata/recordings/calls-"+arch+".jsonl.gz", "cap_rights_limit")
		if err != nil {
			t.Fatal(err)
		}
		if len(calls) != 10 {
			t.Fatalf("%s: %d recordings, want 10", arch, len(calls))
		}
		for _, c := range calls {
			w := [2]uint64{hex(t, c.Word0), hex(t, c.Word1)}
			s, err := RightsOf(zsys.CapRights{Rights: w})
			if good := err == nil && s.Valid(); good != (c.Errno == 0) {
				t.Errorf("%s: %#x: the kernel said %d; here %v, %v", arch, w, c.Errno, s, err)
			}
		}
	}
}

func TestKernelAgreesOnAll(t *testing.T) {
	type call struct{ Got0, Got1 string }
	calls, err := recording.Read[call]("../testdata/recordings/calls-amd64.jsonl.gz", "cap_rights_get unlimited")
	if err != nil || len(calls) != 1 {
		t.Fatal(len(calls), err)
	}
	if want := [2]uint64{hex(t, calls[0].Got0), hex(t, calls[0].Got1)}; AllRights().Raw().Rights != want {
		t.Errorf("all rights: %#x, the kernel's %#x", AllRights().Raw().Rights, want)
	}
}

func hex(t *testing.T, s string) uint64 {
	t.Helper()
	v, err := strconv.ParseUint(s, 0, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNoAllocation(t *testing.T) {
	s, r := set(t, zsys.CAP_READ, zsys.CAP_EVENT), set(t, zsys.CAP_WRITE)
	buf := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() {
		u, err := s.Merge(r).Remove(s).Set(zsys.CAP_SEEK, zsys.CAP_KQUEUE)
		has, _ := u.Has(zsys.CAP_WRITE)
		back, _ := RightsOf(u.Raw())
		if err != nil || !has || !back.Contains(r) {
			t.Error("wrong rights")
		}
		buf, _ = u.AppendText(buf[:0])
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestRights(t *testing.T) {
	r := MustRights(zsys.CAP_READ|zsys.CAP_FSTAT, zsys.CAP_EVENT)
	if got, want := r.String(), "CAP_READ|CAP_FSTAT|CAP_EVENT"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	back, err := ParseRights(r.String())
	if err != nil || !back.Equal(r) || !r.Valid() || !AllRights().Contains(r) {
		t.Error(back, err)
	}
	raw, err := RightsOf(r.Raw())
	if err != nil || raw != r {
		t.Error(raw, err)
	}
	if got := r.Merge(MustRights(zsys.CAP_WRITE)).Remove(r); got != MustRights(zsys.CAP_WRITE) {
		t.Error(got)
	}
	if _, err := RightsOf(zsys.CapRights{}); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("words that are not tagged: %v", err)
	}
	mixed := uint64(zsys.CAP_READ | zsys.CAP_EVENT)
	if with, err := r.Set(mixed); !errors.Is(err, syscall.EINVAL) || with != (Rights{}) {
		t.Errorf("to set a right that mixes words: %v, %v", with, err)
	}
	if without, err := r.Clear(mixed); !errors.Is(err, syscall.EINVAL) || without != (Rights{}) {
		t.Errorf("to clear a right that mixes words: %v, %v", without, err)
	}
}
