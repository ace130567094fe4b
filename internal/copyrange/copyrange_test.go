//go:build unix

package copyrange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/kernelmodel"
)

// Everything a kernel may answer, in every order: any partial count, EINTR, the
// errnos that mean another way, and those that mean the end.
func TestEveryAnswer(t *testing.T) {
	errnos := []syscall.Errno{syscall.EINTR, syscall.ENOSPC, syscall.EINVAL, syscall.ENOSYS, syscall.EXDEV, syscall.EOPNOTSUPP}
	runs := 0
	for size := range int64(5) {
		for n := int64(-1); n <= 5; n++ {
			for choose := (&kernelmodel.Tree{}); ; {
				trouble := 2 // failures in a run, so that it ends
				failed := false
				in := &file{data: []byte("abcde")[:size], read: true, vnode: true, seekable: true}
				out := &file{data: []byte("......"), write: true, read: true, vnode: true, seekable: true}
				m := &model{files: []*file{in, out}}
				m.interfere = func(op string, n int) (int, syscall.Errno) {
					if failed {
						t.Fatal("a call after the copy had failed")
					}
					fates := n
					if n == 0 {
						fates = 1
					}
					bad := 0
					if trouble > 0 {
						bad = len(errnos)
						if op != "copy_file_range" {
							bad = 2
						}
					}
					got := choose.Choose(fates + bad)
					if got < fates {
						return min(got+1, n), 0
					}
					trouble--
					failed = errnos[got-fates] == syscall.ENOSPC
					return 0, errnos[got-fates]
				}
				got, op, err := Copy(m, Range{In: 0, InOff: 1, Out: 1, OutOff: 2, N: n})
				checkRun(t, fmt.Sprintf("size %d, n %d, %v", size, n, m.calls), in, out, n, got, op, err, failed)
				if runs++; !choose.Next() {
					break
				}
			}
		}
	}
	t.Logf("%d runs", runs)
}

func checkRun(t *testing.T, run string, in, out *file, n, got int64, op string, err error, failed bool) {
	t.Helper()
	have := max(0, int64(len(in.data))-1)
	want := n
	if n < 0 {
		want = have
	}
	switch {
	case failed:
		if !errors.Is(err, syscall.ENOSPC) || op == "" {
			t.Errorf("%s: %q %v, want ENOSPC", run, op, err)
		}
	case want > have:
		if err != io.ErrUnexpectedEOF || got != have {
			t.Errorf("%s: %d, %v, want an unexpected end after %d", run, got, err, have)
		}
	case err != nil || got != want:
		t.Errorf("%s: %d, %v, want %d", run, got, err, want)
	}
	// A failed call may have written behind what is counted, but only here a
	// model's does not: so the rest is as it was.
	if wantData := slices.Concat([]byte(".."), in.data[min(1, len(in.data)):][:got], []byte("....")[got:]); !bytes.Equal(out.data, wantData) {
		t.Errorf("%s: the file is %q, want %q", run, out.data, wantData)
	}
}

func TestClone(t *testing.T) {
	m := &model{files: []*file{kind("rw"), kind("empty")}}
	n, op, err := Copy(m, Range{In: 0, Out: 1, N: 700, Flags: 1 << 23})
	if n != 0 || err != syscall.EOPNOTSUPP || op != "copy_file_range" || len(m.calls) != 1 {
		t.Errorf("%d, %s, %v, %v", n, op, err, m.calls)
	}
}

func TestArguments(t *testing.T) {
	for _, r := range []Range{
		{InOff: -1, N: 1}, {OutOff: -1, N: 1}, {InOff: math.MaxInt64, N: 1}, {OutOff: 1, N: math.MaxInt64},
	} {
		m := &model{files: []*file{kind("rw"), kind("empty")}}
		r.Out = 1
		if n, _, err := Copy(m, r); n != 0 || err != syscall.EINVAL || len(m.calls) != 0 {
			t.Errorf("%+v: %d, %v, %v", r, n, err, m.calls)
		}
	}
}

// Files of procfs have content and no size: the kernel sees their end at once.
func TestEndIsReadNotBelieved(t *testing.T) {
	in, out := kind("rw"), kind("empty")
	m := &model{files: []*file{in, out}}
	m.interfere = func(op string, n int) (int, syscall.Errno) {
		if op == "copy_file_range" {
			n = 0
		}
		return n, 0
	}
	if n, _, err := Copy(m, Range{In: 0, Out: 1, N: -1}); n != 1000 || err != nil || !bytes.Equal(in.data, out.data) {
		t.Errorf("%d, %v", n, err)
	}
}

func TestOneFile(t *testing.T) {
	for _, tt := range []struct {
		inOff, outOff, n int64
		want             int64
		err              error
	}{
		{0, 1000, -1, 1000, nil},                      // doubles the file, and stops there
		{0, 5000, 1 << 40, 1000, io.ErrUnexpectedEOF}, // more than one call
		{0, 999, -1, 0, syscall.EINVAL},
		{0, 0, 10, 0, syscall.EINVAL},
		{100, 50, 60, 0, syscall.EINVAL},
		{990, 1005, 100, 10, io.ErrUnexpectedEOF}, // overlaps only where there are no bytes
		{2000, 0, -1, 0, nil},
		{0, 500, 400, 400, nil},
	} {
		f := kind("rw")
		before := bytes.Clone(f.data)
		n, _, err := Copy(&model{files: []*file{f, f}}, Range{In: 0, InOff: tt.inOff, Out: 1, OutOff: tt.outOff, N: tt.n})
		if n != tt.want || err != tt.err {
			t.Errorf("%+v: %d, %v", tt, n, err)
		}
		if n > 0 && !bytes.Equal(f.data[tt.outOff:][:n], before[tt.inOff:][:n]) {
			t.Errorf("%+v: other bytes", tt)
		}
	}
}

// By hand, in steps that don't divide the file.
func TestByHandAtLength(t *testing.T) {
	in := kind("shm")
	in.data = make([]byte, 3*laterStep+firstStep+1)
	for i := range in.data {
		in.data[i] = byte(i >> 8)
	}
	out := kind("empty")
	n, _, err := Copy(&model{files: []*file{in, out}}, Range{In: 0, Out: 1, N: -1})
	if n != int64(len(in.data)) || err != nil || !bytes.Equal(in.data, out.data) {
		t.Errorf("%d, %v", n, err)
	}
}

// far is a kernel with an input of a given size and an output that no data is kept of,
// so that it may be written anywhere.
type far struct {
	size    int64
	refuses bool // copy_file_range, so that it is copied by hand
	written int64
}

func (f *far) have(off int64, n int) int { return int(min(int64(n), max(f.size-off, 0))) }

func (f *far) CopyFileRange(_ int, inOff int64, _ int, outOff int64, n int, _ uint32) (int, syscall.Errno) {
	if f.refuses {
		return 0, syscall.ENOSYS
	}
	return f.wrote(f.have(inOff, n), outOff)
}

func (f *far) Pread(_ int, p []byte, off int64) (int, syscall.Errno) {
	return f.have(off, len(p)), 0
}

func (f *far) Pwrite(_ int, p []byte, off int64) (int, syscall.Errno) { return f.wrote(len(p), off) }

func (f *far) wrote(n int, off int64) (int, syscall.Errno) {
	if int64(n) > math.MaxInt64-off {
		return 0, syscall.EFBIG
	}
	f.written += int64(n)
	return n, 0
}

func (f *far) Appends(int) (bool, syscall.Errno)          { return false, 0 }
func (f *far) Same(int, int) (bool, int64, syscall.Errno) { return false, math.MaxInt64, 0 }

// TestEndOfOffsets: a copy to the end of the input that reaches the largest offset of
// the output before is no success, unless that is where the input ends.
func TestEndOfOffsets(t *testing.T) {
	const room = 5
	for _, refuses := range []bool{false, true} {
		for size, want := range map[int64]error{room - 1: nil, room: nil, room + 1: syscall.EFBIG, 100_000: syscall.EFBIG} {
			k := &far{size: size, refuses: refuses}
			n, op, err := Copy(k, Range{Out: 1, OutOff: math.MaxInt64 - room, N: -1})
			if n != min(size, room) || n != k.written || err != want || want != nil && op != "pwrite" {
				t.Errorf("refuses %v, %d bytes: %d, %s, %v, want %v", refuses, size, n, op, err, want)
			}
		}
	}
}
