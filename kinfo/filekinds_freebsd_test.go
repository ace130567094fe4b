package kinfo

import (
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func TestSockets(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		l, err := net.Listen(network, map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"}[network])
		if err != nil {
			t.Logf("%s is not to be had: %v", network, err)
			continue
		}
		defer l.Close()
		c, err := net.Dial(network, l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := c.Write(make([]byte, 37)); err != nil {
			t.Fatal(err)
		}
		waitFor(t, s, 37)
		waitConfirmed(t, c)
		checkSocket(t, l, l.Addr(), nil, 0)
		checkSocket(t, c, c.LocalAddr(), c.RemoteAddr(), 0)
		checkSocket(t, s, s.LocalAddr(), s.RemoteAddr(), 37)
		if err := s.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		v, _ := kinfoOf(t, fdOf(t, s)).Socket()
		if !v.CantSendMore() || v.AtMark() || v.Protocol() != syscall.IPPROTO_TCP || v.Type() != zsys.SOCK_STREAM {
			t.Errorf("%+v after CloseWrite", v.KinfoFileSock)
		}
		if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Fatalf("after the peer's CloseWrite: %d bytes, %v", n, err)
		}
		if v, _ := kinfoOf(t, fdOf(t, c)).Socket(); !v.CantRecvMore() {
			t.Errorf("%+v after the peer's CloseWrite", v.KinfoFileSock)
		}
	}
}

// fdOf returns the number of c's descriptor, which stays open.
func fdOf(t *testing.T, c any) (fd uintptr) {
	t.Helper()
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(n uintptr) { fd = n }); err != nil {
		t.Fatal(err)
	}
	return fd
}

// waitFor waits until n bytes have arrived at c, and leaves them there.
func waitFor(t *testing.T, c net.Conn, n int) {
	t.Helper()
	raw, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Read(func(fd uintptr) bool {
		got, _, _ := unix.Recvfrom(int(fd), make([]byte, n), unix.MSG_PEEK)
		return got == n
	})
	if err != nil {
		t.Fatal(err)
	}
}

// waitConfirmed waits until the kernel of c's peer has confirmed all that was sent,
// which stays in c's queue until then.
func waitConfirmed(t *testing.T, c net.Conn) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		n, err := unix.IoctlGetInt(int(fdOf(t, c)), zsys.FIONWRITE)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%d bytes are not confirmed after a minute", n)
		}
	}
}

func checkSocket(t *testing.T, c any, local, peer net.Addr, queued int) {
	t.Helper()
	s, ok := kinfoOf(t, fdOf(t, c)).Socket()
	if !ok {
		t.Fatal("no socket")
	}
	var wantPeer netip.AddrPort
	if peer != nil {
		wantPeer = netip.MustParseAddrPort(peer.String())
	}
	if s.Local() != netip.MustParseAddrPort(local.String()) || s.Peer() != wantPeer || s.Connected() != (peer != nil) {
		t.Errorf("local %v, peer %v; want %v, %v", s.Local(), s.Peer(), local, peer)
	}
	if s.RecvQueue() != queued || s.SendQueue() != 0 || s.CantSendMore() || s.CantRecvMore() {
		t.Errorf("queues %d, %d; states %v, %v; want %d bytes", s.SendQueue(), s.RecvQueue(), s.CantSendMore(), s.CantRecvMore(), queued)
	}
}

func TestUnixSocket(t *testing.T) {
	path := t.TempDir() + "/s"
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, _ := kinfoOf(t, fdOf(t, l)).Socket()
	if s.LocalPath() != path || s.PeerPath() != "" || s.Connected() || s.Local().IsValid() || s.Domain() != zsys.AF_UNIX {
		t.Errorf("listener: %q, %q, %+v", s.LocalPath(), s.PeerPath(), s.KinfoFileSock)
	}
	s, _ = kinfoOf(t, fdOf(t, c)).Socket()
	if s.LocalPath() != "" || s.PeerPath() != path || !s.Connected() {
		t.Errorf("client: %q, %q, %+v", s.LocalPath(), s.PeerPath(), s.KinfoFileSock)
	}
}

func TestPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if _, err := w.Write(make([]byte, 300)); err != nil {
		t.Fatal(err)
	}
	rv, ok1 := kinfoOf(t, r.Fd()).Pipe()
	wv, ok2 := kinfoOf(t, w.Fd()).Pipe()
	if !ok1 || !ok2 || rv.Addr != wv.Peer || rv.Peer != wv.Addr || rv.BufferCnt != 300 || wv.BufferCnt != 0 {
		t.Errorf("ends %+v and %+v", rv, wv)
	}
}

// openSpecial opens a descriptor that package os does not make, by a call that
// FreeBSD has since some release: calling it before would kill the process.
func openSpecial(t *testing.T, since uint32, trap uintptr, args ...uintptr) uintptr {
	t.Helper()
	release, err := unix.SysctlUint32("kern.osreldate")
	if err != nil {
		t.Fatal(err)
	}
	if release < since {
		t.Skipf("system call %d needs FreeBSD %d, this is %d", trap, since, release)
	}
	var a [6]uintptr
	copy(a[:], args)
	fd, _, errno := syscall.Syscall6(trap, a[0], a[1], a[2], a[3], a[4], a[5])
	if errno != 0 {
		t.Fatalf("system call %d: %v", trap, errno)
	}
	t.Cleanup(func() { syscall.Close(int(fd)) })
	return fd
}

func TestKqueue(t *testing.T) {
	fd := openSpecial(t, 0, zsys.SYS_KQUEUE)
	if v, ok := kinfoOf(t, fd).Kqueue(); !ok || v.Count != 0 {
		t.Errorf("%v, %+v", ok, v)
	}
}

func TestPts(t *testing.T) {
	fd := openSpecial(t, 0, zsys.SYS_POSIX_OPENPT, zsys.O_RDWR|zsys.O_NOCTTY)
	k := kinfoOf(t, fd)
	v, ok := k.Pts()
	var st rawsys.FileStat
	if err := rawsys.Fstat(int(fd), &st); err != nil || !ok || v.Dev != uint64(st.Rdev) || !strings.HasPrefix(k.PathString(), "pts/") {
		t.Errorf("%v, %+v, path %q; device %#x, %v", ok, v, k.PathString(), st.Rdev, err)
	}
}

func TestShm(t *testing.T) {
	const anon = 1 // SHM_ANON
	fd := openSpecial(t, 1300000, zsys.SYS_SHM_OPEN2, anon, zsys.O_RDWR, 0o600)
	if err := syscall.Ftruncate(int(fd), 5000); err != nil {
		t.Fatal(err)
	}
	k := kinfoOf(t, fd)
	if v, ok := k.Shm(); !ok || v.Size != 5000 || v.FileMode() != 0o600 {
		t.Errorf("%v, %+v", ok, v.KinfoFileFile)
	}
	if _, ok := k.Vnode(); ok {
		t.Error("shared memory is seen as a file")
	}
}

func TestEventfd(t *testing.T) {
	args := &struct{ initval, flags uint32 }{42, zsys.EFD_SEMAPHORE}
	var pin runtime.Pinner
	pin.Pin(args)
	defer pin.Unpin()
	fd := openSpecial(t, 1300000, zsys.SYS___SPECIALFD, 1, uintptr(unsafe.Pointer(args)), unsafe.Sizeof(*args))
	if v, ok := kinfoOf(t, fd).Eventfd(); !ok || v.Value != 42 || v.Flags != zsys.EFD_SEMAPHORE {
		t.Errorf("%v, %+v", ok, v)
	}
}

func TestTimerfd(t *testing.T) {
	fd := openSpecial(t, 1400000, zsys.SYS_TIMERFD_CREATE, zsys.CLOCK_MONOTONIC)
	if v, ok := kinfoOf(t, fd).Timerfd(); !ok || v.Clockid != zsys.CLOCK_MONOTONIC {
		t.Errorf("%v, %+v", ok, v)
	}
}

func TestInotify(t *testing.T) {
	flags := new(uint32)
	var pin runtime.Pinner
	pin.Pin(flags)
	defer pin.Unpin()
	fd := openSpecial(t, 1500000, zsys.SYS___SPECIALFD, 2, uintptr(unsafe.Pointer(flags)), unsafe.Sizeof(*flags))
	if v, ok := kinfoOf(t, fd).Inotify(); !ok || v.Npending != 0 {
		t.Errorf("%v, %+v", ok, v)
	}
}
