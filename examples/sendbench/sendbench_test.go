package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/internal/needs"
)

// TestMain is the program itself where a test starts a drain.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "drain" {
		main()
	}
	os.Exit(m.Run())
}

// startTestDrain runs a drain in this process until the test ends, and returns its address.
func startTestDrain(t *testing.T) string {
	t.Helper()
	in, stop := io.Pipe()
	out, printed := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- drain([]string{"-addr", "127.0.0.1:0", "-stdin"}, in, printed, io.Discard) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return strings.TrimSpace(line)
}

func writeFile(t *testing.T, size int) string {
	t.Helper()
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i * 7)
	}
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func send(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	err := run(append([]string{"send", "-rounds", "2", "-time", "1ms"}, args...), nil, &out, io.Discard)
	return out.String(), err
}

// Each way delivers the bytes of the file between header and trailer, or the drain's checksum would differ.
func TestSend(t *testing.T) {
	addr := startTestDrain(t)
	file := writeFile(t, 600_000) // more than two of the buffers of the way that reads
	for _, tt := range []struct {
		flags string
		bytes int64
	}{
		{"", 600_252}, {"-range 1:", 600_251}, {"-range 10:0", 252}, {"-range 5:1k -header 0 -trailer 0", 1024},
		{"-range 600000: -trailer 1m", 220 + 1<<20},
	} {
		out, err := send(t, append(strings.Fields("-json -addr "+addr+" "+tt.flags), file)...)
		if err != nil {
			t.Errorf("%s: %v", tt.flags, err)
			continue
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if len(lines) != len(ways) {
			t.Errorf("%s: %d lines for %d ways", tt.flags, len(lines), len(ways))
		}
		for i, line := range lines {
			var r row
			if err := json.Unmarshal([]byte(line), &r); err != nil || r.Way != ways[i].name || r.Bytes != tt.bytes || r.Streamed <= 0 || r.AnsweredRatio <= 0 {
				t.Errorf("%s: %s: %v", tt.flags, line, err)
			}
			if i == 0 && (r.StreamedRatio != 1 || r.AnsweredRatio != 1) {
				t.Errorf("%s: the first way is %v and %v times itself", tt.flags, r.StreamedRatio, r.AnsweredRatio)
			}
		}
	}
}

// Without an address the receiving end is a process of its own.
func TestChild(t *testing.T) {
	needs.RealCPU(t, "starts itself")
	out, err := send(t, "-ways", "copy,transfer", writeFile(t, 5000))
	lines := strings.Split(out, "\n")
	if err != nil || len(lines) != 4 || !strings.HasPrefix(lines[0], "WAY ") || !strings.HasPrefix(lines[1], "copy ") || !strings.HasPrefix(lines[2], "transfer ") {
		t.Errorf("%q, %v", out, err)
	}
}

// A way that sends other bytes, or none, is an error and no figure.
func TestWrongBytes(t *testing.T) {
	addr := startTestDrain(t)
	o := &options{addr: addr, file: writeFile(t, 100), part: report.Range{Count: report.ToEnd}, rounds: 1, time: 1}
	o.ways = []way{{"wrong", "", func(c *net.TCPConn, m *message) (func() error, func(), error) {
		return func() error { _, err := c.Write(make([]byte, m.size())); return err }, nothing, nil
	}}}
	if err := o.send(io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "wrong: other bytes arrived") {
		t.Error(err)
	}
	broken := errors.New("broken")
	o.ways[0].setup = func(c *net.TCPConn, _ *message) (func() error, func(), error) {
		return func() error { _, _ = c.Write([]byte("h")); return broken }, nothing, nil
	}
	if err := o.send(io.Discard, io.Discard); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// The drain says what is wrong with what it gets.
func TestTake(t *testing.T) {
	number := func(v ...uint64) (b []byte) {
		for _, n := range v {
			b = binary.BigEndian.AppendUint64(b, n)
		}
		return b
	}
	for _, tt := range []struct {
		sent []byte
		want string
	}{
		{[]byte("GET / "), "no sendbench send: unexpected EOF"}, {number(0, 1), "1 messages of 0 bytes cannot be"},
		{number(1<<40, 1<<40), "cannot be"}, {append(number(1, 3), "1aa"...), "after 2 bytes of 3: EOF"},
		{append(number(1, 3), "1aaab"...), "1 bytes more than a batch of 3"},
	} {
		near, far := net.Pipe()
		go func() {
			_, _ = io.Copy(io.Discard, near)
		}()
		go func() {
			_, _ = near.Write(tt.sent)
			near.Close()
		}()
		err := take(far)
		far.Close()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.sent, err, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	go func() {
		for {
			c, err := other.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "220 mail.example.org ESMTP\r\n")
			c.Close()
		}
	}()
	file, empty := writeFile(t, 10), writeFile(t, 0)
	for args, want := range map[string]string{
		"send -addr " + other.Addr().String() + " " + file: "is no sendbench drain: it said",
		"send " + t.TempDir():                              "is no regular file",
		"send " + file + ".none":                           file + ".none",
		"send -range 11: " + file:                          "-range 11:: " + file + " has 10 bytes",
		"send -range 1:10 " + file:                         "has 10 bytes",
		"send -header 0 -trailer 0 " + empty:               "there is nothing to send",
		"drain -addr 256.0.0.1:x":                          "listen",
	} {
		if err := run(strings.Fields(args), nil, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

func TestUsage(t *testing.T) {
	for args, want := range map[string]string{
		"": "usage: sendbench send", "sned": "usage: sendbench send", "send": "missing FILE", "send a b": `unexpected argument "b"`,
		"send -rounds 0 f": "-rounds and -time are more than 0", "send -header 2m f": "at most 1m", "send -range 5 f": "has no colon",
		"send -ways tcp f": `-ways: "tcp" is none of transfer, `, "send -ways copy,copy f": "-ways: copy twice", "send -addr nohost f": "missing port",
		"drain x": `unexpected argument "x"`,
	} {
		var log strings.Builder
		if err := run(strings.Fields(args), nil, io.Discard, &log); !errors.Is(err, report.ErrUsage) || !strings.Contains(log.String(), want) {
			t.Errorf("%q: %v, %q; want %q", args, err, log.String(), want)
		}
	}
	for _, args := range []string{"-h", "send -h", "drain -h"} {
		if err := run(strings.Fields(args), nil, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%s: %v", args, err)
		}
	}
}
