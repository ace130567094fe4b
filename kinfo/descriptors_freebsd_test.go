package kinfo

import (
	"net"
	"net/netip"
	"os"
	"testing"
)

// Descriptors of this process are those that Files tells of, and a socket's address
// leads to it.
func TestDescriptors(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	pid, local := os.Getpid(), netip.MustParseAddrPort(l.Addr().String())
	sockets := map[uint64]bool{}
	for s, err := range Sockets(TCPSockets) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Local == local {
			sockets[s.Address] = true
		}
	}
	own, found := map[int]bool{}, 0
	for d, err := range Descriptors() {
		if err != nil {
			t.Fatal(err)
		}
		if d.Pid != pid {
			continue
		}
		own[d.Fd] = true
		if so, ok := d.Socket(); ok && sockets[so] {
			found++
		}
	}
	if found != 1 || len(sockets) != 1 {
		t.Errorf("%d descriptors of %d sockets", found, len(sockets))
	}
	for f, err := range Files(pid) {
		if err != nil {
			t.Fatal(err)
		}
		if fd, ok := f.Descriptor(); ok != (f.Fd >= 0) || ok && !own[fd] {
			t.Errorf("descriptor %d, %v, of %v is not in the table", fd, ok, f.Type)
		}
	}
}
