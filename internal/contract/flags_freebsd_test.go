package contract_test

import (
	"bytes"
	"errors"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"

	"github.com/rawsys-go/rawsys"
)

// TestFlagsReachTheKernel: what is advice changes nothing about what arrives.
func TestFlagsReachTheKernel(t *testing.T) {
	data := content(300_000)
	for _, flags := range []int{
		zsys.SF_NODISKIO,
		zsys.SF_MNOWAIT,
		zsys.SF_USER_READAHEAD | 4<<16,
		zsys.SF_NODISKIO | zsys.SF_USER_READAHEAD | 0x7fff<<16,
		zsys.SF_NOCACHE,
	} {
		for _, kind := range kinds[:2] { // to the others all is copied
			file := tempFile(t, data) // just written, so that SF_NODISKIO finds it in memory
			dst, peer := kind.make(t)
			got := received(t, peer)
			tr := rawsys.Transfer{File: file, Count: rawsys.ToEOF, Flags: flags, Headers: [][]byte{[]byte("head")}, Trailers: [][]byte{[]byte("tail")}}
			n, err := tr.WriteTo(dst)
			if p := tr.Progress(); n != int64(len(data)+8) || err != nil || flags&zsys.SF_NODISKIO != 0 && p.Way != rawsys.ByKernel {
				t.Errorf("%s, flags %#x: %d, %v, %+v", kind.name, flags, n, err, p)
			}
			dst.Close()
			mustArrive(t, <-got, []byte("head"), data, []byte("tail"))
		}
	}
}

// TestNoDiskIORefused: what the kernel does not send is not copied with SF_NODISKIO.
func TestNoDiskIORefused(t *testing.T) {
	file := tempFile(t, content(10))
	pipe, _ := pipe(t)
	socket, _ := connected(t, "tcp4", "127.0.0.1:0")
	for _, c := range []struct {
		what string
		send func(*rawsys.Transfer) (int64, error)
		err  error
	}{
		{"to a pipe", func(tr *rawsys.Transfer) (int64, error) { return tr.WriteTo(pipe) }, syscall.ENOTSOCK},
		{"to a writer", func(tr *rawsys.Transfer) (int64, error) { return tr.WriteTo(new(bytes.Buffer)) }, syscall.EOPNOTSUPP},
		{"read", func(tr *rawsys.Transfer) (int64, error) {
			n, err := tr.Read(make([]byte, 100))
			return int64(n), err
		}, syscall.EOPNOTSUPP},
		{"from memory", func(tr *rawsys.Transfer) (int64, error) {
			tr.File = bytes.NewReader(content(10))
			return tr.WriteTo(socket)
		}, syscall.EOPNOTSUPP},
	} {
		tr := rawsys.Transfer{File: file, Count: rawsys.ToEOF, Flags: zsys.SF_NODISKIO, Headers: [][]byte{[]byte("head")}}
		if n, err := c.send(&tr); n != 0 || !errors.Is(err, c.err) || tr.Progress() != (rawsys.Progress{}) {
			t.Errorf("%s: %d, %v, %+v", c.what, n, err, tr.Progress())
		}
	}
}
