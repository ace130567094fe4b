package rawsys

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/internal/recording"
	"github.com/rawsys-go/rawsys/zsys"
)

// streamPair is two connected Unix stream sockets.
func streamPair(t *testing.T) (near, far int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fds[0]); unix.Close(fds[1]) })
	return fds[0], fds[1]
}

// arrived is what arrives until the near end has no more to say.
func arrived(t *testing.T, near, far int) string {
	t.Helper()
	if err := unix.Shutdown(near, unix.SHUT_WR); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Dup(far)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "far")
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSendfileRaw(t *testing.T) {
	f := fileOf(t, []byte("0123456789"), os.O_RDONLY)
	parts := func(s ...string) [][]byte {
		var p [][]byte
		for _, part := range s {
			p = append(p, []byte(part))
		}
		return p
	}
	for _, tt := range []struct {
		what              string
		offset            int64
		nbytes            int64
		headers, trailers [][]byte
		want              string
	}{
		{"file", 0, 0, nil, nil, "0123456789"},
		{"range", 2, 3, nil, nil, "234"},
		{"all parts", 5, 2, parts("a", "", "bc"), parts("", "x"), "abc56x"},
		{"short file", 8, 100, parts("h"), parts("t"), "h89t"},
		{"no file part", 10, 0, parts("h"), parts("t"), "t"}, // the header is dropped
	} {
		near, far := streamPair(t)
		hdtr := SendfileVectors(tt.headers, tt.trailers)
		n, err := SendfileRaw(near, int(f.Fd()), tt.offset, tt.nbytes, &hdtr, SendfileFlags(2, zsys.SF_USER_READAHEAD))
		if got := arrived(t, near, far); got != tt.want || n != int64(len(tt.want)) || err != nil {
			t.Errorf("%s: %q, %d, %v; want %q", tt.what, got, n, err, tt.want)
		}
	}
}

func TestSendfileRawErrors(t *testing.T) {
	f := fileOf(t, noise(1<<20), os.O_RDONLY)
	near, _ := streamPair(t)
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	for _, tt := range []struct {
		what   string
		fd, s  int
		offset int64
		want   syscall.Errno
	}{
		{"no source", -1, near, 0, syscall.EBADF},
		{"no socket", int(f.Fd()), -1, 0, syscall.EBADF},
		{"a pipe as source", pipe[0], near, 0, syscall.EINVAL},
		{"a file as socket", int(f.Fd()), int(f.Fd()), 0, syscall.ENOTSOCK},
		{"a negative offset", int(f.Fd()), near, -1, syscall.EINVAL},
	} {
		n, err := SendfileRaw(tt.s, tt.fd, tt.offset, 0, nil, 0)
		if n != 0 || !errors.Is(err, tt.want) {
			t.Errorf("%s: %d, %v", tt.what, n, err)
		}
	}
	if err := unix.SetNonblock(near, true); err != nil {
		t.Fatal(err)
	}
	n, err := SendfileRaw(near, int(f.Fd()), 0, 0, nil, 0)
	if n <= 0 || n >= 1<<20 || !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("a full socket: %d, %v", n, err)
	}
}

func TestSendfileFlags(t *testing.T) {
	if got := SendfileFlags(0xabcd, zsys.SF_NOCACHE); uint32(got) != 0xabcd0010 {
		t.Errorf("%#x", got)
	}
}

// A sample of the recorded calls, made again.
func TestSendfileRawAgreesWithRecordings(t *testing.T) {
	type call struct {
		Src, Dst string
		Size     int64
		Off      int64
		N        uint
		Hdr, Trl []int
		Flags    int32
		Errno    syscall.Errno
		Sbytes   int64
	}
	calls, err := recording.Read[call]("internal/kernelmodel/testdata/sendfile-blocking.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	parts := func(lengths []int) (p [][]byte) {
		for _, n := range lengths {
			p = append(p, make([]byte, n))
		}
		return p
	}
	files := map[int64]*os.File{}
	made := 0
	for i := 0; i < len(calls); i += 97 {
		c := calls[i]
		if c.Dst != "unix" || c.Src != "file" || c.Sbytes > 1<<16 {
			continue
		}
		made++
		f := files[c.Size]
		if f == nil {
			f = fileOf(t, noise(int(c.Size)), os.O_RDONLY)
			files[c.Size] = f
		}
		near, far := streamPair(t)
		go func() { // so that nothing blocks
			buf := make([]byte, 1<<16)
			for n, err := 1, error(nil); n > 0 && err == nil; {
				n, err = unix.Read(far, buf)
			}
		}()
		hdtr := SendfileVectors(parts(c.Hdr), parts(c.Trl))
		n, err := SendfileRaw(near, int(f.Fd()), c.Off, int64(c.N), &hdtr, int(c.Flags))
		if n != c.Sbytes && c.Errno == 0 || c.Errno == 0 && err != nil || c.Errno != 0 && !errors.Is(err, c.Errno) {
			t.Errorf("%+v: %d, %v", c, n, err)
		}
		unix.Shutdown(near, unix.SHUT_RDWR)
	}
	t.Logf("%d calls", made)
	if made == 0 {
		t.Error("no call fits")
	}
}

// The file's own bytes over TCP, as another independent reader gets them.
func TestSendfileRawOverTCP(t *testing.T) {
	data := noise(300000)
	f := fileOf(t, data, os.O_RDONLY)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan string, 1)
	go func() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		all, _ := io.ReadAll(c)
		got <- string(all)
	}()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var at int64
	err = raw.Write(func(s uintptr) bool {
		for at < int64(len(data)) {
			n, err := SendfileRaw(int(s), int(f.Fd()), at, int64(len(data))-at, nil, 0)
			at += n
			if errors.Is(err, syscall.EAGAIN) {
				return false
			} else if err != nil && !errors.Is(err, syscall.EINTR) {
				t.Error(err)
				return true
			}
		}
		return true
	})
	c.Close()
	if err != nil {
		t.Error(err)
	}
	select {
	case all := <-got:
		if all != string(data) {
			t.Errorf("%d bytes arrived, or others", len(all))
		}
	case <-time.After(20 * time.Second):
		t.Error("nothing arrived")
	}
	runtime.KeepAlive(f)
}
