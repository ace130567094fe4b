package crowd

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/zsys"
)

// roleVariable tells a process that it is a member, and of which role.
const roleVariable = "RAWSYS_CROWD_ROLE"

// Main is for TestMain: it runs this program as a member if it was started as one.
func Main(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		member(role)
	}
	os.Exit(m.Run())
}

// New starts a crowd with a number of idle members. It ends with the test. The
// program must call Main.
func New(t testing.TB, idle int) *Known {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root makes jails and becomes somebody else")
	}
	k := &Known{Arch: runtime.GOARCH, PageSize: os.Getpagesize()}
	jail := newJail(t)
	for _, role := range slices.Concat([]string{Opener, Threaded, Jailed, User, Leader, Nice, Sandbox, Stopped, Zombie}, slices.Repeat([]string{Idle}, idle)) {
		k.Members = append(k.Members, start(t, role, jail))
	}
	return k
}

// newJail makes a jail that looks like the host.
func newJail(t testing.TB) int {
	t.Helper()
	var iov []zsys.Iovec
	for _, s := range []string{"path", "/", "name", "crowd", "persist", ""} {
		b := append([]byte(s), 0)
		if s == "" {
			iov = append(iov, zsys.Iovec{})
			continue
		}
		iov = append(iov, zsys.Iovec{Base: &b[0], Len: uintptr(len(b))})
	}
	jid, err := zsys.JailSet(iov, zsys.JAIL_CREATE)
	if err != nil {
		t.Fatalf("jail: %v", err)
	}
	t.Cleanup(func() {
		if err := zsys.JailRemove(int32(jid)); err != nil {
			t.Errorf("jail %d stays: %v", jid, err)
		}
	})
	return jid
}

// start starts a member and hears what it knows.
func start(t testing.TB, role string, jail int) Member {
	t.Helper()
	cmd := needs.Self(t, "crowd", role, "")
	cmd.Env = []string{roleVariable + "=" + role, "EMPTY=", "TMPDIR=" + t.TempDir()}
	cmd.Dir, cmd.Stderr = t.TempDir(), os.Stderr
	attributes(cmd, role, jail)
	in, err1 := cmd.StdinPipe() // which keeps the member waiting
	out, err2 := cmd.StdoutPipe()
	before := time.Now().UnixMicro()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatalf("%s: %v", role, err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill() // a stopped one does not read
		cmd.Wait()
	})
	m := Member{Role: role}
	if err := json.NewDecoder(out).Decode(&m); err != nil {
		t.Fatalf("%s: %v", role, err)
	}
	m.Started = [2]int64{before, time.Now().UnixMicro()}
	m.Args, m.Env = cmd.Args, cmd.Env
	m.Exe, err1 = filepath.EvalSymlinks(cmd.Path)
	m.Cwd, err2 = filepath.EvalSymlinks(cmd.Dir)
	if err := errors.Join(err1, err2, settle(role, m.Pid)); err != nil {
		t.Fatalf("%s: %v", role, err)
	}
	if role == Jailed {
		m.Jail = jail
	}
	return m
}

func attributes(cmd *exec.Cmd, role string, jail int) {
	switch role {
	case Jailed:
		cmd.SysProcAttr = &syscall.SysProcAttr{Jail: jail}
	case Leader:
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	default:
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
}

// settle waits until a member has ended, or stands still.
func settle(role string, pid int) error {
	var options int32
	switch role {
	case Zombie:
		options = zsys.WEXITED
	case Stopped:
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			return err
		}
		options = zsys.WSTOPPED
	default:
		return nil
	}
	var status int32
	_, err := zsys.Wait6(zsys.P_PID, int64(pid), &status, options|zsys.WNOWAIT, nil, nil)
	return err
}
