//go:build unix

package contract_test

import (
	"io"
	"os"
	"testing"

	"github.com/rawsys-go/rawsys/internal/transfer"
	"github.com/rawsys-go/rawsys/zsys"

	"github.com/rawsys-go/rawsys"
)

// TestRefusalIsRemembered by the Transfer until Reset, and by nothing else.
func TestRefusalIsRemembered(t *testing.T) {
	if transfer.Host.Max == 0 {
		t.Skip("everything is copied here: there is nothing to refuse")
	}
	data := content(200_000)
	file := tempFile(t, data[:100_000])
	dst, peer := connected(t, "tcp4", "127.0.0.1:0")
	go io.Copy(io.Discard, peer)
	tr := rawsys.Transfer{File: file, Count: int64(len(data)), Flags: zsys.SF_SYNC, Threshold: -1}
	if _, err := tr.WriteTo(dst); err != io.ErrUnexpectedEOF {
		t.Fatal(err)
	}
	if err := os.WriteFile(file.Name(), data, 0o600); err != nil {
		t.Fatal(err)
	}
	tr.Flags = 0
	for _, want := range []rawsys.Way{rawsys.ByCopy, rawsys.ByKernel} {
		if _, err := tr.WriteTo(dst); err != nil || tr.Progress().Way != want {
			t.Errorf("%v, by %v, want %v", err, tr.Progress().Way, want)
		}
		tr.Reset()
	}
}

// TestThresholdIsBounded: no override asks for a buffer of any size.
func TestThresholdIsBounded(t *testing.T) {
	if transfer.Host.Max == 0 {
		t.Skip("everything is copied here, whatever the threshold")
	}
	dst, peer := connected(t, "tcp4", "127.0.0.1:0")
	go io.Copy(io.Discard, peer)
	for _, size := range []int{1 << 20, 1<<20 + 1} {
		tr := rawsys.Transfer{File: tempFile(t, content(size)), Count: rawsys.ToEOF, Threshold: 64 << 20}
		want := rawsys.ByCopy
		if size > 1<<20 {
			want = rawsys.ByKernel
		}
		if _, err := tr.WriteTo(dst); err != nil || tr.Progress().Way != want {
			t.Errorf("%d bytes: %v, by %v", size, err, tr.Progress().Way)
		}
	}
}
