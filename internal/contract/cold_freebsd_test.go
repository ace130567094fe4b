package contract_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// coldSize is the length of the file in testdata/cold.ufs.gz.
const coldSize = 64 << 10

// coldFile is a file on a disk of its own. Each chill takes its pages out of memory.
type coldFile struct {
	t    testing.TB
	disk string // the device
	dir  string // where it is mounted
	file *os.File
	want []byte
}

// chill mounts the file system anew, so that the file has to be read from the disk.
func (c *coldFile) chill() {
	c.t.Helper()
	if c.file != nil {
		c.file.Close()
		if err := zsys.Unmount(c.dir, 0); err != nil {
			c.t.Fatal("unmount: ", err)
		}
		c.file = nil
	}
	if err := mountUFS(c.disk, c.dir); err != nil {
		c.t.Fatal("mount: ", err)
	}
	var err error
	if c.file, err = os.Open(filepath.Join(c.dir, "cold")); err != nil {
		c.t.Fatal(err)
	}
}

// newColdFile makes a memory disk with a file system of one file.
func newColdFile(t testing.TB) *coldFile {
	t.Helper()
	disk := memoryDisk(t, unpacked(t, "testdata/cold.ufs.gz"))
	c := &coldFile{t: t, disk: disk, dir: t.TempDir()}
	for i := range coldSize {
		c.want = append(c.want, byte(i*7+i>>8)|0x80)
	}
	if err := mountUFS(c.disk, c.dir); err != nil {
		t.Skip("needs to mount a file system of the type ufs: ", err)
	}
	zsys.Unmount(c.dir, 0)
	t.Cleanup(func() {
		if c.file != nil {
			c.file.Close()
			zsys.Unmount(c.dir, 0)
		}
	})
	return c
}

// coldForms are the ways to send a whole file to a Unix socket, which is c and fd. The
// first is the kernel's own, which may lose bytes.
var coldForms = []struct {
	name string
	send func(c *net.UnixConn, fd int, f *os.File) (int64, error)
}{
	{"SendfileRaw", func(_ *net.UnixConn, fd int, f *os.File) (int64, error) {
		var sent int64
		for {
			n, err := rawsys.SendfileRaw(fd, int(f.Fd()), sent, 0, nil, 0)
			if sent += n; !errors.Is(err, syscall.EINTR) {
				return sent, err
			}
		}
	}},
	{"Sendfile", func(_ *net.UnixConn, fd int, f *os.File) (int64, error) {
		return rawsys.Sendfile(fd, int(f.Fd()), 0, 0, nil, nil, 0)
	}},
	{"Send", func(_ *net.UnixConn, fd int, f *os.File) (int64, error) {
		tr := rawsys.Transfer{File: f, Count: rawsys.ToEOF}
		return tr.Send(fd)
	}},
	{"WriteTo", func(c *net.UnixConn, _ int, f *os.File) (int64, error) {
		tr := rawsys.Transfer{File: f, Count: coldSize, Threshold: -1}
		return tr.WriteTo(c)
	}},
}

// TestColdFileToUnixSocket: FreeBSD's kernel queues pages to a Unix socket that
// are still being read from the disk; if the socket is then shut down, the peer meets the end
// of the stream in their place. No form but the kernel's own loses a byte so.
func TestColdFileToUnixSocket(t *testing.T) {
	cold := newColdFile(t)
	for i, form := range coldForms {
		t.Run(form.name, func(t *testing.T) {
			rounds, raw := shorter(100, 10), i == 0
			lost := 0
			for range rounds {
				cold.chill()
				if got := sendAndShut(t, cold.file, form.send); !bytes.Equal(got, cold.want) {
					lost++
				}
			}
			t.Logf("%d of %d peers missed bytes", lost, rounds)
			if !raw && lost > 0 {
				t.Error("that is what a copy is for")
			}
		})
	}
}

// sendAndShut sends a file, ends the stream at once, and returns what arrived.
func sendAndShut(t testing.TB, f *os.File, send func(*net.UnixConn, int, *os.File) (int64, error)) []byte {
	t.Helper()
	near, far := roomyPair(t)
	defer unix.Close(near)
	c, peer := fileConn(t, near), fileConn(t, far)
	defer c.Close()
	defer peer.Close()
	unix.Close(far)
	got := received(t, peer)
	n, err := send(c, near, f)
	unix.Shutdown(near, unix.SHUT_WR)
	if n != coldSize || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	return <-got
}

// roomyPair is two Unix sockets that take the whole file, so that nothing waits for the peer.
func roomyPair(t testing.TB) (near, far int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 2*coldSize); err != nil {
			t.Fatal(err)
		}
	}
	return fds[0], fds[1]
}

// fileConn is a connection on a copy of a socket's descriptor.
func fileConn(t testing.TB, fd int) *net.UnixConn {
	t.Helper()
	file, err := unix.Dup(fd)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(file), "socket")
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*net.UnixConn)
}

// BenchmarkUnixSocket is what it costs to copy to a Unix socket where the kernel's own
// way is not sound: a file in memory, read by a peer, in both ways.
func BenchmarkUnixSocket(b *testing.B) {
	for _, size := range []int{64 << 10, 1 << 20} {
		file := tempFile(b, content(size))
		for _, form := range coldForms[:2] {
			b.Run(fmt.Sprintf("%s/%dKiB", form.name, size>>10), func(b *testing.B) {
				dst, peer := connected(b, "unix", socketPath(b))
				go io.Copy(io.Discard, peer)
				out := descriptor(b, dst, false)
				b.SetBytes(int64(size))
				for b.Loop() {
					if n, err := form.send(nil, out, file); n != int64(size) || err != nil {
						b.Fatal(n, err)
					}
				}
			})
		}
	}
}
