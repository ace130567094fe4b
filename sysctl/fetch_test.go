package sysctl

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// table is a kernel's table that changes between calls: it has sizes[i]
// records of 376 bytes at call i, and stays at the last.
type table struct {
	sizes []int
	calls int
	fail  error // of the last call
}

const modelRecord = 376

func (m *table) call(buf []byte) (n int, short bool, err error) {
	i := min(m.calls, len(m.sizes)-1)
	m.calls++
	if m.fail != nil && i == len(m.sizes)-1 {
		return 0, false, m.fail
	}
	size := m.sizes[i] * modelRecord
	if len(buf) == 0 {
		return size, false, nil
	}
	fit := min(m.sizes[i], len(buf)/modelRecord) // whole records only
	copy(buf, bytes.Repeat([]byte{byte(m.sizes[i])}, fit*modelRecord))
	return fit * modelRecord, size > len(buf), nil
}

func TestFetch(t *testing.T) {
	gone := errors.New("no such process")
	for _, tt := range []struct {
		name  string
		sizes []int
		fail  error
		room  int // records that fit the first buffer
		want  int // records
		err   error
		calls int
	}{
		{"fits", []int{5}, nil, 8, 5, nil, 1},
		{"fits exactly", []int{8}, nil, 8, 8, nil, 1},
		{"empty", []int{0}, nil, 8, 0, nil, 1},
		{"too big at first", []int{100}, nil, 8, 100, nil, 3},
		{"no buffer yet", []int{100}, nil, 0, 100, nil, 2},
		{"grows within the headroom", []int{100, 100, 110}, nil, 8, 110, nil, 3},
		{"outgrows the headroom once", []int{100, 100, 200, 200, 201}, nil, 8, 201, nil, 5},
		{"shrinks", []int{100, 100, 3}, nil, 8, 3, nil, 3},
		{"fails at once", []int{5}, gone, 8, 0, gone, 1},
		{"fails when asked for its size", []int{100, 0}, gone, 8, 0, gone, 2},
		{"fails when read again", []int{100, 100, 0}, gone, 8, 0, gone, 3},
	} {
		m := &table{sizes: tt.sizes, fail: tt.fail}
		got, err := fetch(make([]byte, 0, tt.room*modelRecord), m.call)
		if err != tt.err || len(got) != tt.want*modelRecord || m.calls != tt.calls {
			t.Errorf("%s: %d records, %v, %d calls; want %d, %v, %d", tt.name, len(got)/modelRecord, err, m.calls, tt.want, tt.err, tt.calls)
		}
	}
}

// A table that has outgrown the buffer at every read is given up after a
// bounded number.
func TestFetchBounded(t *testing.T) {
	calls := 0
	size := 1
	_, err := fetch(nil, func(buf []byte) (int, bool, error) {
		calls++
		size = max(size, len(buf)+1)
		return size, len(buf) != 0, nil
	})
	if !errors.Is(err, errGrowing) || calls != 2*attempts {
		t.Errorf("%v after %d calls", err, calls)
	}
}

// Whatever the table does, Fetch returns one call's whole answer or an error,
// and keeps the biggest buffer.
func TestFetchModel(t *testing.T) {
	needs.Kernel(t)
	rng := rand.New(rand.NewPCG(1, 2))
	var used []byte
	for range 20000 {
		m := &table{sizes: make([]int, 1+rng.IntN(20))}
		for i := range m.sizes {
			m.sizes[i] = rng.IntN(256)
		}
		var got []byte
		var err error
		before := cap(used)
		got, err = fetch(used, m.call)
		used = got[:0]
		if cap(used) < before {
			t.Fatalf("the buffer shrank from %d to %d", before, cap(used))
		}
		if err != nil {
			if err != errGrowing {
				t.Fatal(err)
			}
			continue
		}
		size := m.sizes[min(m.calls, len(m.sizes))-1]
		if !bytes.Equal(got, bytes.Repeat([]byte{byte(size)}, size*modelRecord)) {
			t.Fatalf("%v: %d bytes after %d calls, want %d records", m.sizes, len(got), m.calls, size)
		}
		if rng.IntN(50) == 0 {
			used = nil
		}
	}
}

// What stands in dst before the value stays there.
func TestFetchAppends(t *testing.T) {
	m := &table{sizes: []int{3}}
	got, err := fetch([]byte("before"), m.call)
	if want := "before" + string(bytes.Repeat([]byte{3}, 3*modelRecord)); err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}
