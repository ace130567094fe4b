package rawsys_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleMemfdCreate() {
	f, err := rawsys.MemfdCreate("scratch", zsys.MFD_CLOEXEC)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Fprint(f, "never on a disk")
	text, err := io.ReadAll(io.NewSectionReader(f, 9, 100))
	fmt.Printf("%s %v\n", text, err)
	// Output: a disk <nil>
}

func ExampleAddSeals() {
	f, err := rawsys.MemfdCreate("sealed", zsys.MFD_CLOEXEC|zsys.MFD_ALLOW_SEALING)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(rawsys.AddSeals(int(f.Fd()), zsys.F_SEAL_WRITE))
	fmt.Println(rawsys.GetSeals(int(f.Fd())))
	_, err = f.WriteString("x")
	fmt.Println(errors.Is(err, os.ErrPermission))
	// Output:
	// <nil>
	// F_SEAL_WRITE <nil>
	// true
}

// files are a file with ten bytes and an empty one.
func files() (in, out *os.File, remove func()) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "in"), []byte("0123456789"), 0o600); err != nil {
		log.Fatal(err)
	}
	if in, err = os.Open(filepath.Join(dir, "in")); err != nil {
		log.Fatal(err)
	}
	if out, err = os.Create(filepath.Join(dir, "out")); err != nil {
		log.Fatal(err)
	}
	return in, out, func() { os.RemoveAll(dir) }
}

func ExampleCopyRange() {
	in, out, remove := files()
	defer remove()
	fmt.Println(rawsys.CopyRange(out, 0, in, 5, 3, 0))  // three bytes
	fmt.Println(rawsys.CopyRange(out, 3, in, 0, -1, 0)) // all
	fmt.Println(rawsys.CopyRange(out, 0, in, 8, 5, 0))  // more than there are
	// Output:
	// 3 <nil>
	// 10 <nil>
	// 2 unexpected EOF
}

func ExampleCopyFileRange() {
	in, out, remove := files()
	defer remove()
	from, to := int64(4), int64(0)
	for { // a call may copy less than it could
		n, err := rawsys.CopyFileRange(int(in.Fd()), &from, int(out.Fd()), &to, 1<<30, 0)
		if err != nil {
			log.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	fmt.Println(from, to)
	// Output: 10 6
}

func ExampleSendfileFreeBSD() {
	in, _, remove := files()
	defer remove()
	sockets, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	hdtr := rawsys.SendfileVectors([][]byte{[]byte("<")}, [][]byte{[]byte(">")})
	sent, err := rawsys.SendfileFreeBSD(int(in.Fd()), sockets[0], 2, 3, &hdtr, rawsys.SendfileFlags(0, 0))
	buf := make([]byte, 10)
	n, _ := syscall.Read(sockets[1], buf)
	fmt.Println(sent, err, string(buf[:n]))
	// Output: 5 <nil> <234>
}

func ExampleUmtxWaitUint() {
	ready := new(uint32)
	go func() {
		atomic.StoreUint32(ready, 1)
		if err := rawsys.UmtxWake(ready, 1); err != nil {
			log.Fatal(err)
		}
	}()
	limit := rawsys.TimeoutAfter(time.Minute) // for the whole loop
	for atomic.LoadUint32(ready) == 0 {
		if err := rawsys.UmtxWaitUint(ready, 0, limit); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("ready")
	// Output: ready
}

func ExampleTimeoutAt() {
	// The time is over, and the clock does not exist.
	for _, t := range []rawsys.Timeout{rawsys.TimeoutAt(zsys.CLOCK_REALTIME, 0, 0), rawsys.TimeoutAt(99, 0, 0)} {
		err := rawsys.UmtxWaitUint(new(uint32), 0, t)
		fmt.Println(os.IsTimeout(err), errors.Is(err, syscall.EINVAL))
	}
	// Output:
	// true false
	// false true
}

func ExampleUmtxMutexLock() {
	runtime.LockOSThread() // the lock will be this thread's
	defer runtime.UnlockOSThread()
	m := &zsys.Umutex{Flags: zsys.UMUTEX_ROBUST}
	err := rawsys.UmtxMutexLock(m, rawsys.TimeoutAfter(time.Second))
	if errors.Is(err, syscall.EOWNERDEAD) {
		err = nil // locked all the same: repair what it protects
	}
	fmt.Println(err, rawsys.UmtxMutexUnlock(m))
	// Output: <nil> <nil>
}

func ExampleUmtxOp() {
	word := new(uint32)
	_, err := rawsys.UmtxOp(unsafe.Pointer(word), zsys.UMTX_OP_WAKE, 1, 0, nil)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleUmtxShmCreat() {
	page, err := syscall.Mmap(-1, 0, os.Getpagesize(), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED|syscall.MAP_ANON)
	if err != nil {
		log.Fatal(err)
	}
	fd, err := rawsys.UmtxShmCreat(unsafe.Pointer(&page[0]))
	if err != nil {
		log.Fatal(err)
	}
	defer syscall.Close(fd)
	fmt.Println(rawsys.UmtxShmAlive(unsafe.Pointer(&page[0])), rawsys.UmtxShmDestroy(unsafe.Pointer(&page[0])))
	// Output: <nil> <nil>
}
