//go:build unix

package kernelmodel

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// The recordings in testdata are what a FreeBSD 15.0 kernel answered to
// sendfile, call by call, with what arrived of each part.

// eagain is FreeBSD's number.
const eagain = 35

// answer is what came of one call.
type answer struct {
	Errno  int   `json:"errno"`
	Sbytes int64 `json:"sbytes"`
	GotH   int64 `json:"got_h"`
	GotF   int64 `json:"got_f"`
	GotT   int64 `json:"got_t"`
}

// eachRecord decodes a recording, one object a line.
func eachRecord[T any](t *testing.T, name string, f func(line int, r *T)) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		n++
		r := new(T)
		if err := json.Unmarshal(lines.Bytes(), r); err != nil {
			t.Fatalf("%s:%d: %v", name, n, err)
		}
		f(n, r)
	}
	if err := lines.Err(); err != nil || n == 0 {
		t.Fatalf("%s: %d records, %v", name, n, err)
	}
	t.Logf("%s: %d records", name, n)
}

// try makes a call on the model and compares the answer with the recorded one.
func (want answer) try(w *World, off, n int64, headers, trailers [][]byte, flags int) error {
	sbytes, err := NewFreeBSD(w).sendfile(off, n, headers, trailers, flags)
	got := answer{Sbytes: sbytes, GotF: w.Kernel}
	if err == syscall.EAGAIN {
		got.Errno = eagain
	} else if err != nil {
		got.Errno = -1
	}
	got.GotH = int64(bytes.Count(w.Peer, []byte{'h'}))
	got.GotT = int64(bytes.Count(w.Peer, []byte{'t'}))
	if got != want {
		return fmt.Errorf("model %+v, kernel %+v", got, want)
	}
	return nil
}

// fill makes slices of the given lengths of one letter, which no file byte is.
func fill(letter byte, lengths ...int) (bufs [][]byte) {
	for _, n := range lengths {
		bufs = append(bufs, bytes.Repeat([]byte{letter}, n))
	}
	return bufs
}

// TestBlockingRecordings: without faults the model answers as the kernel did.
func TestBlockingRecordings(t *testing.T) {
	needs.Kernel(t)
	type record struct {
		answer
		Size, Off, N int64
		Hdr, Trl     []int
		Flags        int
	}
	for _, name := range []string{"sendfile-blocking.jsonl.gz", "sendfile-blocking-arm64.jsonl.gz", "sendfile-blocking-arm.jsonl.gz"} {
		eachRecord(t, name, func(line int, r *record) {
			w := &World{Size: r.Size, MaxSize: r.Size}
			if err := r.answer.try(w, r.Off, r.N, fill('h', r.Hdr...), fill('t', r.Trl...), r.Flags); err != nil {
				t.Errorf("%s, line %d: %v", name, line, err)
			}
		})
	}
}

// TestNonblockingRecordings: given how much the socket took, which the
// recordings cannot tell in advance, all else follows as the kernel had it.
func TestNonblockingRecordings(t *testing.T) {
	needs.Kernel(t)
	type record struct {
		Size  int64
		Steps []struct {
			answer
			Off, N   int64
			Hdr, Trl int
		}
	}
	for _, arch := range []string{"amd64", "386", "arm64", "arm"} {
		steps := 0
		eachRecord(t, "sendfile-nonblocking-"+arch+".jsonl.gz", func(line int, r *record) {
			for i, s := range r.Steps {
				steps++
				file := max(r.Size-s.Off, 0)
				if s.N > 0 {
					file = min(file, s.N)
				}
				var choices []int
				if file > 0 {
					choices = append(choices, taken(s.GotH+s.GotF, int64(s.Hdr)+file))
				}
				if s.GotH+s.GotF == int64(s.Hdr)+file || file == 0 {
					choices = append(choices, taken(s.GotT, int64(s.Trl)))
				}
				w := &World{Size: r.Size, MaxSize: r.Size, Faults: 2, Chooser: script(t, choices)}
				if err := s.answer.try(w, s.Off, s.N, fill('h', s.Hdr), fill('t', s.Trl), 0); err != nil {
					t.Errorf("%s, line %d, step %d: %v", arch, line, i, err)
				}
			}
		})
		t.Logf("%d steps", steps)
	}
}

// taken is the choice by which the destination takes n of all bytes.
func taken(n, all int64) int {
	if n == all {
		return 0
	}
	return int(n) + 1
}

// script makes the given choices.
func script(t *testing.T, choices []int) Chooser {
	return Func(func(n int) int {
		if len(choices) == 0 {
			return 0
		}
		c := choices[0]
		choices = choices[1:]
		if c >= n {
			t.Fatalf("the model has no choice %d of %d", c, n)
		}
		return c
	})
}
