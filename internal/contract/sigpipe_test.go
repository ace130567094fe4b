//go:build unix

package contract_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/internal/needs"

	"github.com/rawsys-go/rawsys"
)

// TestSIGPIPE: a program that sends to a peer that is gone gets EPIPE and
// lives, by the copy and by the kernel, on sockets, pipes, and on its own standard output.
func TestSIGPIPE(t *testing.T) {
	if os.Getenv("RAWSYS_SIGPIPE") != "" {
		brokenPipes()
		return
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	cmd := needs.Self(t, "-test.run=^TestSIGPIPE$")
	cmd.Env = append(os.Environ(), "RAWSYS_SIGPIPE=child")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &said
	err = cmd.Run()
	if errors.Is(err, syscall.ENOEXEC) {
		t.Skipf("needs to run itself again: %v", err)
	}
	if err != nil {
		t.Fatalf("%v; it said:\n%s", err, &said)
	}
	if n := strings.Count(said.String(), "EPIPE\n"); n != 6 {
		t.Errorf("%d times EPIPE, want 6:\n%s", n, &said)
	}
}

// brokenPipes is the child: it sends to three dead destinations, and leaves
// without what the testing package would print to one of them.
func brokenPipes() {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	file, err := os.CreateTemp("", "sigpipe")
	if err != nil {
		fail(err)
	}
	os.Remove(file.Name())
	if err := file.Truncate(200_000); err != nil {
		fail(err)
	}
	r, pipe, err := os.Pipe()
	if err != nil {
		fail(err)
	}
	r.Close()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		fail(err)
	}
	unix.Close(pair[1])
	for _, out := range []int{1, int(pipe.Fd()), pair[0]} {
		for _, count := range []int64{100, 200_000} {
			n, err := rawsys.Sendfile(out, int(file.Fd()), 0, count, nil, nil, 0)
			if n != 0 || !errors.Is(err, syscall.EPIPE) {
				fail(fmt.Errorf("descriptor %d, count %d: %d, %v", out, count, n, err))
			}
			fmt.Fprintln(os.Stderr, "EPIPE")
		}
	}
	os.Exit(0)
}
