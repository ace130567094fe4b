package kinfo

import (
	"bytes"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

// A record decoded into one that was used before is the same as one decoded
// into zeros: nothing of a longer path stays behind.
func TestReuse(t *testing.T) {
	data, _ := readCapture(t, "testdata/filedesc-amd64.bin")
	var reused File
	var lengths []int32
	reading, fresh := newFileReader(data), newFileReader(data)
	for {
		var k File
		ok, err := reading.next(&reused)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		if ok, err := fresh.next(&k); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if !bytes.Equal(fileBytes(&k), fileBytes(&reused)) {
			t.Errorf("fd %d: differs from a fresh record", k.Fd)
		}
		lengths = append(lengths, k.Structsize)
	}
	if slices.IsSorted(lengths) {
		t.Error("no record follows a longer one: nothing was tested")
	}
}

// The runs that a big-endian host turns round are the integers of the
// structures, all of them and nothing else.
func TestRunsCoverStructs(t *testing.T) {
	var k zsys.KinfoFile
	union := reflect.TypeOf(k).Field(7)
	head := integers(reflect.TypeOf(k), 0, union.Name)
	if got := expand(headRuns); !slices.Equal(got, head) {
		t.Errorf("head:\n got %v\nwant %v", got, head)
	}
	for typ, member := range map[zsys.KfType]any{
		zsys.KF_TYPE_VNODE: k.File(), zsys.KF_TYPE_FIFO: k.File(), zsys.KF_TYPE_DEV: k.File(), zsys.KF_TYPE_SHM: k.File(),
		zsys.KF_TYPE_SOCKET: k.Sock(), zsys.KF_TYPE_PIPE: k.Pipe(), zsys.KF_TYPE_KQUEUE: k.Kqueue(), zsys.KF_TYPE_SEM: k.Sem(),
		zsys.KF_TYPE_PTS: k.Pts(), zsys.KF_TYPE_PROCDESC: k.Proc(), zsys.KF_TYPE_EVENTFD: k.Eventfd(),
		zsys.KF_TYPE_TIMERFD: k.Timerfd(), zsys.KF_TYPE_INOTIFY: k.Inotify(), zsys.KF_TYPE_JAILDESC: k.Jail(),
	} {
		want := integers(reflect.TypeOf(member).Elem(), union.Offset, "")
		if got := expand(unionRuns(typ)); !slices.Equal(got, want) {
			t.Errorf("type %v:\n got %v\nwant %v", typ, got, want)
		}
	}
}

type place struct{ off, width int }

// integers lists the integers of more than a byte in a structure, but for the
// field skip and for socket addresses.
func integers(typ reflect.Type, off uintptr, skip string) (list []place) {
	switch {
	case typ == reflect.TypeFor[zsys.SockaddrStorage]():
	case typ.Kind() == reflect.Struct:
		for i := range typ.NumField() {
			if f := typ.Field(i); f.Name != skip {
				list = append(list, integers(f.Type, off+f.Offset, "")...)
			}
		}
	case typ.Kind() == reflect.Array:
		for i := range typ.Len() {
			list = append(list, integers(typ.Elem(), off+uintptr(i)*typ.Elem().Size(), "")...)
		}
	case typ.Size() > 1:
		list = append(list, place{int(off), int(typ.Size())})
	}
	return list
}

func expand(runs []run) (list []place) {
	for _, r := range runs {
		for i := range r.count {
			list = append(list, place{r.off + i*r.width, r.width})
		}
	}
	return list
}

func TestSockaddr(t *testing.T) {
	in6 := []byte{28, 28, 0x1f, 0x90, 0, 0, 0, 0, 0xfe, 0x80, 14: 0, 23: 1, 24: 3, 27: 0}
	for _, tt := range []struct {
		name  string
		bytes []byte
		addr  string
		path  string
	}{
		{"none", nil, "", ""},
		{"only a length", []byte{1}, "", ""},
		{"inet", []byte{16, 2, 0, 80, 192, 0, 2, 1, 15: 0}, "192.0.2.1:80", ""},
		{"inet, short", []byte{15, 2, 0, 80, 192, 0, 2, 1, 15: 0}, "", ""},
		{"inet6 with scope", in6, "[fe80::1%3]:8080", ""},
		{"inet6, short", append([]byte{27}, in6[1:]...), "", ""},
		{"unix", append([]byte{7, 1}, "/a/b\x00xx"...), "", "/a/b"},
		{"unix without a NUL", append([]byte{6, 1}, "/a/bxx"...), "", "/a/b"},
		{"unix, longer than the storage", append([]byte{255, 1}, bytes.Repeat([]byte{'x'}, 126)...), "", string(bytes.Repeat([]byte{'x'}, 126))},
		{"route", []byte{16, 17, 15: 0}, "", ""},
	} {
		var ss zsys.SockaddrStorage
		ss.Len = 255 // so that Sockaddr gives the whole memory
		copy(sockaddr(&ss), tt.bytes)
		if tt.bytes == nil {
			ss.Len = 0
		}
		var addr netip.AddrPort
		if tt.addr != "" {
			addr = netip.MustParseAddrPort(tt.addr)
		}
		if got := addrPort(&ss); got != addr {
			t.Errorf("%s: address %v, want %v", tt.name, got, addr)
		}
		if got := string(unixPath(&ss)); got != tt.path {
			t.Errorf("%s: path %q, want %q", tt.name, got, tt.path)
		}
	}
}

// What the captured process had opened says which sockets are connected and
// which listen.
func TestSocketState(t *testing.T) {
	data, records := readCapture(t, "testdata/filedesc-amd64.bin")
	r := newFileReader(data)
	var k File
	seen := 0
	for _, rec := range records {
		if ok, err := r.next(&k); !ok || err != nil {
			t.Fatal(ok, err)
		}
		s, ok := k.Socket()
		if !ok {
			continue
		}
		seen++
		_, err := netip.ParseAddrPort(s.Peer().String())
		peer, _ := rec.(object)["known"].(object)["peer"].(string)
		connected := len(peer) > 0 && peer[0] != 'e' // an address in hex, or "error: ..."
		if inet := s.Domain0 != zsys.AF_UNIX; s.Connected() != connected || inet && (err == nil) != connected {
			t.Errorf("fd %d: connected %v, peer %v; getpeername says %s", k.Fd, s.Connected(), s.Peer(), peer)
		}
		if stream := s.Type0 == zsys.SOCK_STREAM; s.buffered() != (connected || !stream) {
			t.Errorf("fd %d: buffered %v", k.Fd, s.buffered())
		}
		if s.buffered() && s.RcvSbState != 0 {
			t.Errorf("fd %d: receive buffer state %#x of a healthy socket", k.Fd, s.RcvSbState)
		}
	}
	if seen < 20 {
		t.Errorf("%d sockets seen", seen)
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	data, _ := readCapture(t, "testdata/filedesc-amd64.bin")
	var k File
	allocs := testing.AllocsPerRun(100, func() {
		r := newFileReader(data)
		for {
			if ok, err := r.next(&k); !ok || err != nil {
				return
			}
			if s, ok := k.Socket(); ok {
				s.Peer()
				addrPort(&s.SaLocal)
				unixPath(&s.SaLocal)
			}
			k.PathBytes()
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for a table", allocs)
	}
}
