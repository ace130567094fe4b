package kinfo_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys/kinfo"
)

func ExampleFiles() {
	open := 0
	for k, err := range kinfo.Files(os.Getpid()) {
		if err != nil {
			log.Fatal(err)
		}
		if _, ok := k.Descriptor(); ok {
			open++
		}
	}
	fmt.Println("open descriptors:", open)
}

func ExampleCollect() {
	files, err := kinfo.Collect(kinfo.Files(1))
	switch {
	case errors.Is(err, syscall.ESRCH):
		fmt.Println("no such process")
	case errors.Is(err, fs.ErrPermission):
		fmt.Println(err) // another's process, or this one is in a sandbox
	case err != nil:
		log.Fatal(err)
	}
	for _, k := range files {
		fmt.Println(k.Fd, k.Type, k.PathString())
	}
}

func ExampleCwd() {
	k, err := kinfo.Cwd(os.Getpid())
	if err != nil {
		log.Fatal(err)
	}
	wd, err := os.Getwd()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(k.PathString() == wd)
	// Output: true
}

func ExampleFd() {
	r, w, err := os.Pipe()
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fmt.Fprint(w, "hello")
	k, err := kinfo.Fd(int(r.Fd()))
	if err != nil {
		log.Fatal(err)
	}
	if pipe, ok := k.Pipe(); ok {
		fmt.Println(pipe.BufferCnt, "bytes to read")
	}
	// Output: 5 bytes to read
}

func ExampleFile_Socket() {
	for k, err := range kinfo.Files(os.Getpid()) {
		if err != nil {
			log.Fatal(err)
		}
		if s, ok := k.Socket(); ok && s.Peer().IsValid() {
			fmt.Println(s.Local(), s.Peer(), s.RecvQueue(), "bytes to read")
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleProcs() {
	for p, err := range kinfo.Procs(kinfo.ByUid(uint32(os.Getuid()))) {
		check(err)
		fmt.Println(p.Pid, p.Command(), p.State, p.Resident/1024, "KiB")
	}
}

func ExampleThreads() {
	n := 0
	for t, err := range kinfo.Threads(kinfo.ByPid(os.Getpid())) {
		check(err)
		if t.Tid > 0 {
			n++
		}
	}
	fmt.Println(n > 1)
	// Output: true
}

func ExampleDescendants() {
	procs, err := kinfo.Collect(kinfo.Procs(kinfo.All()))
	check(err)
	fmt.Println(kinfo.Descendants(procs, os.Getppid())[0] > 0)
	// Output: true
}

func ExampleSockets() {
	for s, err := range kinfo.Sockets(kinfo.TCPSockets) {
		check(err)
		if s.Listening {
			fmt.Println(s.Local, s.Queued, "of", s.QueueLimit)
		}
	}
}

func ExampleMappings() {
	for m, err := range kinfo.Mappings(os.Getpid()) {
		check(err)
		fmt.Printf("%x-%x %v %s\n", m.Start, m.End, m.Protection, m.PathBytes())
	}
}

func ExampleArgs() {
	args, err := kinfo.Args(os.Getpid())
	check(err)
	fmt.Println(args[0] == os.Args[0])
	// Output: true
}

func ExampleDescriptors() {
	owners := map[uint64][]int{} // processes by the address of a socket
	for d, err := range kinfo.Descriptors() {
		check(err)
		if socket, ok := d.Socket(); ok {
			owners[socket] = append(owners[socket], d.Pid)
		}
	}
	for s, err := range kinfo.Sockets(kinfo.TCPSockets) {
		check(err)
		fmt.Println(s.Local, s.Peer, s.State, owners[s.Address])
	}
}

func ExampleSCTPEndpoints() {
	for e, err := range kinfo.SCTPEndpoints() {
		if errors.Is(err, syscall.ENOENT) {
			fmt.Println("this kernel has no SCTP")
			break
		}
		check(err)
		for _, a := range e.Associations {
			fmt.Println(e.Port, a.State, a.Primary, len(a.Paths), "paths")
		}
	}
}
