package zsys_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

// TestSockaddrKernel binds sockets to addresses in Go's form, and reads back what
// the kernel made of them.
func TestSockaddrKernel(t *testing.T) {
	name := func(family int32, b []byte) ([]byte, error) {
		s, err := zsys.Socket(family, zsys.SOCK_DGRAM, 0)
		if err != nil {
			return nil, err
		}
		defer zsys.Close(s)
		if err := zsys.Bind(s, b); err != nil {
			return nil, err
		}
		room := make([]byte, 128)
		n := uint32(len(room))
		err = zsys.Getsockname(s, room, &n)
		return room[:min(int(n), len(room))], err
	}
	loopback := [4]byte{127, 0, 0, 1}
	b, err := name(zsys.AF_INET, zsys.AppendSockaddrIn(nil, loopback, 0))
	if addr, port, ok := zsys.ParseSockaddrIn(b); err != nil || !ok || addr != loopback || port == 0 {
		t.Errorf("IPv4: %v, %v port %d, %v", err, addr, port, ok)
	}
	path := filepath.Join(t.TempDir(), "s")
	un, ok := zsys.AppendSockaddrUn(nil, path)
	if !ok {
		t.Skipf("the path %s is too long for a socket", path)
	}
	b, err = name(zsys.AF_UNIX, un)
	if got, ok := zsys.ParseSockaddrUn(b); err != nil || !ok || got != path {
		t.Errorf("Unix: %v, %q, %v; want %q", err, got, ok, path)
	}
	loopback6 := [16]byte{15: 1}
	b, err = name(zsys.AF_INET6, zsys.AppendSockaddrIn6(nil, loopback6, 0, 0))
	if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EPROTONOSUPPORT) {
		t.Skipf("no address ::1: %v", err)
	}
	if addr, port, _, ok := zsys.ParseSockaddrIn6(b); err != nil || !ok || addr != loopback6 || port == 0 {
		t.Errorf("IPv6: %v, %v port %d, %v", err, addr, port, ok)
	}
}
