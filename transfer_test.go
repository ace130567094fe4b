//go:build unix

package rawsys

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"syscall"
	"testing"
)

// TestTransfer sends every shape of transfer over every kind of stream.
func TestTransfer(t *testing.T) {
	sizes := []int{0, 1, 4096, 64 << 10, 64<<10 + 1, 1<<20 + 3}
	for _, kind := range kinds {
		for _, size := range sizes {
			for _, count := range []int{0, size, size / 2} {
				t.Run(fmt.Sprintf("%s/%d/%d", kind.name, size, count), func(t *testing.T) {
					data := content(size)
					tr := Transfer{File: tempFile(t, data), Count: int64(count),
						Headers: [][]byte{[]byte("he"), nil, []byte("ader")}, Trailers: [][]byte{{}, []byte("trailer")}}
					if count > 0 {
						data = data[:count]
					}
					dst, peer := kind.make(t)
					got := received(t, peer)
					n, err := tr.WriteTo(dst)
					if want := int64(len(data) + 13); n != want || err != nil {
						t.Fatalf("WriteTo = %d, %v; want %d", n, err, want)
					}
					want := Progress{6, int64(len(data)), 7, count == 0, tr.Progress().Way}
					if p := tr.Progress(); p != want || (p.Way == 0) != (len(data) == 0) {
						t.Errorf("progress %+v, want %+v", p, want)
					}
					if n, err := tr.WriteTo(dst); n != 0 || err != nil {
						t.Errorf("once more: %d, %v", n, err)
					}
					dst.Close()
					mustArrive(t, <-got, []byte("header"), data, []byte("trailer"))
				})
			}
		}
	}
}

// TestShortFile: headers and what there is arrive, trailers do not.
func TestShortFile(t *testing.T) {
	for _, size := range []int{0, 10, 100_000} {
		for _, offset := range []int{0, 7, 200_000} {
			data := content(size)
			file := tempFile(t, data)
			data = data[min(offset, size):]
			dst, peer := connected(t, "tcp4", "127.0.0.1:0")
			got := received(t, peer)
			tr := Transfer{File: file, Offset: int64(offset), Count: math.MaxInt64 - int64(offset),
				Headers: [][]byte{[]byte("header")}, Trailers: [][]byte{[]byte("trailer")}}
			n, err := tr.WriteTo(dst)
			if want := int64(len(data) + 6); err != io.ErrUnexpectedEOF || n != want {
				t.Errorf("size %d, offset %d: %d, %v; want %d, unexpected EOF", size, offset, n, err, want)
			}
			if p := tr.Progress(); !p.EOF || p.Trailer != 0 {
				t.Errorf("size %d, offset %d: %+v", size, offset, p)
			}
			dst.Close()
			mustArrive(t, <-got, []byte("header"), data)
		}
	}
}

// TestArguments: what cannot be is refused before anything is sent.
func TestArguments(t *testing.T) {
	file := tempFile(t, content(10))
	header := [][]byte{[]byte("header")}
	for _, tr := range []Transfer{
		{File: file, Offset: -1, Headers: header},
		{File: file, Count: -1, Headers: header},
		{File: file, Offset: math.MinInt64, Count: math.MinInt64, Headers: header},
		{File: file, Flags: 0x20, Headers: header},
		{File: file, Flags: 0x8000, Headers: header},
	} {
		var b bytes.Buffer
		n, err := tr.WriteTo(&b)
		if n != 0 || !errors.Is(err, syscall.EINVAL) || b.Len() != 0 {
			t.Errorf("offset %d, count %d, flags %#x: %d, %v, and %d bytes", tr.Offset, tr.Count, tr.Flags, n, err, b.Len())
		}
	}
	tr := Transfer{Headers: header}
	if n, err := tr.WriteTo(io.Discard); n != 0 || err == nil {
		t.Errorf("no file: %d, %v", n, err)
	}
}
