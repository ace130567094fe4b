package kernelmodel

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// A port's recording is made on FreeBSD by
//
//	go test -run Replay -record . > FILE
//
// (with vmexec, too): the lines that begin with "recorded ARCH ", without that, gzipped.
var record = flag.Bool("record", false, "print what this kernel answers, as a recording")

// blockingCall is a call of the recordings on a socket that waits.
type blockingCall struct {
	Src   string `json:"src"` // file or shm
	Dst   string `json:"dst"` // tcp or unix
	Size  int    `json:"size"`
	Off   int64  `json:"off"`
	N     int64  `json:"n"`
	Hdr   []int  `json:"hdr"`
	Trl   []int  `json:"trl"`
	Flags int32  `json:"flags"`
	answer
	OrderOK bool `json:"order_ok"` // header, file, trailer arrived in this order
}

// This kernel answers as the recorded one did, as far as one call in 16 shows, or in
// 128 with -short.
func TestReplay(t *testing.T) {
	step := 16
	if testing.Short() && !*record {
		step = 128
	}
	sources := map[string]*os.File{}
	pairs := map[string]*[2]int{"tcp": pairOf(t, "tcp"), "unix": pairOf(t, "unix")}
	eachRecord(t, "sendfile-blocking.jsonl.gz", func(line int, want *blockingCall) {
		if line%step != 1 {
			return
		}
		name := fmt.Sprint(want.Src, want.Size)
		if sources[name] == nil {
			sources[name] = source(t, want.Src, want.Size)
		}
		got := *want
		got.call(t, int(sources[name].Fd()), pairs[want.Dst])
		if got.answer != want.answer || !got.OrderOK {
			t.Errorf("line %d: %+v, the recording has %+v", line, got, want.answer)
		}
		if *record {
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Printf("\nrecorded %s %s\n", runtime.GOARCH, text)
		}
	})
}

func source(t *testing.T, kind string, size int) *os.File {
	t.Helper()
	var f *os.File
	var err error
	if kind == "shm" {
		f, err = memory(int64(size))
	} else {
		f, err = os.Create(filepath.Join(t.TempDir(), "f"))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.WriteAt(bytes.Repeat([]byte{'f'}, size), 0); err != nil {
		t.Fatal(err)
	}
	return f
}

// memory is shared memory of a size, without a name.
func memory(size int64) (*os.File, error) {
	const anonymous = 1 // SHM_ANON
	fd, err := zsys.ShmOpenAnon(anonymous, zsys.O_RDWR, 0, 0, nil)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "shm")
	return f, f.Truncate(size)
}

// pairOf returns two connected sockets that wait.
func pairOf(t *testing.T, kind string) *[2]int {
	t.Helper()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if kind == "tcp" {
		pair, err = tcpPair()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(pair[0]); syscall.Close(pair[1]) })
	return &pair
}

func tcpPair() (pair [2]int, err error) {
	l, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return pair, err
	}
	defer syscall.Close(l)
	if err := syscall.Bind(l, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return pair, err
	}
	if err := syscall.Listen(l, 1); err != nil {
		return pair, err
	}
	addr, err := syscall.Getsockname(l)
	if err != nil {
		return pair, err
	}
	if pair[0], err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0); err != nil {
		return pair, err
	}
	if err := syscall.Connect(pair[0], addr); err != nil {
		return pair, err
	}
	pair[1], _, err = syscall.Accept(l)
	return pair, err
}

// call makes the call, and sets what came of it.
func (c *blockingCall) call(t *testing.T, fd int, pair *[2]int) {
	t.Helper()
	const end = '.' // follows what is sent
	arrived := make(chan []byte)
	go func() {
		var all []byte
		buf := make([]byte, 64<<10)
		for !bytes.HasSuffix(all, []byte{end}) {
			n, err := syscall.Read(pair[1], buf)
			if n <= 0 || err != nil {
				break
			}
			all = append(all, buf[:n]...)
		}
		arrived <- all
	}()
	headers, trailers := iovecs('h', c.Hdr), iovecs('t', c.Trl)
	hdtr := zsys.SfHdtr{HdrCnt: int32(len(headers)), TrlCnt: int32(len(trailers))}
	hdtr.Headers, hdtr.Trailers = unsafe.SliceData(headers), unsafe.SliceData(trailers)
	c.answer = answer{}
	err := zsys.Sendfile(fd, pair[0], c.Off, uintptr(c.N), &hdtr, &c.Sbytes, c.Flags)
	if err != nil {
		c.Errno = int(err.(syscall.Errno))
	}
	runtime.KeepAlive(headers)
	runtime.KeepAlive(trailers)
	if _, err := syscall.Write(pair[0], []byte{end}); err != nil {
		t.Fatal(err)
	}
	all := bytes.TrimSuffix(<-arrived, []byte{end})
	c.OrderOK = slices.IsSortedFunc(all, func(a, b byte) int { return bytes.IndexByte([]byte("hft"), a) - bytes.IndexByte([]byte("hft"), b) })
	for letter, n := range map[byte]*int64{'h': &c.GotH, 'f': &c.GotF, 't': &c.GotT} {
		*n = int64(bytes.Count(all, []byte{letter}))
	}
	if c.GotH+c.GotF+c.GotT != int64(len(all)) {
		t.Errorf("%+v: other bytes arrived", c)
	}
}

// iovecs are slices of one letter.
func iovecs(letter byte, lengths []int) (list []zsys.Iovec) {
	for _, b := range fill(letter, lengths...) {
		list = append(list, zsys.Iovec{Base: unsafe.SliceData(b), Len: uintptr(len(b))})
	}
	return list
}
