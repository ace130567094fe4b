//go:build unix

package rawsys

import (
	"io"
	"os"
	"slices"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

// TestRefusalIsRemembered by the Transfer until Reset, and by nothing else.
func TestRefusalIsRemembered(t *testing.T) {
	if system.Max == 0 {
		t.Skip("everything is copied here: there is nothing to refuse")
	}
	data := content(200_000)
	file := tempFile(t, data[:100_000])
	dst, peer := connected(t, "tcp4", "127.0.0.1:0")
	go io.Copy(io.Discard, peer)
	tr := Transfer{File: file, Count: int64(len(data)), Flags: zsys.SF_SYNC, Threshold: -1}
	if _, err := tr.WriteTo(dst); err != io.ErrUnexpectedEOF {
		t.Fatal(err)
	}
	if err := os.WriteFile(file.Name(), data, 0o600); err != nil {
		t.Fatal(err)
	}
	tr.Flags = 0
	for _, want := range []Way{ByCopy, ByKernel} {
		if _, err := tr.WriteTo(dst); err != nil || tr.Progress().Way != want {
			t.Errorf("%v, by %v, want %v", err, tr.Progress().Way, want)
		}
		tr.Reset()
	}
}

// TestThresholdIsBounded: no override asks for a buffer of any size.
func TestThresholdIsBounded(t *testing.T) {
	if system.Max == 0 {
		t.Skip("everything is copied here, whatever the threshold")
	}
	dst, peer := connected(t, "tcp4", "127.0.0.1:0")
	go io.Copy(io.Discard, peer)
	for _, size := range []int{1 << 20, 1<<20 + 1} {
		tr := Transfer{File: tempFile(t, content(size)), Threshold: 64 << 20}
		want := ByCopy
		if size > 1<<20 {
			want = ByKernel
		}
		if _, err := tr.WriteTo(dst); err != nil || tr.Progress().Way != want {
			t.Errorf("%d bytes: %v, by %v", size, err, tr.Progress().Way)
		}
	}
}

// TestSendersKeepNothing: a sender that is back in the pool holds on to nothing of a caller's.
func TestSendersKeepNothing(t *testing.T) {
	s := newSender()
	s.slices = append(s.slices, []byte("a"), []byte("b"))
	s.conn = deaf{}
	s.descriptors.reset()
	if kept := s.slices[:cap(s.slices)]; slices.ContainsFunc(kept, func(b []byte) bool { return b != nil }) {
		t.Errorf("%q kept", kept)
	}
	if s.conn != nil || s.err != nil || s.asked {
		t.Errorf("%v, %v, %v kept", s.conn, s.err, s.asked)
	}
}
