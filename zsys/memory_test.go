package zsys_test

import (
	"bytes"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

func TestCmsg(t *testing.T) {
	b := zsys.AppendCmsg(nil, zsys.SOL_SOCKET, zsys.SCM_RIGHTS, []byte{1, 2, 3, 4, 5})
	b = zsys.AppendCmsg(b, zsys.SOL_SOCKET, zsys.SCM_CREDS, nil)
	if len(b) != zsys.CmsgSpace(5)+zsys.CmsgSpace(0) {
		t.Errorf("%d bytes", len(b))
	}
	h, data, rest := zsys.NextCmsg(b)
	if h == nil || h.Type != zsys.SCM_RIGHTS || !bytes.Equal(data, []byte{1, 2, 3, 4, 5}) {
		t.Fatalf("first: %+v, %v", h, data)
	}
	h, data, rest = zsys.NextCmsg(rest)
	if h == nil || h.Type != zsys.SCM_CREDS || len(data) != 0 || len(rest) != 0 {
		t.Fatalf("second: %+v, %v, %v", h, data, rest)
	}
	for n := range b[:zsys.CmsgLen(5)] {
		if h, _, _ := zsys.NextCmsg(b[:n]); h != nil {
			t.Errorf("a piece of %d bytes: %+v", n, h)
		}
	}
	zero := make([]byte, 64)
	if h, _, _ := zsys.NextCmsg(zero); h != nil {
		t.Errorf("a length of 0: %+v", h)
	}
}

func TestParseDirent(t *testing.T) {
	var b []byte
	for _, name := range []string{"a", "longer", ""} {
		size := (int(unsafe.Offsetof(zsys.Dirent{}.Name)) + len(name) + 8) &^ 7
		d := zsys.Dirent{Fileno: uint64(len(name)), Reclen: uint16(size), Type: zsys.DT_REG, Namlen: uint16(len(name))}
		copy(d.Name[:], name)
		b = append(b, zsys.Bytes(&d)[:size]...)
	}
	rest := b
	for _, want := range []string{"a", "longer", ""} {
		var d *zsys.Dirent
		var name string
		if d, name, rest = zsys.ParseDirent(rest); d == nil || name != want || int(d.Fileno) != len(want) || d.Type != zsys.DT_REG {
			t.Fatalf("%+v, %q, want %q", d, name, want)
		}
	}
	if d, _, _ := zsys.ParseDirent(rest); d != nil || len(rest) != 0 {
		t.Errorf("at the end: %+v, %d bytes", d, len(rest))
	}
	for n := range b[:24] {
		if d, _, _ := zsys.ParseDirent(b[:n]); d != nil {
			t.Errorf("a record cut to %d bytes: %+v", n, d)
		}
	}
}

func TestFdSet(t *testing.T) {
	var s zsys.FdSet
	for _, fd := range []int{0, 31, 32, 63, 64, zsys.FD_SETSIZE - 1} {
		if s.Set(fd); !s.IsSet(fd) || s.IsSet((fd+1)%zsys.FD_SETSIZE) {
			t.Errorf("%d: %v", fd, s.Bits)
		}
		if s.Clear(fd); s != (zsys.FdSet{}) {
			t.Errorf("%d is left: %v", fd, s.Bits)
		}
	}
}
