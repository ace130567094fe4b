package sysctl

import (
	"strings"
	"testing"
)

func TestInteger(t *testing.T) {
	for _, tt := range []struct {
		b      string
		signed bool
		want   uint64
	}{
		{"\xff", false, 255}, {"\xff", true, 1<<64 - 1}, {"\x01\x80", false, 0x8001}, {"\x01\x80", true, 0xffff_ffff_ffff_8001},
		{"\x78\x56\x34\x12", true, 0x12345678}, {"\xff\xff\xff\xff", true, 1<<64 - 1}, {"\xff\xff\xff\xff", false, 1<<32 - 1},
		{"\x01\x02\x03\x04\x05\x06\x07\x88", false, 0x8807060504030201},
	} {
		if got, err := integer([]byte(tt.b), tt.signed); got != tt.want || err != nil {
			t.Errorf("%x, signed %v: %#x, %v; want %#x", tt.b, tt.signed, got, err, tt.want)
		}
	}
	for _, n := range []int{0, 3, 5, 16} {
		if _, err := integer(make([]byte, n), false); err == nil || !strings.Contains(err.Error(), "an integer has 1, 2, 4 or 8") {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestFormat(t *testing.T) {
	var n Node
	if err := n.decodeFormat([]byte("\x05\x00\x08\x80S,timeval\x00")); err != nil || n.Kind != KindOpaque || n.Format != "S,timeval" || n.Flags&Readable == 0 || n.Flags&Writable != 0 {
		t.Errorf("%+v, %v", n, err)
	}
	if err := n.decodeFormat([]byte{1, 2, 3, 4}); err == nil {
		t.Error("four bytes are a format")
	}
	if KindInt.Signed() != true || KindUint8.Signed() || KindString.Integer() || !KindUlong.Integer() || Kind(99).Integer() || Kind(99).String() != "Kind(99)" || KindUint32.String() != "uint32" {
		t.Error("kinds")
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{"": "", "a\x00": "a", "a\x00b\x00": "a", "ab": "ab"} {
		if got := text([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := wrongLength(8, 16); got != "the value has 8 bytes, the structure 16" {
		t.Error(got)
	}
}

func TestMIB(t *testing.T) {
	m := decodeMIB([]byte{1, 0, 0, 0, 14, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	if m.String() != "1.14.-1" || !m.below(MIB{1, 14}) || !m.below(nil) || m.below(MIB{1, 15}) || (MIB{1}).below(m) || (MIB{}).String() != "" {
		t.Errorf("%v", m)
	}
}

func TestPlain(t *testing.T) {
	type inner struct {
		A [3]uint16
		_ float64
	}
	for _, tt := range []struct {
		err error
		ok  bool
	}{
		{plain[int32](), true}, {plain[inner](), true}, {plain[struct{ B inner }](), true},
		{plain[*int](), false}, {plain[string](), false}, {plain[bool](), false}, {plain[struct{ P []byte }](), false}, {plain[any](), false},
	} {
		if (tt.err == nil) != tt.ok {
			t.Errorf("%v, want %v", tt.err, tt.ok)
		}
	}
}

func FuzzNode(f *testing.F) {
	f.Add([]byte("\x05\x00\x08\x80S,timeval\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var n Node
		if err := n.decodeFormat(b); err == nil && len(n.Format) > len(b) {
			t.Errorf("%+v of %d bytes", n, len(b))
		}
		if m := decodeMIB(b); len(m) != len(b)/4 {
			t.Errorf("%d numbers of %d bytes", len(m), len(b))
		}
		if v, err := integer(b, true); err == nil && len(b) > 8 {
			t.Errorf("%d of %d bytes", v, len(b))
		}
	})
}
