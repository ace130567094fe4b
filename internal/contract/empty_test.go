//go:build unix

package contract_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/rawsys-go/rawsys"
)

// TestEmptyRange: a length of 0 that a header promises is kept, though the file
// has grown since it was looked at.
func TestEmptyRange(t *testing.T) {
	file := tempFile(t, nil)
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file.Name(), content(100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		for _, threshold := range []int{0, -1} {
			dst, peer := kind.make(t)
			got := received(t, peer)
			tr := rawsys.Transfer{File: file, Count: info.Size(), Threshold: threshold,
				Headers: [][]byte{[]byte("length 0\n")}, Trailers: [][]byte{[]byte("end\n")}}
			if n, err := tr.WriteTo(dst); n != 13 || err != nil {
				t.Errorf("%s: %d, %v, %+v", kind.name, n, err, tr.Progress())
			}
			dst.Close()
			mustArrive(t, <-got, []byte("length 0\nend\n"))
		}
	}
}

// TestUntouched: of which nothing is wanted, a file is not asked, be it closed.
func TestUntouched(t *testing.T) {
	file := tempFile(t, content(10))
	file.Close()
	frameAlone(t, &rawsys.Transfer{File: file, Headers: [][]byte{[]byte("head")}, Trailers: [][]byte{[]byte("tail")}})
}

// frameAlone sends a header, head, and a trailer, tail, twice to each kind of
// destination: by WriteTo and by Send.
func frameAlone(t *testing.T, tr *rawsys.Transfer) {
	t.Helper()
	for _, kind := range kinds {
		dst, peer := kind.make(t)
		got := received(t, peer)
		tr.Reset()
		if n, err := tr.WriteTo(dst); n != 8 || err != nil {
			t.Errorf("%s: WriteTo: %d, %v", kind.name, n, err)
		}
		tr.Reset()
		if n, err := tr.Send(descriptor(t, dst, false)); n != 8 || err != nil {
			t.Errorf("%s: Send: %d, %v", kind.name, n, err)
		}
		closeAll(dst)
		mustArrive(t, <-got, []byte("headtailheadtail"))
	}
}

// TestNoFile: headers and trailers alone, by every form, without a file.
func TestNoFile(t *testing.T) {
	tr := rawsys.Transfer{Headers: [][]byte{[]byte("head")}, Trailers: [][]byte{[]byte("tail")}}
	frameAlone(t, &tr)
	tr.Reset()
	var b bytes.Buffer
	if n, err := b.ReadFrom(&tr); n != 8 || err != nil || b.String() != "headtail" {
		t.Errorf("Read: %d, %v, %q", n, err, &b)
	}
	tr.Reset()
	b.Reset()
	if n, err := tr.WriteTo(&b); n != 8 || err != nil || b.String() != "headtail" {
		t.Errorf("WriteTo a buffer: %d, %v, %q", n, err, &b)
	}
}
