//go:build unix

package contract_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// content is n bytes of which no two near ones look alike.
func content(n int) []byte {
	b := make([]byte, n)
	x := uint32(n) + 1
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// tempFile is an open file with the given content.
func tempFile(t testing.TB, data []byte) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "source")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// end is what a destination's two ends have in common.
type end interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// kinds makes each kind of stream: the end to send to, and the peer's.
var kinds = []struct {
	name string
	make func(t testing.TB) (dst, peer end)
}{
	{"tcp4", func(t testing.TB) (end, end) { return connected(t, "tcp4", "127.0.0.1:0") }},
	{"tcp6", func(t testing.TB) (end, end) { return connected(t, "tcp6", "[::1]:0") }},
	{"unix", func(t testing.TB) (end, end) { return connected(t, "unix", socketPath(t)) }},
	{"pipe", pipe},
}

// socketPath is short enough for a socket's address, which a test's directory may not be.
func socketPath(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// connected is a connection and its other end.
func connected(t testing.TB, network, address string) (dst, peer end) {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Skipf("no %s here: %v", network, err)
	}
	defer l.Close()
	c, err := net.Dial(network, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return closing(t, c), closing(t, p)
}

func pipe(t testing.TB) (dst, peer end) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return closing(t, w), closing(t, r)
}

func closing(t testing.TB, c any) end {
	e := c.(end)
	t.Cleanup(func() { e.Close() })
	return e
}

// received reads the peer to its end.
func received(t testing.TB, peer io.Reader) <-chan []byte {
	t.Helper()
	got := make(chan []byte, 1)
	go func() {
		b, err := io.ReadAll(peer)
		if err != nil {
			t.Errorf("peer: %v", err)
		}
		got <- b
	}()
	return got
}

// mustArrive compares what a peer got with what was sent, without printing it.
func mustArrive(t testing.TB, got []byte, parts ...[]byte) {
	t.Helper()
	want := bytes.Join(parts, nil)
	if bytes.Equal(got, want) {
		return
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	t.Fatalf("%d bytes arrived of %d; they differ from byte %d on", len(got), len(want), at)
}
