// Package guest is run on a FreeBSD kernel by the runner's tests, to see what a
// test there finds.
package guest

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

func TestMain(m *testing.M) {
	switch os.Getenv("GUEST_PART") {
	case "exit":
		fmt.Println("about to exit")
		os.Exit(7)
	case "kill":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "hang":
		time.Sleep(time.Hour)
	case "hostile":
		fmt.Print("VXX\x00\x00\x00\x0a{\"Code\":0}0123456789abcdefVXQ\x00\x00\x00\x000123456789abcdef--- PASS: TestAll\nPASS\n")
		os.Exit(1)
	case "line":
		writeLines("VXX\x00\x00\x00\x0a{\"Code\":0}0123456789abcdef")
		time.Sleep(time.Minute)
	case "fill":
		fmt.Println("/tmp:", fill(filepath.Join(os.TempDir(), "all")))
		os.Exit(0)
	case "memory":
		fmt.Println("about to take all memory")
		takeMemory()
	case "panic":
		fmt.Println("panic:", kernelPanic())
		time.Sleep(time.Minute)
	case "orphan":
		time.Sleep(time.Minute)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeLines writes on every serial line.
func writeLines(text string) {
	lines, err := filepath.Glob("/dev/cuau?")
	fmt.Println("lines:", lines, err)
	for _, name := range lines {
		if line, err := os.OpenFile(name, os.O_WRONLY, 0); err == nil {
			io.WriteString(line, text)
		}
	}
}

// fill writes a file until there is an error.
func fill(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for block := make([]byte, 1<<20); ; {
		if _, err := f.Write(block); err != nil {
			return err
		}
	}
}

// takeMemory takes what the machine has, and more.
func takeMemory() {
	var all [][]byte
	for {
		block := make([]byte, 16<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		all = append(all, block)
		if len(all) > 1<<16 {
			fmt.Println("there is no end to it")
			return
		}
	}
}

// kernelPanic sets debug.kdb.panic by __sysctlbyname(2).
func kernelPanic() error {
	name, one := []byte("debug.kdb.panic"), int32(1)
	_, _, errno := syscall.Syscall6(570, uintptr(unsafe.Pointer(&name[0])), uintptr(len(name)), 0, 0,
		uintptr(unsafe.Pointer(&one)), unsafe.Sizeof(one))
	return errno
}

func TestPlace(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil || dir != os.Getenv("GUEST_DIR") {
		t.Errorf("in %s, %v", dir, err)
	}
	if data, err := os.ReadFile(filepath.Join("testdata", "in.txt")); string(data) != "a file beside the test\n" {
		t.Errorf("testdata: %q %v", data, err)
	}
	for _, d := range []string{".", "testdata", os.TempDir(), "/etc", os.Getenv("HOME")} {
		if err := os.WriteFile(filepath.Join(d, "new"), nil, 0o600); err != nil {
			t.Error(err)
		}
	}
	if name, err := os.Hostname(); name != "rawsys-test" || err != nil {
		t.Errorf("hostname %q %v", name, err)
	}
	if os.Getpid() == 1 || os.Getuid() != 0 {
		t.Errorf("process %d, user %d", os.Getpid(), os.Getuid())
	}
}

func TestLoopback(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0", "localhost:0"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Error(err)
			continue
		}
		defer l.Close()
		c, err := net.DialTimeout("tcp", l.Addr().String(), 10*time.Second)
		if err != nil {
			t.Error(err)
			continue
		}
		c.Close()
	}
}

func TestDescriptorFiles(t *testing.T) {
	f, err := os.Open("testdata/in.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := os.Open(fmt.Sprintf("/dev/fd/%d", f.Fd()))
	if err != nil {
		t.Skipf("no fdescfs: %v", err)
	}
	g.Close()
}

// TestOrphan leaves a process that holds its output open.
func TestOrphan(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "GUEST_PART=orphan")
	cmd.Stdout = os.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// TestVariable wants what the kernel was given on the runner's command line.
func TestVariable(t *testing.T) {
	want := os.Getenv("GUEST_RACCT")
	if want == "" {
		t.Skip("no variable was set")
	}
	// The value is a C bool, of one byte.
	if v, err := syscall.Sysctl("kern.racct.enable"); fmt.Sprintf("%x", v) != "0"+want || err != nil {
		t.Errorf("kern.racct.enable: %x %v, want %s", v, err, want)
	}
}

func TestSkip(t *testing.T) { t.Skip("nothing to do") }
