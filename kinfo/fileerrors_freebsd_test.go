package kinfo

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func TestErrors(t *testing.T) {
	const nobody = 99999 // PID_MAX is less than 100000
	_, errFd := Fd(-1)
	_, errFiles := Collect(Files(nobody))
	_, errCwd := Cwd(nobody)
	var errSeq error
	for k, err := range Files(nobody) {
		if k != nil || errSeq != nil {
			t.Errorf("more than an error: %v", k)
		}
		errSeq = err
	}
	for _, tt := range []struct {
		err   error
		errno syscall.Errno
		text  string
	}{
		{errFd, syscall.EBADF, "fcntl F_KINFO fd -1: bad file descriptor"},
		{errFiles, syscall.ESRCH, "sysctl kern.proc.filedesc pid 99999: no such process"},
		{errSeq, syscall.ESRCH, "sysctl kern.proc.filedesc pid 99999: no such process"},
		{errCwd, syscall.ESRCH, "sysctl kern.proc.cwd pid 99999: no such process"},
	} {
		if !errors.Is(tt.err, tt.errno) || tt.err.Error() != tt.text {
			t.Errorf("%v, want %s", tt.err, tt.text)
		}
	}
	if tooBig := int64(1) << 40; int64(int(tooBig)) == tooBig {
		if _, err := Collect(Files(int(tooBig))); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process 2^40: %v", err)
		}
	}
}

func TestNotCapable(t *testing.T) {
	fd, _ := openLimited(t, unix.CAP_READ)
	if _, err := Fd(int(fd)); !errors.Is(err, syscall.ENOTCAPABLE) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v", err)
	}
}

// inChild reports whether the test runs in a process that child made, and child
// makes one: the same test again, in a process of its own.
func inChild() bool { return os.Getenv("RAWSYS_TEST_CHILD") != "" }

func child(t *testing.T) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "RAWSYS_TEST_CHILD=1")
	return cmd
}

func TestOfAnotherProcess(t *testing.T) {
	if inChild() {
		fmt.Println("ready")
		bufio.NewReader(os.Stdin).ReadString('\n')
		os.Exit(0)
	}
	cmd := child(t)
	cmd.Dir = t.TempDir()
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatal(line, err)
	}
	files, err := Collect(Files(cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	types := make(map[int32]zsys.KfType)
	for _, k := range files {
		types[k.Fd] = k.Type
	}
	if types[0] != zsys.KF_TYPE_PIPE || types[1] != zsys.KF_TYPE_PIPE || types[int32(zsys.KF_FD_TYPE_TEXT)] != zsys.KF_TYPE_VNODE {
		t.Errorf("files %v", types)
	}
	dir, _ := filepath.EvalSymlinks(cmd.Dir)
	if k, err := Cwd(cmd.Process.Pid); err != nil || k.PathString() != dir {
		t.Errorf("working directory %v, %v; want %s", k, err, dir)
	}
}

func TestNotAllowed(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	if inChild() {
		if err := errors.Join(syscall.Setgid(65534), syscall.Setuid(65534)); err != nil {
			t.Fatal(err)
		}
		_, err := Collect(Files(os.Getppid()))
		fmt.Println(err)
		os.Exit(0)
	}
	out, err := child(t).CombinedOutput()
	want := fmt.Sprintf("sysctl kern.proc.filedesc pid %d: operation not permitted (the caller may not debug the process)\n", os.Getpid())
	if string(out) != want {
		t.Errorf("%q, %v; want %q", out, err, want)
	}
}

func TestInCapabilityMode(t *testing.T) {
	if inChild() {
		if err := unix.CapEnter(); err != nil {
			t.Fatal(err)
		}
		var st rawsys.FileStat
		_, errFiles := Collect(Files(os.Getpid()))
		_, errFd := Fd(0)
		for _, err := range []error{errFiles, errFd, rawsys.Stat("/", &st)} {
			fmt.Println(errors.Is(err, syscall.ECAPMODE), errors.Is(err, fs.ErrPermission), err)
		}
		os.Exit(0)
	}
	out, err := child(t).CombinedOutput()
	const why = "(cap_enter(2) took such calls away from the process for good, see capsicum(4))"
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, want := range []string{"sysctl kern.proc.filedesc pid ", "fcntl F_KINFO fd 0: ", "stat /: "} {
		if err != nil || i >= len(lines) || !strings.HasPrefix(lines[i], "true true "+want) || !strings.HasSuffix(lines[i], why) {
			t.Fatalf("%v\n%s", err, out)
		}
	}
}
