package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/kinfo"
)

// TestMain lets the test binary be the program, supervisor and worker.
func TestMain(m *testing.M) {
	if os.Getenv(isWorker) != "" || os.Getenv("SANDBOX_PROGRAM") != "" {
		main()
	}
	os.Exit(m.Run())
}

func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := needs.Self(t, args...)
	c.Env = append(os.Environ(), "SANDBOX_PROGRAM=1")
	return c
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// The worker has the descriptors and rights that it was given, those that Go's runtime
// opens, and no other; and what it tries beyond them fails.
func TestLines(t *testing.T) {
	dir := t.TempDir()
	a, b := write(t, filepath.Join(dir, "a"), "1\n2\n3"), write(t, filepath.Join(dir, "b"), "")
	out, err := program(t, "lines", "-show", "-try", a, b).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	text := string(out)
	granted := map[string]string{
		"0": nothing.String(), "1": output.String(), "2": output.String(), "3": readable.String(), "4": readable.String(),
	}
	runtimes := regexp.MustCompile(`KF_TYPE_(KQUEUE|PIPE|EVENTFD)$`)
	for _, m := range regexp.MustCompile(`(?m)^fd (\d+) (\S+): (.*)$`).FindAllStringSubmatch(text, -1) {
		want, ok := granted[m[1]]
		if ok && m[3] != want || !ok && !runtimes.MatchString(m[2]) {
			t.Errorf("%s, want rights %s", m[0], want)
		}
		delete(granted, m[1])
	}
	if len(granted) > 0 {
		t.Errorf("not listed: %v", granted)
	}
	for _, want := range []string{
		"open the root directory: not permitted in capability mode", "connect to a port: not permitted in capability mode",
		"signal the supervisor: not permitted in capability mode", "write to the first grant: capabilities insufficient",
		"read standard output: capabilities insufficient", "widen its rights: capabilities insufficient",
		fmt.Sprintf("%8d %10d %q", 2, 5, a), fmt.Sprintf("%8d %10d %q", 0, 0, b),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestNoSuchFile(t *testing.T) {
	if out, err := program(t, "lines", "/none").CombinedOutput(); err == nil || !strings.Contains(string(out), "sandbox: open /none: no such file") {
		t.Errorf("%v, %s", err, out)
	}
}

// The worker ends with its supervisor, however that ends.
func TestWorkerEndsToo(t *testing.T) {
	server := program(t, "serve", "-addr", "127.0.0.1:0", t.TempDir())
	said, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(said).ReadString('\n'); err != nil {
		t.Fatal(err, line)
	}
	var worker int
	for worker == 0 { // in capability mode: it has asked for its end
		for p, err := range kinfo.Procs(kinfo.All()) {
			if err != nil {
				t.Fatal(err)
			}
			if p.Ppid == server.Process.Pid && p.Sandboxed() {
				worker = p.Pid
			}
		}
		time.Sleep(time.Millisecond)
	}
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	server.Wait()
	for { // reaped by init
		p, err := kinfo.Process(worker)
		if errors.Is(err, syscall.ESRCH) || err == nil && p.State == kinfo.StateZombie {
			return
		}
		if err != nil || t.Context().Err() != nil {
			t.Fatal(err, t.Context().Err())
		}
		time.Sleep(time.Millisecond)
	}
}

func TestServe(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "dir")
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	secret := write(t, filepath.Join(root, "secret"), "secret")
	large := strings.Repeat("0123456789", 100_000)
	write(t, filepath.Join(dir, "large"), large)
	write(t, filepath.Join(dir, "sub", "small"), "small\n")
	if err := os.Symlink(secret, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	server := program(t, "serve", "-addr", "127.0.0.1:0", dir)
	said, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(said)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err, line)
	}
	defer func() {
		server.Process.Kill()
		rest, _ := io.ReadAll(lines)
		t.Logf("the server said: %s", rest)
		server.Wait()
	}()
	for name, want := range map[string]string{
		"large": fmt.Sprintf("length %d\n%s", len(large), large), "sub/small": "length 6\nsmall\n",
		"../secret": "error", "link": "error", secret: "error", "none": "error", "sub": "error", "sub/../../secret": "error", "": "error",
	} {
		conn, err := net.Dial("tcp", strings.TrimSpace(line[strings.LastIndex(line, " "):]))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "%s\n", name)
		got, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(got), want) || want != "error" && len(got) != len(want) || strings.Contains(string(got), "length 6\nsecret") {
			t.Errorf("%q: %d bytes, %.80q, %v", name, len(got), got, err)
		}
		conn.Close()
	}
}
