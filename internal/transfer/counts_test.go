//go:build unix

package transfer_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/internal/transfer"
)

// told is Calls that answer as they are told to, and note what they were asked;
// all else is a Stream's.
type told struct {
	transfer.Stream
	sizes  int64
	answer func(n int64) (int64, error) // to Sendfile
	room   int                          // what Write takes before EAGAIN, if not 0

	flags     int
	threshold int64 // 0: none

	asked  []int64
	wrote  int
	pushes int
}

func (c *told) Size() (int64, error) { return c.sizes, nil }

func (c *told) Sendfile(_, n int64, _ [][]byte, _ int) (int64, error) {
	c.asked = append(c.asked, n)
	return c.answer(n)
}

func (c *told) Write(bufs [][]byte, more bool) (int, error) {
	if c.wrote++; c.wrote > 100 {
		panic("writes without end")
	}
	if c.room == 0 {
		return c.Stream.Write(bufs, more)
	}
	if c.room < 0 {
		return 0, syscall.EAGAIN
	}
	n := c.room
	c.room = -1
	return n, nil
}

func (c *told) Hold(on bool) bool {
	if !on {
		c.pushes++
	}
	return on
}

// run takes job as far as it goes.
func (c *told) run(job *transfer.Job, sys *transfer.System) (transfer.State, error) {
	var m transfer.Machine
	threshold := c.threshold
	if threshold == 0 {
		threshold = -1
	}
	m.Start(job, c, sys, c.flags, threshold)
	defer m.Stop()
	state, _, err := m.Run()
	return state, err
}

// TestImpossibleCounts: a count below zero or above what was asked is memory
// that nobody wrote to, whatever the table says of the error.
func TestImpossibleCounts(t *testing.T) {
	for _, n := range []int64{-1, 11, 1 << 40} {
		for _, err := range []error{syscall.ECONNABORTED, syscall.EAGAIN} {
			var out bytes.Buffer
			kern := told{
				Stream: transfer.Stream{W: &out, R: strings.NewReader("0123456789")},
				answer: func(int64) (int64, error) { return n, err },
			}
			job := transfer.Job{Headers: [][]byte{[]byte("head")}, Count: 6}
			if _, e := kern.run(&job, transfer.FreeBSD); e != err || job.Sent() != 0 {
				t.Errorf("%d with %v: %v, %+v", n, err, e, job.Progress)
			}
		}
	}
}

// TestAskedForWhatThereIs: to the end of file sendfile is asked for what the file
// has, so that nothing waits for bytes that do not come, and nothing has to be pushed.
func TestAskedForWhatThereIs(t *testing.T) {
	data := strings.Repeat("x", 100_000)
	left := int64(len(data) - 10)
	kern := told{Stream: transfer.Stream{W: io.Discard, R: strings.NewReader(data)}, sizes: int64(len(data))}
	kern.answer = func(n int64) (int64, error) {
		n = min(n, left)
		left -= n
		return n, nil
	}
	job := transfer.Job{Offset: 10, Count: transfer.ToEOF}
	if state, err := kern.run(&job, transfer.Linux); state != transfer.Done || err != nil {
		t.Fatal(state, err)
	}
	if !slices.Equal(kern.asked, []int64{int64(len(data) - 10)}) || kern.pushes != 0 {
		t.Errorf("asked for %v, %d pushes", kern.asked, kern.pushes)
	}
}

// TestGrownFile: where a file goes on behind the size that was seen, one buffer is
// copied and the kernel takes over.
func TestGrownFile(t *testing.T) {
	const buffer = 64 << 10
	for _, c := range []struct {
		seen int64
		want []int64 // where the kernel began
	}{
		{10_000, []int64{buffer}},               // small: copied at once
		{200_000, []int64{0, 200_000 + buffer}}, // the kernel's part, one buffer, the kernel's again
	} {
		data := strings.Repeat("x", 1_000_000)
		kern := told{Stream: transfer.Stream{W: io.Discard, R: strings.NewReader(data)}, sizes: c.seen, threshold: 16 << 10}
		job := transfer.Job{Count: transfer.ToEOF}
		var starts []int64
		kern.answer = func(n int64) (int64, error) {
			starts = append(starts, job.File)
			return min(n, int64(len(data))-job.File), nil
		}
		if state, err := kern.run(&job, transfer.Linux); state != transfer.Done || err != nil || job.File != int64(len(data)) {
			t.Fatal(state, err, job.File)
		}
		if starts = starts[:min(len(starts), len(c.want))]; !slices.Equal(starts, c.want) { // and at the end
			t.Errorf("size %d: the kernel began at %v, want %v", c.seen, starts, c.want)
		}
	}
}

// TestSmallFileAtOnce: a file of up to the threshold is read and written by a call each, also
// where it is as large as the buffer would be otherwise, and its end is to be seen.
func TestSmallFileAtOnce(t *testing.T) {
	for _, size := range []int{1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 99_999} {
		for _, count := range []int64{transfer.ToEOF, int64(size)} {
			kern := writes{told: told{Stream: transfer.Stream{R: strings.NewReader(strings.Repeat("x", size))}, sizes: int64(size)}}
			job := transfer.Job{Count: count, Trailers: [][]byte{[]byte("tail")}}
			var m transfer.Machine
			m.Start(&job, &kern, transfer.Linux, 0, 100_000)
			if state, _, err := m.Run(); state != transfer.Done || err != nil || len(kern.calls) != 1 {
				t.Errorf("%d bytes, count %d: %v, %v, writes of %d", size, count, state, err, kern.calls)
			}
		}
	}
}

// TestShortFileResumed: a file that was short once may still be served by the kernel.
func TestShortFileResumed(t *testing.T) {
	has := int64(100_000)
	kern := told{Stream: transfer.Stream{W: io.Discard, R: strings.NewReader("")}}
	job := transfer.Job{Count: 200_000}
	kern.answer = func(n int64) (int64, error) { return min(n, has-job.File), nil }
	if state, err := kern.run(&job, transfer.Linux); state != transfer.Failed || err != io.ErrUnexpectedEOF {
		t.Fatal(state, err)
	}
	has = 200_000
	if state, err := kern.run(&job, transfer.Linux); state != transfer.Done || job.Way != transfer.ByKernel {
		t.Fatal(state, err, job.Way)
	}
}

// TestNoDiskIOAsksAgain: a pair that was refused before is not read where that is forbidden.
func TestNoDiskIOAsksAgain(t *testing.T) {
	kern := told{Stream: transfer.Stream{W: io.Discard, R: strings.NewReader("0123456789")}, flags: transfer.NoDiskIO}
	kern.answer = func(int64) (int64, error) { return 0, syscall.EBUSY }
	job := transfer.Job{Count: 10, Refused: true}
	if state, err := kern.run(&job, transfer.FreeBSD); state != transfer.Failed || err != syscall.EBUSY || job.File != 0 {
		t.Fatal(state, err, job.Progress)
	}
}

// TestPushes counts the calls that push what may be held back: none at a wait
// for a socket that is full of a large file, none where Write holds nothing back.
func TestPushes(t *testing.T) {
	for _, c := range []struct {
		what   string
		sys    *transfer.System
		room   int
		answer []int64 // of sendfile, before it is full
		pushes int
	}{
		{"part of the header", transfer.Linux, 2, nil, 1},
		{"part of the header", transfer.FreeBSD, 2, nil, 0},
		{"the header alone", transfer.Linux, 100, nil, 1},
		{"part of the file", transfer.Linux, 100, []int64{5000}, 0},
	} {
		kern := told{sizes: 100_000, room: c.room}
		kern.answer = func(int64) (int64, error) {
			if len(c.answer) == 0 {
				return 0, syscall.EAGAIN
			}
			n := c.answer[0]
			c.answer = c.answer[1:]
			return n, nil
		}
		headers := make([][]byte, transfer.Window+1) // more than one call takes
		for i := range headers {
			headers[i] = []byte("h")
		}
		if c.room == 100 {
			headers, kern.room = [][]byte{make([]byte, 100)}, 100
		}
		job := transfer.Job{Headers: headers, Count: transfer.ToEOF}
		if state, err := kern.run(&job, c.sys); state != transfer.Again || err != syscall.EAGAIN {
			t.Fatalf("%s: %v, %v", c.what, state, err)
		}
		if kern.pushes != c.pushes {
			t.Errorf("%s of %s: %d pushes, want %d", c.what, c.sys.Name, kern.pushes, c.pushes)
		}
	}
}

// writes is Calls that take everything at once, as blocking ones do, and note
// how much, and each slice's first byte.
type writes struct {
	told
	calls []int64
	first []byte
}

func (c *writes) Write(bufs [][]byte, _ bool) (n int, err error) {
	for _, b := range bufs {
		n += len(b)
		c.first = append(c.first, b[0])
	}
	if c.calls = append(c.calls, int64(n)); len(c.calls) > 1000 {
		return 0, errors.New("writes without end")
	}
	return n, nil
}

// TestLongVectors: no call is given what a 32-bit count cannot hold.
func TestLongVectors(t *testing.T) {
	needs.Kernel(t)
	head, tail := make([]byte, 60<<20), bytes.Repeat([]byte{'t'}, 60<<20)
	total := 2 * 40 * int64(len(head))
	kern := writes{told: told{Stream: transfer.Stream{R: strings.NewReader("file")}}}
	job := transfer.Job{Count: transfer.ToEOF, Headers: slices.Repeat([][]byte{head}, 40), Trailers: slices.Repeat([][]byte{tail}, 40)}
	var m transfer.Machine
	m.Start(&job, &kern, transfer.Plain, 0, -1)
	if state, _, err := m.Run(); state != transfer.Done || err != nil || job.Sent() != total+4 {
		t.Fatalf("%v, %v, %+v", state, err, job.Progress)
	}
	var sum int64
	for _, n := range kern.calls {
		sum += n
	}
	if sum != total+4 || slices.Max(kern.calls) > math.MaxInt32 {
		t.Errorf("%d bytes in calls of %v", sum, kern.calls)
	}
	if !slices.IsSorted(kern.first) { // 0, f, t
		t.Errorf("slices left in the order %q", kern.first)
	}
}

// negative is a destination whose write says that it took less than nothing.
type negative struct {
	told
	calls int
}

func (c *negative) Write([][]byte, bool) (int, error) {
	if c.calls++; c.calls > 10 {
		panic("the same bytes are sent for ever")
	}
	return -1, nil
}

// TestNegativeWrite: what 32 bits make of 2 GiB and more is no progress.
func TestNegativeWrite(t *testing.T) {
	job := transfer.Job{Headers: [][]byte{[]byte("head")}, Count: 1}
	var m transfer.Machine
	kern := &negative{told: told{Stream: transfer.Stream{R: strings.NewReader("file")}}}
	m.Start(&job, kern, transfer.Plain, 0, -1)
	if state, op, err := m.Run(); state != transfer.Failed || op != "write" || err == nil || job.Sent() != 0 {
		t.Errorf("%v, %q, %v, %+v", state, op, err, job.Progress)
	}
}
