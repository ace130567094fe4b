package zsys_test

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// patience is how long a process may take to do what a test waits for.
const patience = 20 * time.Second

// reap waits for a process, and returns how it ended or stopped.
func reap(t *testing.T, pid int) int32 {
	t.Helper()
	status, err := await(pid, patience)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// await is reap with a limit. It kills a process that passes it.
func await(pid int, limit time.Duration) (status int32, err error) {
	for end := time.Now().Add(limit); ; time.Sleep(2 * time.Millisecond) {
		n, err := zsys.Wait4(int32(pid), &status, zsys.WNOHANG, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return 0, fmt.Errorf("wait4 of process %d: %w", pid, err)
		case n == pid:
			return status, nil
		case n != 0:
			return 0, fmt.Errorf("wait4 of process %d returns process %d", pid, n)
		case time.Now().After(end):
			err := fmt.Errorf("process %d has neither ended nor stopped in %v; it was killed %s", pid, limit, doing(pid))
			zsys.Kill(int32(pid), zsys.SIGKILL)
			_, gone := zsys.Wait4(int32(pid), &status, 0, nil)
			return 0, errors.Join(err, gone)
		}
	}
}

// doing says what a process does, for the message that it did not end.
func doing(pid int) string {
	var p zsys.KinfoProc
	size := unsafe.Sizeof(p)
	room := unsafe.Slice((*byte)(unsafe.Pointer(&p)), size)
	name := []int32{zsys.CTL_KERN, zsys.KERN_PROC, zsys.KERN_PROC_PID, int32(pid)}
	if err := zsys.Sysctl(name, room, &size, nil); err != nil {
		return fmt.Sprintf("(what it did is not known: %v)", err)
	}
	wait, _, _ := bytes.Cut(p.Wmesg[:], []byte{0})
	if len(wait) == 0 {
		return "while it computed"
	}
	return fmt.Sprintf("while it waited for %q", wait)
}

// TestAwait has a process pass its limit, and one end within it.
func TestAwait(t *testing.T) {
	pid := sleeper(t)
	_, err := await(int(pid), 10*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "has neither ended nor stopped in 10ms; it was killed while it ") {
		t.Errorf("a process that sleeps for a minute: %v", err)
	}
	is(t, "kill of what await has killed", zsys.Kill(pid, 0), syscall.ESRCH)
	_, err = await(int(pid), patience)
	if !errors.Is(err, syscall.ECHILD) {
		t.Errorf("a process that is no more: %v", err)
	}
	cmd := self(t, "TestEnd", endVariable+"=3")
	ok(t, "start", cmd.Start())
	same(t, "status", reap(t, cmd.Process.Pid), 3<<8)
	if err := cmd.Wait(); err == nil || errors.As(err, new(*exec.ExitError)) {
		t.Errorf("os/exec's wait for what reap has taken: %v", err)
	}
}
