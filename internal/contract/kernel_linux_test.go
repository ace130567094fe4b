package contract_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/zsys"

	"github.com/rawsys-go/rawsys"
)

// TestProc sends files that are made up as they are read: no size, and some of
// them nothing for sendfile.
func TestProc(t *testing.T) {
	for _, name := range []string{"/proc/version", "/proc/kallsyms", "/proc/self/maps", "/sys/kernel/mm/transparent_hugepage/enabled"} {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Logf("%s left out: %v", name, err)
			continue
		}
		for _, threshold := range []int{0, -1} {
			file, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			dst, peer := connected(t, "tcp4", "127.0.0.1:0")
			got := received(t, peer)
			tr := rawsys.Transfer{File: file, Count: rawsys.ToEOF, Headers: [][]byte{[]byte("header")}, Trailers: [][]byte{[]byte("trailer")}, Threshold: threshold}
			if _, err := tr.WriteTo(dst); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			dst.Close()
			file.Close()
			t.Logf("%s, threshold %d: %+v", name, threshold, tr.Progress())
			if name == "/proc/self/maps" { // changes as it is looked at
				if b := <-got; !bytes.HasPrefix(b, []byte("header")) || !bytes.HasSuffix(b, []byte("trailer")) || len(b) < 1000 {
					t.Errorf("%s: %d bytes", name, len(b))
				}
				continue
			}
			mustArrive(t, <-got, []byte("header"), want, []byte("trailer"))
		}
	}
}

// TestMemfd: anonymous memory is as good a source as a file.
func TestMemfd(t *testing.T) {
	fd, err := unix.MemfdCreate("source", unix.MFD_CLOEXEC)
	if err != nil {
		t.Skip(err)
	}
	file := os.NewFile(uintptr(fd), "source")
	defer file.Close()
	data := content(300_000)
	if _, err := file.Write(data); err != nil {
		t.Fatal(err)
	}
	dst, peer := connected(t, "unix", socketPath(t))
	got := received(t, peer)
	tr := rawsys.Transfer{File: file, Count: rawsys.ToEOF}
	if _, err := tr.WriteTo(dst); err != nil || tr.Progress().Way != rawsys.ByKernel {
		t.Errorf("%v, %+v", err, tr.Progress())
	}
	dst.Close()
	mustArrive(t, <-got, data)
}

// tcpInfo asks the kernel about a connection.
func tcpInfo(t *testing.T, c end) *unix.TCPInfo {
	t.Helper()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var info *unix.TCPInfo
	if e := raw.Control(func(fd uintptr) {
		info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
	}); e != nil || err != nil {
		t.Fatal(e, err)
	}
	if info.Snd_mss == 0 {
		t.Skip("needs TCP_INFO, which qemu-user leaves empty")
	}
	return info
}

// TestOneSegment: header, file and trailer that fit one segment leave in one,
// by the copy and by the kernel.
func TestOneSegment(t *testing.T) {
	for _, size := range []int{0, 1000, 20_000, 32_000} {
		for _, threshold := range []int{-1, 0, 1 << 20} {
			for _, count := range []int64{rawsys.ToEOF, int64(size)} {
				dst, peer := connected(t, "tcp4", "127.0.0.1:0")
				if mss := tcpInfo(t, dst).Snd_mss; int(mss) < size+300 {
					t.Fatalf("segments of %d bytes, no room for %d", mss, size+300)
				}
				tr := rawsys.Transfer{File: tempFile(t, content(size)), Count: count, Threshold: threshold,
					Headers: [][]byte{make([]byte, 220)}, Trailers: [][]byte{make([]byte, 32)}}
				before := tcpInfo(t, dst).Data_segs_out
				n, err := tr.WriteTo(dst)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.CopyN(io.Discard, peer, n); err != nil {
					t.Fatal(err)
				}
				if segments := tcpInfo(t, dst).Data_segs_out - before; segments != 1 {
					t.Errorf("%d bytes, count %d, threshold %d, by %v: %d segments", size, count, threshold, tr.Progress().Way, segments)
				}
			}
		}
	}
}

// unsent is how many bytes wait in the kernel for more to follow.
func unsent(t *testing.T, c end) (n int) {
	t.Helper()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	e := raw.Control(func(fd uintptr) { n, err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQNSD) })
	if errors.Is(err, unix.ENOSYS) {
		t.Skip("needs SIOCOUTQNSD, which qemu-user does not know")
	}
	if e != nil || err != nil {
		t.Fatal(e, err)
	}
	return n
}

// TestNothingHeldBack: when a transfer returns no byte waits for another one,
// also where more had been announced that did not come.
func TestNothingHeldBack(t *testing.T) {
	data := content(100_000)
	for _, tr := range []*rawsys.Transfer{
		{File: tempFile(t, nil), Count: rawsys.ToEOF, Threshold: -1},
		{File: tempFile(t, nil), Count: 10, Threshold: -1},
		{File: tempFile(t, data), Offset: 99_999, Count: 2, Threshold: -1},
		{File: tempFile(t, data), Offset: 200_000, Count: rawsys.ToEOF, Threshold: -1},
		{File: tempFile(t, data[:64<<10]), Count: rawsys.ToEOF, Threshold: 64 << 10},
	} {
		for _, trailers := range [][][]byte{nil, {[]byte("trailer")}} {
			dst, _ := connected(t, "tcp4", "127.0.0.1:0")
			tr.Reset()
			tr.Headers, tr.Trailers = [][]byte{[]byte("header")}, trailers
			n, err := tr.WriteTo(dst)
			if err != nil && err != io.ErrUnexpectedEOF {
				t.Fatal(err)
			}
			if held := unsent(t, dst); held != 0 || n < 6 {
				t.Errorf("%+v: %d bytes sent, %d held back", tr.Progress(), n, held)
			}
		}
	}
}

// TestOptionsAreTheUsers: a user's own TCP_CORK and TCP_NODELAY stay as they are, and so does
// what the cork holds.
func TestOptionsAreTheUsers(t *testing.T) {
	options := []int{unix.TCP_CORK, unix.TCP_NODELAY}
	for _, set := range [][]int{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
		dst, peer := connected(t, "tcp4", "127.0.0.1:0")
		go io.Copy(io.Discard, peer)
		fd := descriptor(t, dst, false)
		for i, option := range options {
			if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, option, set[i]); err != nil {
				t.Fatal(err)
			}
		}
		for _, size := range []int{10, 50_000, 100_000} {
			tr := rawsys.Transfer{File: tempFile(t, content(size)), Count: rawsys.ToEOF, Trailers: [][]byte{[]byte("trailer")}, Threshold: -1}
			if _, err := tr.Send(fd); err != nil {
				t.Fatal(err)
			}
			for i, option := range options {
				if v, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, option); v != set[i] || err != nil {
					t.Errorf("%d bytes, option %d: was %d and is %d, %v", size, option, set[i], v, err)
				}
			}
			if held := unsent(t, dst); set[0] == 1 && held == 0 {
				t.Errorf("%d bytes: a cork of the user's holds nothing back", size)
			}
		}
	}
}

// TestFlags: what Linux cannot keep is refused, what it need not is ignored.
func TestFlags(t *testing.T) {
	for _, c := range []struct {
		flags int
		err   error
		way   rawsys.Way
	}{
		{zsys.SF_NODISKIO, syscall.EOPNOTSUPP, 0},
		{zsys.SF_MNOWAIT | zsys.SF_USER_READAHEAD | zsys.SF_NOCACHE | 4<<16, nil, rawsys.ByKernel},
		{zsys.SF_SYNC, nil, rawsys.ByCopy},
		{0x40, syscall.EINVAL, 0},
	} {
		dst, peer := connected(t, "tcp4", "127.0.0.1:0")
		go io.Copy(io.Discard, peer)
		tr := rawsys.Transfer{File: tempFile(t, content(100_000)), Count: rawsys.ToEOF, Flags: c.flags, Threshold: -1, Headers: [][]byte{[]byte("header")}}
		n, err := tr.WriteTo(dst)
		if !errors.Is(err, c.err) || tr.Progress().Way != c.way || (n == 0) != (c.err != nil) {
			t.Errorf("flags %#x: %d, %v, %+v", c.flags, n, err, tr.Progress())
		}
	}
}
