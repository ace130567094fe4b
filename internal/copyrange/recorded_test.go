//go:build unix

package copyrange

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/recording"
)

type recorded struct {
	In, Out     string
	Len         int64
	OffIn       int64 `json:"off_in"`
	OffOut      int64 `json:"off_out"`
	OffInAfter  int64 `json:"off_in_after"`
	OffOutAfter int64 `json:"off_out_after"`
	Errno       int
	N           int
}

// These numbers are the same on every Unix here.
func number(errno syscall.Errno) int {
	switch errno {
	case 0:
		return 0
	case syscall.EBADF:
		return 9
	case syscall.EISDIR:
		return 21
	case syscall.EINVAL:
		return 22
	}
	return -1
}

func recordings(t *testing.T, arch, what string) []recorded {
	t.Helper()
	all, err := recording.Read[recorded]("../../testdata/recordings/calls-"+arch+".jsonl.gz", what)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// none is a recorded offset that was not given: the file's own, at 0.
const none = -99

func own(off int64) int64 {
	if off == none {
		return 0
	}
	return off
}

// The model is FreeBSD's kernel as far as every recorded call goes.
func TestModelAgreesWithKernel(t *testing.T) {
	for arch, want := range map[string]int{"amd64": 2178, "386": 2178, "arm64": 2174, "arm": 2174} {
		all := recordings(t, arch, "copy_file_range")
		if len(all) != want {
			t.Fatalf("%s: %d recordings, want %d", arch, len(all), want)
		}
		odd := 0
		for _, c := range all {
			// In the 64-bit recording four of 198 calls with a pipe's write end
			// as source are EBADF, for no reason in their arguments: somebody
			// had closed it. The 32-bit one has none, arm's leave them out.
			if arch == "amd64" && c.In == "pipe_w" && c.Errno == 9 {
				odd++
				continue
			}
			m := &model{files: []*file{kind(c.In), kind(c.Out)}}
			n, errno := m.CopyFileRange(0, own(c.OffIn), 1, own(c.OffOut), int(c.Len), 0)
			if number(errno) != c.Errno || errno == 0 && n != c.N {
				t.Errorf("%s: %+v: the model says %d, %v", arch, c, n, errno)
			}
			for _, off := range [][2]int64{{c.OffIn, c.OffInAfter}, {c.OffOut, c.OffOutAfter}} {
				if off[0] != none && off[1] != off[0]+int64(n) {
					t.Errorf("%s: %+v: offsets not advanced by %d", arch, c, n)
				}
			}
		}
		if arch == "amd64" && odd != 4 {
			t.Errorf("%d odd calls, want 4", odd)
		}
	}
}

func TestModelAgreesOnOneFile(t *testing.T) {
	all := recordings(t, "amd64", "copy_file_range_same_file")
	if len(all) != 5 {
		t.Fatalf("%d recordings, want 5", len(all))
	}
	for _, c := range all {
		f := kind("rw")
		n, errno := (&model{files: []*file{f, f}}).CopyFileRange(0, c.OffIn, 1, c.OffOut, int(c.Len), 0)
		if number(errno) != c.Errno || errno == 0 && n != c.N {
			t.Errorf("%+v: the model says %d, %v", c, n, errno)
		}
	}
}

// Every pair of descriptors and offsets that was recorded: where the kernel
// copies, so does Copy, to the same end; where it can't, Copy does if a pread
// and a pwrite can, and else fails with their errno or the kernel's.
func TestEveryRecordedPair(t *testing.T) {
	for _, c := range recordings(t, "386", "copy_file_range") {
		if c.OffIn == none || c.OffOut == none {
			continue
		}
		in, out := kind(c.In), kind(c.Out)
		m := &model{files: []*file{in, out}}
		n, _, err := Copy(m, Range{In: 0, InOff: c.OffIn, Out: 1, OutOff: c.OffOut, N: c.Len})
		want, wantErr := expected(in, out, c)
		if n != want || !errors.Is(err, wantErr) {
			t.Errorf("%+v: %d, %v; want %d, %v", c, n, err, want, wantErr)
		}
		if n > 0 && !out.device && !bytes.Equal(out.data[c.OffOut:][:n], in.data[c.OffIn:][:n]) {
			t.Errorf("%+v: other bytes", c)
		}
	}
}

// expected follows from what the descriptors are, not from how Copy works.
func expected(in, out *file, c recorded) (int64, error) {
	switch {
	case c.OffIn < 0 || c.OffOut < 0:
		return 0, syscall.EINVAL
	case in == nil || !in.read || out == nil:
		return 0, syscall.EBADF
	case out.append:
		return 0, syscall.EBADF
	case !in.seekable:
		return 0, syscall.ESPIPE
	case in.vnode && !out.write:
		return 0, syscall.EBADF
	case in.dir:
		return 0, syscall.EISDIR
	}
	n := min(c.Len, max(0, int64(len(in.data))-c.OffIn))
	switch {
	case n > 0 && !out.write:
		return 0, syscall.EBADF
	case n > 0 && !out.seekable:
		return 0, syscall.ESPIPE
	case n < c.Len:
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}
