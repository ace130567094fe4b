package contract_test

import (
	"io"
	"net"
	"testing"

	"github.com/rawsys-go/rawsys"
)

// TestTrailerNeedsNoAcknowledgement: on a connection without TCP_NODELAY a segment that is not full
// waits for the acknowledgement of one before it. A trailer behind a file must not be such a
// one, for the peer may take 40 ms to acknowledge: nothing is left unsent, though the peer reads nothing yet.
// That another connection of the same Transfer has TCP_NODELAY says nothing of this one.
func TestTrailerNeedsNoAcknowledgement(t *testing.T) {
	for _, c := range []struct{ size, threshold int }{{20_000, -1}, {60_000, -1}, {62_000, -1}, {100_000, -1}, {100_000, 1 << 20}} {
		dst, peer := connected(t, "tcp4", "127.0.0.1:0")
		if err := dst.(*net.TCPConn).SetNoDelay(false); err != nil {
			t.Fatal(err)
		}
		if err := peer.(*net.TCPConn).SetReadBuffer(1 << 20); err != nil {
			t.Fatal(err)
		}
		tr := rawsys.Transfer{File: tempFile(t, content(c.size)), Count: int64(c.size), Threshold: c.threshold,
			Headers: [][]byte{[]byte("header")}, Trailers: [][]byte{[]byte("trailer")}}
		other, reader := connected(t, "tcp4", "127.0.0.1:0")
		go io.Copy(io.Discard, reader)
		waits := 0
		for round := range 60 {
			tr.Reset()
			if _, err := tr.WriteTo(other); err != nil {
				t.Fatal(err)
			}
			tr.Reset()
			n, err := tr.WriteTo(dst)
			if err != nil {
				t.Fatal(err)
			}
			if round >= 30 && unsent(t, dst) > 0 { // before, the peer acknowledges everything at once, and its window opens
				waits++
			}
			if _, err := io.CopyN(io.Discard, peer, n); err != nil {
				t.Fatal(err)
			}
			answer(t, peer, dst)
		}
		if waits > 0 {
			t.Errorf("%d bytes, threshold %d, by %v: in %d of 30 rounds the trailer waited", c.size, c.threshold, tr.Progress().Way, waits)
		}
	}
}

// answer has the peer write a byte, which carries an acknowledgement of all before it.
func answer(t *testing.T, peer, dst end) {
	t.Helper()
	if _, err := peer.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(dst, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
}
