package kinfo_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/kinfo"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleFile() {
	for k, err := range kinfo.Files(os.Getpid()) {
		check(err)
		fmt.Println(k.Fd, k.Type, k.PathString(), describe(k))
	}
}

// describe says what the kernel knows about files of k's kind alone.
func describe(k *kinfo.File) string {
	if !k.Valid() {
		return "its file system fails"
	}
	if f, ok := k.Vnode(); ok {
		return fmt.Sprintf("%v, %d bytes", f.FileMode(), f.Size)
	}
	if s, ok := k.Socket(); ok {
		return fmt.Sprintf("%v -> %v, %d bytes to read", s.Local(), s.Peer(), s.RecvQueue())
	}
	if m, ok := k.Shm(); ok {
		return fmt.Sprintf("%d bytes of memory", m.Size)
	}
	if p, ok := k.Pipe(); ok {
		return fmt.Sprintf("%d bytes to read", p.BufferCnt)
	}
	if p, ok := k.Pts(); ok {
		return fmt.Sprintf("device %#x", p.Dev)
	}
	if s, ok := k.Sem(); ok {
		return fmt.Sprintf("value %d", s.Value)
	}
	if k.Mqueue() {
		return "a message queue"
	}
	return describeNew(k)
}

// describeNew is describe for kinds that FreeBSD 12 does not have or describe.
func describeNew(k *kinfo.File) string {
	if p, ok := k.Procdesc(); ok {
		return fmt.Sprintf("process %d", p.Pid)
	}
	if q, ok := k.Kqueue(); ok {
		return fmt.Sprintf("%d events are ready", q.Count)
	}
	if e, ok := k.Eventfd(); ok {
		return fmt.Sprintf("value %d", e.Value)
	}
	if t, ok := k.Timerfd(); ok {
		return fmt.Sprintf("on clock %v", zsys.Clock(t.Clockid))
	}
	if i, ok := k.Inotify(); ok {
		return fmt.Sprintf("%d events wait", i.Npending)
	}
	if j, ok := k.Jail(); ok {
		return fmt.Sprintf("jail %d", j.Jid)
	}
	return ""
}

func ExampleFile_PseudoFd() {
	for k, err := range kinfo.Files(os.Getpid()) {
		check(err)
		if use, ok := k.PseudoFd(); ok && use == zsys.KF_FD_TYPE_TEXT {
			fmt.Println("this program is", k.PathString())
		}
	}
}

func ExampleFile_PathBytes() {
	n := 0
	for k, err := range kinfo.Files(os.Getpid()) {
		check(err)
		if strings.HasPrefix(string(k.PathBytes()), "/dev/") { // allocates nothing
			n++
		}
	}
	fmt.Println(n, "devices are open")
}

func ExampleFile_Vnode() {
	d, err := os.Open("/dev")
	check(err)
	defer d.Close()
	k, err := kinfo.Fd(int(d.Fd()))
	check(err)
	if f, ok := k.Vnode(); ok {
		fmt.Println(f.FileMode().IsDir(), k.PathString())
	}
	// Output: true /dev
}

func ExampleFile_Shm() {
	m, err := rawsys.MemfdCreate("example", zsys.MFD_CLOEXEC)
	check(err)
	defer m.Close()
	check(m.Truncate(1000))
	k, err := kinfo.Fd(int(m.Fd()))
	check(err)
	if s, ok := k.Shm(); ok {
		fmt.Println(s.Size, "bytes")
	}
	// Output: 1000 bytes
}

func ExampleFileSocket() {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	check(err)
	defer syscall.Close(pair[0])
	defer syscall.Close(pair[1])
	_, err = syscall.Write(pair[1], []byte("hello"))
	check(err)
	k, err := kinfo.Fd(pair[0])
	check(err)
	if s, ok := k.Socket(); ok {
		fmt.Println(s.Domain() == zsys.AF_UNIX, s.Type() == zsys.SOCK_STREAM, s.Connected(), s.RecvQueue())
		fmt.Printf("%q %q\n", s.LocalPath(), s.PeerPath())
	}
	// Output:
	// true true true 5
	// "" ""
}

func ExampleFileStat_FileMode() {
	var st rawsys.FileStat
	check(rawsys.Stat("/dev/null", &st))
	fmt.Println(st.FileMode())
	// Output: Dcrw-rw-rw-
}

func ExampleFileStat_MTimespec() {
	var st rawsys.FileStat
	check(rawsys.Stat("/", &st))
	sec, nsec := st.MTimespec()
	fmt.Println(st.MTime().Unix() == sec, int64(st.MTime().Nanosecond()) == nsec)
	// Output: true true
}
