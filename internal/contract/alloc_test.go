//go:build unix

package contract_test

import (
	"errors"
	"io"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys"
)

// TestNoAllocation: in the steady state nothing is allocated, whichever way.
func TestNoAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("under the race detector pools forget on purpose")
	}
	for _, kind := range kinds {
		for _, size := range []int{0, 1000, 200_000} {
			for _, count := range []int64{rawsys.ToEOF, 0, int64(size)} {
				file := tempFile(t, content(size))
				dst, peer := kind.make(t)
				go io.Copy(io.Discard, peer)
				header, trailer := []byte("header"), []byte("trailer")
				headers, trailers := [][]byte{header}, [][]byte{trailer}
				tr := rawsys.Transfer{File: file, Count: count, Headers: headers, Trailers: trailers}
				mustNotAllocate(t, kind.name+", WriteTo", func() {
					tr.Reset()
					if _, err := tr.WriteTo(dst); err != nil {
						t.Fatal(err)
					}
				})
				mustNotAllocate(t, kind.name+", a rawsys.Transfer of its own", func() {
					tr := rawsys.Transfer{File: file, Count: count, Headers: headers}
					if _, err := tr.WriteTo(dst); err != nil {
						t.Fatal(err)
					}
				})
				in, out := int(file.Fd()), descriptor(t, dst, false)
				mustNotAllocate(t, kind.name+", rawsys.Sendfile", func() {
					if _, err := rawsys.Sendfile(out, in, 0, max(count, 0), [][]byte{header}, [][]byte{trailer}, 0); err != nil {
						t.Fatal(err)
					}
				})
				dst.Close()
			}
		}
	}
}

func mustNotAllocate(t *testing.T, what string, f func()) {
	t.Helper()
	if n := testing.AllocsPerRun(shorter(50, 20), f); n >= 1 {
		t.Errorf("%s: %v allocations", what, n)
	}
}

// TestNoAllocationWaiting: nor does an event loop's EAGAIN allocate.
func TestNoAllocationWaiting(t *testing.T) {
	if raceEnabled {
		t.Skip("under the race detector pools forget on purpose")
	}
	tr, _ := bigTransfer(t)
	dst, _ := connected(t, "unix", socketPath(t))
	out := descriptor(t, dst, true)
	mustNotAllocate(t, "EAGAIN", func() {
		if _, err := tr.Send(out); !errors.Is(err, syscall.EAGAIN) {
			t.Fatal(err)
		}
	})
}
