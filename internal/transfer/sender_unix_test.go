//go:build unix

package transfer

import (
	"os"
	"slices"
	"testing"
)

// TestSendersKeepNothing: a sender that is back in the pool holds on to nothing of a caller's.
func TestSendersKeepNothing(t *testing.T) {
	s := newSender()
	s.slices = append(s.slices, []byte("a"), []byte("b"))
	s.conn = os.Stdout
	s.descriptors.reset()
	if kept := s.slices[:cap(s.slices)]; slices.ContainsFunc(kept, func(b []byte) bool { return b != nil }) {
		t.Errorf("%q kept", kept)
	}
	if s.conn != nil || s.op != "" || s.err != nil || s.asked || s.again {
		t.Errorf("%v, %v, %v, %v, %v kept", s.conn, s.op, s.err, s.asked, s.again)
	}
}
