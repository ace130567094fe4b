package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	mrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/examples/internal/report"
)

// start serves a directory with a file and returns the address.
func start(t *testing.T, content []byte, args ...string) (addr, file string) {
	t.Helper()
	dir := t.TempDir()
	file = filepath.Join(dir, "file")
	if err := os.WriteFile(file, content, 0o666); err != nil {
		t.Fatal(err)
	}
	var out lines = make(chan string, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append(append([]string{"serve", "-addr", "127.0.0.1:0"}, args...), dir), io.Discard, out)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	select {
	case line := <-out:
		return strings.TrimSpace(line[strings.LastIndex(line, " "):]), file
	case err := <-done:
		done <- nil
		t.Fatal("serve:", err)
		return "", ""
	}
}

// lines has the first line that was written.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	select {
	case l <- string(p):
	default:
	}
	return len(p), nil
}

// get runs the client.
func get(t *testing.T, addr string, args ...string) (out []byte, log string, err error) {
	t.Helper()
	var o, l bytes.Buffer
	err = run(t.Context(), append([]string{"get", "-addr", addr}, args...), &o, &l)
	return o.Bytes(), l.String(), err
}

func random(n int) []byte {
	content := make([]byte, n)
	mrand.NewChaCha8([32]byte{1}).Read(content)
	return content
}

func TestRanges(t *testing.T) {
	content := random(100_000)
	addr, _ := start(t, content, "-frame", "4k")
	for r, want := range map[string][]byte{
		"0:": content, "0:0": {}, "1:1": content[1:2], "4095:2": content[4095:4097], "99999:": content[99999:], "100000:": {}, "50000:1m": content[50000:],
	} {
		if got, log, err := get(t, addr, "-o", "-", "-range", r, "file"); err != nil || !bytes.Equal(got, want) || !strings.Contains(log, "checksums right") {
			t.Errorf("%s: %d bytes, %v, want %d; %s", r, len(got), err, len(want), log)
		}
	}
	for _, r := range []string{"100001:", "x:", "1", "-1:5", "1:99999999999t"} {
		if _, _, err := get(t, addr, "-o", "-", "-range", r, "file"); err == nil {
			t.Errorf("%s: no error", r)
		}
	}
	addr, _ = start(t, nil)
	if got, _, err := get(t, addr, "-o", "-", "file"); err != nil || len(got) != 0 {
		t.Errorf("an empty file: %d bytes, %v", len(got), err)
	}
}

// What leads out of the directory, is none or no file is refused, and said at once.
func TestRefused(t *testing.T) {
	addr, file := start(t, random(10))
	if err := os.Mkdir(filepath.Join(filepath.Dir(file), "dir"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../file", "/etc/passwd", "none", "dir", "", "a\nb"} {
		began := time.Now()
		_, _, err := get(t, addr, "-o", "-", name)
		var r refusal
		if !errors.As(err, &r) || time.Since(began) > 5*time.Second {
			t.Errorf("%q: %v", name, err)
		}
	}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write([]byte(strings.Repeat("x", 2*maxLine)))
	if text, _ := io.ReadAll(conn); !strings.HasPrefix(string(text), "error ") && len(text) > 0 {
		t.Errorf("%q", text)
	}
}

// proxy forwards connections to addr, and lets meddle see and change what comes back.
func proxy(t *testing.T, addr string, meddle func(n int, conn net.Conn, from io.Reader) error) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", addr)
			if err != nil {
				conn.Close()
				return
			}
			go io.Copy(server, conn)
			go func() {
				meddle(n, conn, server)
				conn.Close()
				server.Close()
			}()
		}
	}()
	return l.Addr().String()
}

// A connection that drops again and again costs what was in its last frame.
func TestDrops(t *testing.T) {
	content := random(300_000)
	addr, _ := start(t, content, "-frame", "10k")
	dropping := proxy(t, addr, func(n int, conn net.Conn, from io.Reader) error {
		_, err := io.CopyN(conn, from, 120_000+int64(n))
		return err
	})
	got, log, err := get(t, dropping, "-o", "-", "file")
	if err != nil || !bytes.Equal(got, content) || strings.Count(log, "again in") != 2 {
		t.Errorf("%d bytes, %v; %s", len(got), err, log)
	}
}

// A byte that was damaged on its way is not let in, and asked for again.
func TestDamage(t *testing.T) {
	content := random(50_000)
	addr, _ := start(t, content, "-frame", "10k")
	damaging := proxy(t, addr, func(n int, conn net.Conn, from io.Reader) error {
		if n == 0 {
			io.CopyN(conn, from, 30_000)
			b := make([]byte, 1)
			io.ReadFull(from, b)
			conn.Write([]byte{b[0] ^ 4})
		}
		_, err := io.Copy(conn, from)
		return err
	})
	got, log, err := get(t, damaging, "-o", "-", "file")
	if err != nil || !bytes.Equal(got, content) || !strings.Contains(log, "bytes 20480 to 30720 are damaged") {
		t.Errorf("%d bytes, %v; %s", len(got), err, log)
	}
}

// What one command got, the next goes on from, unless the file is another by then.
func TestPart(t *testing.T) {
	content := random(100_000)
	addr, file := start(t, content, "-frame", "10k")
	cut := proxy(t, addr, func(n int, conn net.Conn, from io.Reader) error {
		_, err := io.CopyN(conn, from, 55_000)
		return err
	})
	out := filepath.Join(t.TempDir(), "out")
	interrupt := func() {
		t.Helper()
		_, _, err := get(t, cut, "-retries", "0", "-o", out, "file")
		if err == nil || !strings.Contains(err.Error(), "51200 bytes are in ") {
			t.Fatal(err)
		}
		if _, err := os.Stat(out); err == nil {
			t.Fatal("half a file has the name of a whole one")
		}
	}
	interrupt()
	_, log, err := get(t, addr, "-o", out, "file")
	if got, _ := os.ReadFile(out); err != nil || !bytes.Equal(got, content) || !strings.Contains(log, "of which 51200 were there") {
		t.Fatalf("%d bytes, %v; %s", len(got), err, log)
	}
	if err := os.Remove(out); err != nil {
		t.Fatal(err)
	}
	interrupt()
	content = random(90_000)
	content[0]++
	if err := os.WriteFile(file, content, 0o666); err != nil {
		t.Fatal(err)
	}
	_, log, err = get(t, addr, "-o", out, "file")
	if got, _ := os.ReadFile(out); err != nil || !bytes.Equal(got, content) || !strings.Contains(log, "of which 0 were there") {
		t.Fatalf("%d bytes, %v; %s", len(got), err, log)
	}
}

// counting is a connection that knows how many deadlines it was given.
type counting struct {
	*net.TCPConn
	deadlines int
}

func (c *counting) SetWriteDeadline(t time.Time) error {
	c.deadlines++
	return c.TCPConn.SetWriteDeadline(t)
}

// The server's deadline passes many times while a client reads slowly, and the frame
// goes on each time. A client that reads nothing is given up.
func TestDeadlines(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	reader, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	content := random(32 << 20)
	conn := &counting{TCPConn: accepted.(*net.TCPConn)}
	g := segments{server: &server{serveOptions: &serveOptions{stall: 200 * time.Millisecond}}, conn: conn}
	tr := rawsys.Transfer{File: bytes.NewReader(content), Count: int64(len(content)), Trailers: [][]byte{[]byte("end")}}
	got := make(chan []byte)
	go func() {
		all := make([]byte, 0, len(content)+3)
		for len(all) < cap(all) {
			n, err := io.ReadFull(reader, all[len(all):min(len(all)+1<<20, cap(all))])
			if all = all[:len(all)+n]; err != nil {
				break
			}
			time.Sleep(40 * time.Millisecond)
		}
		got <- all
	}()
	if err := g.deliver(&tr); err != nil || conn.deadlines < 3 {
		t.Errorf("%v, %d deadlines", err, conn.deadlines)
	}
	if all := <-got; !bytes.Equal(all, append(content, "end"...)) {
		t.Errorf("other bytes arrived, %d of them", len(all))
	}
	tr.Reset()
	if err := g.deliver(&tr); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("of a client that reads nothing: %v", err)
	}
}

// Over TLS the bytes are copied, and all the rest is the same.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	content := random(200_000)
	addr, _ := start(t, content, "-cert", certFile, "-key", keyFile, "-frame", "64k")
	got, log, err := get(t, addr, "-ca", certFile, "-o", "-", "-range", "100:", "file")
	if err != nil || !bytes.Equal(got, content[100:]) {
		t.Errorf("%d bytes, %v; %s", len(got), err, log)
	}
	if _, _, err := get(t, addr, "-retries", "0", "-stall", "1s", "-o", "-", "file"); err == nil {
		t.Error("without TLS: no error")
	}
}

func TestArguments(t *testing.T) {
	for args, want := range map[string]string{
		"": "usage: segserve serve", "what": "usage: segserve serve", "serve": "missing DIR", "serve a b": `unexpected argument "b"`,
		"serve -cert x d": "-cert and -key go together", "serve -frame 0 d": "-frame 0", "serve -frame 65m d": "-frame 68157440",
		"get": "missing NAME", "get -range 5 n": "has no colon", "get -progress maybe n": "yes, no or auto",
	} {
		var log strings.Builder
		err := run(t.Context(), strings.Fields(args), io.Discard, &log)
		if !errors.Is(err, report.ErrUsage) || !strings.Contains(log.String(), want) {
			t.Errorf("%s: %v, %s", args, err, log.String())
		}
	}
	var log strings.Builder
	if err := run(t.Context(), []string{"get", "-h"}, io.Discard, &log); report.ExitCode(&log, "", err) != 0 || !strings.Contains(log.String(), "-range offset:count") {
		t.Errorf("%v, %s", err, log.String())
	}
}

func TestMeter(t *testing.T) {
	var out strings.Builder
	m := newMeter(&out, &getOptions{name: "f", show: "yes"}, 0, 100<<20)
	m.start = m.start.Add(-time.Second)
	m.add(50 << 20)
	if s := out.String(); !strings.Contains(s, `"f"  50% of 100 MiB`) || !strings.Contains(s, "left") {
		t.Errorf("%q", s)
	}
}

func FuzzRequest(f *testing.F) {
	f.Add(`stat "a"`)
	f.Add(`get 1-2 0 -1 "a b"`)
	f.Add(`get x 9223372036854775808 1 ""`)
	f.Fuzz(func(t *testing.T, line string) {
		r, err := parseRequest(line)
		if err != nil {
			return
		}
		again, err := parseRequest(strings.TrimSuffix(r.line(), "\n"))
		if err != nil || again != r {
			t.Errorf("%q: %+v, then %+v, %v", line, r, again, err)
		}
	})
}
