//go:build freebsd || linux

package shmsync_test

import (
	"fmt"
	"log"
	"net"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys/shmsync"
)

// tally is what two programs share: a count, and the lock that protects it.
type tally struct {
	Lock  shmsync.Mutex
	Count uint32
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Another process gets the memory through a Unix socket.
func ExampleRegion_socket() {
	r, err := shmsync.Create("tally", 4096)
	check(err)
	defer r.Close()
	here, there := connected()

	raw, err := r.File().SyscallConn()
	check(err)
	check(raw.Control(func(fd uintptr) {
		_, _, err := here.WriteMsgUnix([]byte{0}, syscall.UnixRights(int(fd)), nil)
		check(err)
	}))

	// In the other process:
	data, rights := make([]byte, 1), make([]byte, syscall.CmsgSpace(4))
	_, n, _, _, err := there.ReadMsgUnix(data, rights)
	check(err)
	messages, err := syscall.ParseSocketControlMessage(rights[:n])
	check(err)
	fds, err := syscall.ParseUnixRights(&messages[0])
	check(err)
	other, err := shmsync.FromFile(os.NewFile(uintptr(fds[0]), "tally"), 4096)
	check(err)
	defer other.Close()

	ours, err := shmsync.At[tally](r, 0)
	check(err)
	theirs, err := shmsync.At[tally](other, 0)
	check(err)
	ours.Lock.Lock()
	fmt.Println("the other gets the lock:", theirs.Lock.TryLock())
	ours.Count++
	ours.Lock.Unlock()
	theirs.Lock.Lock()
	fmt.Println("and then, with a count of", theirs.Count)
	theirs.Lock.Unlock()
	// Output:
	// the other gets the lock: false
	// and then, with a count of 1
}

// connected returns both ends of a connection.
func connected() (here, there *net.UnixConn) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	check(err)
	var ends [2]*net.UnixConn
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "socket")
		c, err := net.FileConn(f)
		check(err)
		check(f.Close())
		ends[i] = c.(*net.UnixConn)
	}
	return ends[0], ends[1]
}
