package zsys_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// Give back the room on disk of the middle of a file, whose size stays.
func ExampleFspacectl() {
	f, err := os.CreateTemp("", "hole")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.Write(bytes.Repeat([]byte("0123456789abcdef"), 8)); err != nil {
		log.Fatal(err)
	}
	hole := zsys.SpacectlRange{Offset: 16, Len: 96}
	for hole.Len > 0 {
		// What is left to do comes back: it can be done in parts.
		err := zsys.Fspacectl(int(f.Fd()), zsys.SPACECTL_DEALLOC, &hole, 0, &hole)
		if err != nil && err != syscall.EINTR {
			log.Fatal(err)
		}
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<20))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d bytes, %d of them zero, %s…%s\n", len(b), bytes.Count(b, []byte{0}), b[:4], b[len(b)-4:])
	// Output: 128 bytes, 96 of them zero, 0123…cdef
}

// Run a program that leaves another one behind, and end that one too: its parent
// has become this process, the reaper.
func ExampleProcctl() {
	const self = 0
	if err := zsys.Procctl(zsys.P_PID, self, zsys.PROC_REAP_ACQUIRE, nil); err != nil {
		log.Fatal(err)
	}
	defer zsys.Procctl(zsys.P_PID, self, zsys.PROC_REAP_RELEASE, nil)

	exe, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	child := exec.Command(exe, "-test.run=^TestLeave$")
	child.Env = append(os.Environ(), endVariable+"=leave")
	if err := child.Run(); err != nil {
		log.Fatal(err)
	}

	var left zsys.ProcctlReaperStatus
	if err := zsys.Procctl(zsys.P_PID, self, zsys.PROC_REAP_STATUS, unsafe.Pointer(&left)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(left.Descendants, "process left behind")
	kill := zsys.ProcctlReaperKill{Sig: zsys.SIGKILL}
	if err := zsys.Procctl(zsys.P_PID, self, zsys.PROC_REAP_KILL, unsafe.Pointer(&kill)); err != nil {
		log.Fatal(err)
	}
	var status int32
	if _, err := zsys.Wait4(left.Pid, &status, 0, nil); err != nil {
		log.Fatal(err)
	}
	fmt.Println(kill.Killed, "killed, by", zsys.Signal(status))
	// Output:
	// 1 process left behind
	// 1 killed, by SIGKILL
}

// Wait for bytes in a pipe, and for the end of its other side.
func ExampleKevent() {
	queue, err := zsys.Kqueuex(zsys.KQUEUE_CLOEXEC)
	if err != nil {
		log.Fatal(err)
	}
	defer zsys.Close(queue)
	var ends [2]int32
	if err := zsys.Pipe2(&ends, zsys.O_CLOEXEC); err != nil {
		log.Fatal(err)
	}
	from, to := int(ends[0]), int(ends[1])
	defer zsys.Close(from)
	changes := []zsys.KeventT{{Ident: uintptr(from), Filter: zsys.EVFILT_READ, Flags: zsys.EV_ADD | zsys.EV_CLEAR}}
	if _, err := zsys.Kevent(queue, changes, nil, nil); err != nil {
		log.Fatal(err)
	}
	if _, err := zsys.Write(to, []byte("hello")); err != nil {
		log.Fatal(err)
	}
	for range 2 {
		var events [4]zsys.KeventT
		n, err := zsys.Kevent(queue, nil, events[:], &zsys.Timespec{Sec: 10})
		if err != nil {
			log.Fatal(err)
		}
		for _, e := range events[:n] {
			fmt.Println(zsys.KeventFilter(e.Filter), e.Data, "bytes,", zsys.KeventFlag(e.Flags&zsys.EV_EOF))
		}
		zsys.Close(to)
		to = -1
	}
	// Output:
	// EVFILT_READ 5 bytes, 0
	// EVFILT_READ 5 bytes, EV_EOF
}
