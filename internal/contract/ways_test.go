//go:build unix

package contract_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys"
)

// TestTransfer sends every shape of transfer over every kind of stream.
func TestTransfer(t *testing.T) {
	sizes := []int{0, 1, 4096, 64 << 10, 64<<10 + 1, 1<<20 + 3}
	for _, kind := range kinds {
		for _, size := range sizes {
			for _, count := range []int{rawsys.ToEOF, 0, size, size / 2} {
				t.Run(fmt.Sprintf("%s/%d/%d", kind.name, size, count), func(t *testing.T) {
					data := content(size)
					tr := rawsys.Transfer{File: tempFile(t, data), Count: int64(count),
						Headers: [][]byte{[]byte("he"), nil, []byte("ader")}, Trailers: [][]byte{{}, []byte("trailer")}}
					if count >= 0 {
						data = data[:count]
					}
					dst, peer := kind.make(t)
					got := received(t, peer)
					n, err := tr.WriteTo(dst)
					if want := int64(len(data) + 13); n != want || err != nil {
						t.Fatalf("WriteTo = %d, %v; want %d", n, err, want)
					}
					want := rawsys.Progress{Header: 6, File: int64(len(data)), Trailer: 7, EOF: count == rawsys.ToEOF, Way: tr.Progress().Way}
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
			tr := rawsys.Transfer{File: file, Offset: int64(offset), Count: math.MaxInt64 - int64(offset),
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
	for _, tr := range []rawsys.Transfer{
		{File: file, Offset: -1, Headers: header},
		{File: file, Count: -2, Headers: header},
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
	for _, count := range []int64{1, rawsys.ToEOF} {
		tr := rawsys.Transfer{Headers: header, Count: count}
		if n, err := tr.WriteTo(io.Discard); n != 0 || !errors.Is(err, os.ErrInvalid) {
			t.Errorf("no file, count %d: %d, %v", count, n, err)
		}
	}
}
