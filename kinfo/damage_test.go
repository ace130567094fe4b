package kinfo

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/zsys"
)

// touch reads everything that a record says, whatever its bytes.
func touch(k *File) (n int) {
	if s, ok := k.Socket(); ok {
		for _, ss := range []*zsys.SockaddrStorage{&s.SaLocal, &s.SaPeer} {
			addrPort(ss)
			n += len(unixPath(ss)) + len(sockaddr(ss))
		}
		if s.Peer().IsValid() && s.Connected() && s.buffered() {
			n++
		}
	}
	if f, ok := k.Vnode(); ok {
		n += int(f.Mode)
	}
	if p, ok := k.Pipe(); ok {
		n += int(p.BufferSize)
	}
	return n + len(k.PathBytes())
}

// walk reads all records of buf, and fails the test if a Reader does not
// make its way through buf from front to back, or lies about where it stopped.
func walk(t testing.TB, buf []byte) (records, end int, err error) {
	r := newFileReader(buf)
	var k File
	for {
		ok, err := r.next(&k)
		if err != nil {
			var c *CorruptError
			if !errors.As(err, &c) {
				t.Fatalf("error of type %T: %v", err, err)
			}
			if c.Offset != end || c.Have != len(buf)-end || c.Reason == "" {
				t.Fatalf("%v: the record is at %d of %d", err, end, len(buf))
			}
			return records, end, err
		}
		if !ok {
			return records, end, nil
		}
		records++
		end += int(k.Structsize)
		touch(&k)
	}
}

// Every beginning of a capture yields the records that are whole, and an error
// unless it ends with one. With -short, every eighth: records end at those.
func TestEveryPrefix(t *testing.T) {
	needs.Kernel(t)
	data, records := readCapture(t, "testdata/filedesc-amd64.bin")
	step := 1
	if testing.Short() {
		step = 8
	}
	whole, wholeEnd := 0, 0 // records that fit, and where they end
	for n := 0; n <= len(data); n += step {
		if whole < len(records) && recordEnd(records[whole]) == n {
			whole, wholeEnd = whole+1, n
		}
		got, end, err := walk(t, data[:n:n])
		if got != whole || end != wholeEnd || (err == nil) != (end == n) {
			t.Fatalf("prefix of %d bytes: %d records to offset %d, %v; want %d to %d", n, got, end, err, whole, wholeEnd)
		}
	}
	if whole != len(records) {
		t.Errorf("%d records, want %d", whole, len(records))
	}
}

func recordEnd(record any) int {
	r := record.(object)
	off, _ := r["record_offset"].(interface{ Int64() (int64, error) }).Int64()
	size, _ := r["record_len"].(interface{ Int64() (int64, error) }).Int64()
	return int(off + size)
}

// No single wrong byte leads to a panic, an endless walk, or a read past the
// end. What a byte outside of the sizes can change is its own record. Every byte
// takes every value, but for a 32-bit process's captures, whose records have the
// same form, and with -short: there it takes five.
func TestEveryByteCorrupted(t *testing.T) {
	needs.Kernel(t)
	for _, name := range captures(t) {
		step := 1
		if strings.Contains(name, "-386") || testing.Short() {
			step = 51
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for off := 0; off < len(data); {
				size := int(le32(data[off:]))
				corrupt(t, data, off, data[off:off+size:off+size], step)
				off += size
			}
		})
	}
}

// corrupt tries every step-th value for each byte of one record.
func corrupt(t *testing.T, data []byte, off int, rec []byte, step int) {
	var k File
	for i, right := range rec {
		for delta := step; delta < 256; delta += step {
			rec[i] = right + byte(delta)
			if i < 4 { // the size: what follows is read from elsewhere
				walk(t, data[off:])
				continue
			}
			if err := oneFile(&k, rec); err != nil {
				t.Fatalf("record at %d, byte %d = %#x: %v", off, i, rec[i], err)
			}
			touch(&k)
		}
		rec[i] = right
	}
}

func TestCorruptSays(t *testing.T) {
	rec := func(size uint32, length int) []byte {
		b := make([]byte, length)
		b[0], b[1], b[2], b[3] = byte(size), byte(size>>8), byte(size>>16), byte(size>>24)
		return b
	}
	good := rec(376, 376)
	for _, tt := range []struct {
		bytes []byte
		want  string
	}{
		{[]byte{0x78}, "offset 376: size 0 of 1 bytes left: cut off within its size"},
		{rec(0, 376), "size 0 of 376 bytes left: the size is zero"},
		{rec(0xffffffff, 376), "size -1 of 376 bytes left: the size is negative"},
		{rec(0x80000000, 376), "size -2147483648 of 376 bytes left: the size is negative"},
		{rec(368, 376), "shorter than the shortest record, 376 bytes"},
		{rec(377, 384), "not a multiple of 8"},
		{rec(384, 383), "size 384 of 383 bytes left: the record is cut off"},
		{rec(0x7ffffff8, 400), "the record is cut off"},
	} {
		_, end, err := walk(t, append(bytes.Clone(good), tt.bytes...))
		if err == nil || end != 376 || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.8x…: stopped at %d: %v, want %q", tt.bytes, end, err, tt.want)
		}
	}
}

// A Reader has nothing more after an error.
func TestErrorEndsWalk(t *testing.T) {
	r := newFileReader(make([]byte, 800))
	var k File
	if ok, err := r.next(&k); ok || err == nil {
		t.Fatalf("zeros: %v, %v", ok, err)
	}
	if ok, err := r.next(&k); ok || err != nil {
		t.Errorf("after the error: %v, %v", ok, err)
	}
}

// A record without a NUL, and one that is longer than the structure because
// its kernel knows more fields, are read as far as they go.
func TestLongRecord(t *testing.T) {
	buf := bytes.Repeat([]byte{'x'}, 2000+376)
	copy(buf, []byte{2000 & 0xff, 2000 >> 8, 0, 0})
	copy(buf[2000:], []byte{376 & 0xff, 376 >> 8, 0, 0})
	r := newFileReader(buf)
	var k File
	for _, want := range []int{1024, 8} {
		if ok, err := r.next(&k); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if got := len(k.PathBytes()); got != want {
			t.Errorf("path of %d bytes, want %d", got, want)
		}
	}
}

// Types that this version does not know pass through, without a view.
func TestUnknownType(t *testing.T) {
	data, _ := readCapture(t, "testdata/fkinfo-regular-amd64.bin")
	for _, typ := range []byte{0, 6, 17, 200, 255} {
		data[4] = typ
		var k File
		if err := oneFile(&k, data); err != nil {
			t.Fatal(err)
		}
		if member, _ := viewOf(&k); member != "" || k.Mqueue() || k.Type != zsys.KfType(typ) {
			t.Errorf("type %d: read as %v with view %q", typ, k.Type, member)
		}
	}
}

// A record that the kernel could not fill in has no view.
func TestInvalidHasNoView(t *testing.T) {
	data, _ := readCapture(t, "testdata/fkinfo-regular-amd64.bin")
	data[336] = 0
	var k File
	if err := oneFile(&k, data); err != nil {
		t.Fatal(err)
	}
	if member, _ := viewOf(&k); member != "" || k.Valid() {
		t.Errorf("view %q of an invalid record", member)
	}
}

func FuzzReader(f *testing.F) {
	for _, name := range captures(f) {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[:min(len(data), 4000)])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		records, _, _ := walk(t, data)
		n := 0
		for _, err := range DecodeFiles(data) {
			if err == nil {
				n++
			}
		}
		if n != records {
			t.Errorf("DecodeFiles yields %d files, the reader found %d", n, records)
		}
		if !bytes.Equal(before, data) {
			t.Error("reading changed the bytes")
		}
	})
}
