//go:build freebsd || linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

// start runs a loop over a directory.
func start(t *testing.T, dir string, idle time.Duration) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr = listener.Addr().String()
	l, err := newLoop(options{dir: dir, idle: idle}, listener.(*net.TCPListener), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan error)
	go func() { done <- l.run(stop) }()
	t.Cleanup(func() {
		close(stop)
		if err := <-done; err != nil || len(l.conns) > 0 {
			t.Errorf("%v, %d connections left", err, len(l.conns))
		}
	})
	return addr
}

// ask sends a name, in pieces, and reads everything, slowly at first.
func ask(t *testing.T, addr, name string) string {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer conn.Close()
	conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	for i := range len(name) {
		io.WriteString(conn, name[i:i+1])
	}
	io.WriteString(conn, "\n")
	var all bytes.Buffer
	for range 3 {
		time.Sleep(5 * time.Millisecond)
		io.CopyN(&all, conn, 10_000)
	}
	if _, err := io.Copy(&all, conn); err != nil {
		t.Errorf("%q: %v", name, err)
	}
	return all.String()
}

func files(t *testing.T) (dir, large string) {
	t.Helper()
	dir, large = t.TempDir(), strings.Repeat("0123456789abcdef", 100_000)
	for name, content := range map[string]string{"large": large, "empty": "", "small": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir, large
}

// Forty clients at a time, all slow, each get exactly what they asked for.
func TestClients(t *testing.T) {
	dir, large := files(t)
	addr := start(t, dir, time.Minute)
	want := map[string]string{"large": fmt.Sprintf("length %d\n%s", len(large), large), "empty": "length 0\n", "small": "length 1\nx"}
	var all sync.WaitGroup
	for i := range 40 {
		name := []string{"large", "empty", "small", "large"}[i%4]
		all.Go(func() {
			if got := ask(t, addr, name); got != want[name] {
				t.Errorf("%s: %d bytes, %.40q", name, len(got), got)
			}
		})
	}
	for _, name := range []string{"none", "../x", "/etc/passwd", ".", ""} {
		if got := ask(t, addr, name); !strings.HasPrefix(got, "error ") || !strings.HasSuffix(got, "\n") {
			t.Errorf("%q: %q", name, got)
		}
	}
	all.Wait()
}

// Who hangs up, says too much, or says and takes nothing does not stay, and does not
// keep others from being served.
func TestBadClients(t *testing.T) {
	dir, _ := files(t)
	addr := start(t, dir, 300*time.Millisecond)
	for _, says := range []string{"", "large\n", strings.Repeat("x", 3*maxName)} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, says)
		conn.Close()
	}
	silent, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if got := ask(t, addr, "small"); got != "length 1\nx" {
		t.Errorf("%q", got)
	}
	silent.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := silent.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) || err == nil {
		t.Errorf("a silent client: %v", err)
	}
}

func TestArguments(t *testing.T) {
	for args, want := range map[string]string{"": "missing DIR", "a b": `"b"`, "-idle 0s d": "-idle", "-x": "-x"} {
		var out strings.Builder
		if _, err := parse(strings.Fields(args), &out); !errors.Is(err, report.ErrUsage) || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v, %s", args, err, out.String())
		}
	}
	if err := serve(options{dir: filepath.Join(t.TempDir(), "none"), addr: "127.0.0.1:0"}, io.Discard); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}
