package zsys_test

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// TestSockaddrIn: the bytes are those that C has on every port, and come back.
func TestSockaddrIn(t *testing.T) {
	ap := netip.MustParseAddrPort("192.0.2.1:8080")
	b := zsys.AppendSockaddrIn([]byte("x"), ap.Addr().As4(), ap.Port())
	if want := "x\x10\x02\x1f\x90\xc0\x00\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00"; string(b) != want {
		t.Errorf("%q, want %q", b, want)
	}
	addr, port, ok := zsys.ParseSockaddrIn(b[1:])
	if back := netip.AddrPortFrom(netip.AddrFrom4(addr), port); !ok || back != ap {
		t.Errorf("%v, %v; want %v", back, ok, ap)
	}
	if n := int(unsafe.Sizeof(zsys.SockaddrIn{})); len(b)-1 != n {
		t.Errorf("%d bytes, want %d", len(b)-1, n)
	}
}

func TestSockaddrIn6(t *testing.T) {
	ap := netip.MustParseAddrPort("[fe80::1]:443")
	b := zsys.AppendSockaddrIn6(nil, ap.Addr().As16(), ap.Port(), 0x01020304)
	if want := "\x1c\x1c\x01\xbb\x00\x00\x00\x00\xfe\x80"; len(b) != int(unsafe.Sizeof(zsys.SockaddrIn6{})) || string(b[:len(want)]) != want || b[23] != 1 {
		t.Errorf("%q", b)
	}
	addr, port, scope, ok := zsys.ParseSockaddrIn6(b)
	if back := netip.AddrPortFrom(netip.AddrFrom16(addr), port); !ok || back != ap || scope != 0x01020304 {
		t.Errorf("%v scope %#x, %v; want %v", back, scope, ok, ap)
	}
}

func TestSockaddrUn(t *testing.T) {
	for _, path := range []string{"/", "/tmp/socket", strings.Repeat("p", 104)} {
		b, ok := zsys.AppendSockaddrUn([]byte("x"), path)
		if !ok || b[0] != 'x' || int(b[1]) != len(b)-1 || b[2] != zsys.AF_UNIX || string(b[3:]) != path {
			t.Fatalf("%q: %q, %v", path, b, ok)
		}
		if back, ok := zsys.ParseSockaddrUn(b[1:]); !ok || back != path {
			t.Errorf("%q came back as %q, %v", path, back, ok)
		}
	}
	for _, path := range []string{"", "a\x00b", strings.Repeat("p", 105)} {
		if b, ok := zsys.AppendSockaddrUn([]byte("x"), path); ok || string(b) != "x" {
			t.Errorf("%q is taken: %q", path, b)
		}
	}
	for b, want := range map[string]string{
		"\x02\x01":           "",   // a socket without a name
		"\x6a\x01/a\x00junk": "/a", // up to the NUL
		"\x04\x01/abehind":   "/a", // up to the length
		"\x6a\x01/cut short": "/cut short",
		"\x00\x01/none":      "",
	} {
		if path, ok := zsys.ParseSockaddrUn([]byte(b)); !ok || path != want {
			t.Errorf("%q: %q, %v; want %q", b, path, ok, want)
		}
	}
}

// FuzzSockaddr: each address is of one family at most, nothing is read behind the
// end, and what was parsed is made again.
func FuzzSockaddr(f *testing.F) {
	f.Add(zsys.AppendSockaddrIn(nil, [4]byte{127, 0, 0, 1}, 80))
	f.Add(zsys.AppendSockaddrIn6(nil, [16]byte{15: 1}, 80, 2))
	un, _ := zsys.AppendSockaddrUn(nil, "/tmp/s")
	f.Add(un)
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, b []byte) {
		b = slices.Clip(b)
		families := 0
		if addr, port, ok := zsys.ParseSockaddrIn(b); ok {
			families++
			if again := zsys.AppendSockaddrIn(nil, addr, port); !bytes.Equal(again[1:8], b[1:8]) {
				t.Errorf("%x came back as %x", b, again)
			}
		}
		if addr, port, scope, ok := zsys.ParseSockaddrIn6(b); ok {
			families++
			if again := zsys.AppendSockaddrIn6(nil, addr, port, scope); !bytes.Equal(again[1:4], b[1:4]) || !bytes.Equal(again[8:], b[8:28]) {
				t.Errorf("%x came back as %x", b, again)
			}
		}
		if path, ok := zsys.ParseSockaddrUn(b); ok {
			families++
			again, made := zsys.AppendSockaddrUn(nil, path)
			if back, _ := zsys.ParseSockaddrUn(again); made && back != path {
				t.Errorf("%x has the path %q, which came back as %q", b, path, back)
			}
		}
		if families > 1 {
			t.Errorf("%x is of %d families", b, families)
		}
	})
}
