package zsys_test

import (
	"fmt"
	"os"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleFspacectl() {
	f, err := os.CreateTemp("", "hole")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.Write(make([]byte, 8192)); err != nil {
		fmt.Println(err)
		return
	}
	hole, left := zsys.SpacectlRange{Offset: 0, Len: 4096}, zsys.SpacectlRange{}
	err = zsys.Fspacectl(int(f.Fd()), zsys.SPACECTL_DEALLOC, &hole, 0, &left)
	fmt.Println(left.Len, "bytes left,", err)
	// Output: 0 bytes left, <nil>
}

func ExampleProcctl() {
	self := int64(os.Getpid())
	if err := zsys.Procctl(zsys.P_PID, self, zsys.PROC_REAP_ACQUIRE, nil); err != nil {
		fmt.Println(err)
		return
	}
	var status zsys.ProcctlReaperStatus
	err := zsys.Procctl(zsys.P_PID, self, zsys.PROC_REAP_STATUS, unsafe.Pointer(&status))
	fmt.Println(status.Flags&zsys.REAPER_STATUS_OWNED != 0, err)
	fmt.Println(zsys.Procctl(zsys.P_PID, self, zsys.PROC_REAP_RELEASE, nil))
	// Output:
	// true <nil>
	// <nil>
}

func ExampleKevent() {
	queue, err := zsys.Kqueuex(zsys.KQUEUE_CLOEXEC)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer zsys.Close(queue)
	var ends [2]int32
	if err := zsys.Pipe2(&ends, zsys.O_CLOEXEC); err != nil {
		fmt.Println(err)
		return
	}
	defer zsys.Close(int(ends[0]))
	defer zsys.Close(int(ends[1]))
	if _, err := zsys.Write(int(ends[1]), []byte("hello")); err != nil {
		fmt.Println(err)
		return
	}
	changes := []zsys.KeventT{{Ident: uintptr(ends[0]), Filter: zsys.EVFILT_READ, Flags: zsys.EV_ADD}}
	var events [4]zsys.KeventT
	n, err := zsys.Kevent(queue, changes, events[:], nil)
	fmt.Println(n, "event:", events[0].Data, "bytes can be read,", err)
	// Output: 1 event: 5 bytes can be read, <nil>
}
