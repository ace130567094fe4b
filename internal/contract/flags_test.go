//go:build unix

package contract_test

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/zsys"

	"github.com/rawsys-go/rawsys"
)

// TestSyncHonoursDeadlines: no flag makes a transfer wait for the peer longer
// than the connection may.
func TestSyncHonoursDeadlines(t *testing.T) {
	for _, kind := range kinds {
		tr, _ := bigTransfer(t)
		tr.Flags = zsys.SF_SYNC
		dst, peer := kind.make(t)
		if err := dst.SetDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
			t.Logf("%s left out, no deadlines here: %v", kind.name, err)
			continue
		}
		gone := time.AfterFunc(5*time.Second, func() { peer.Close() })
		n, err := tr.WriteTo(dst)
		gone.Stop()
		if p := tr.Progress(); !errors.Is(err, os.ErrDeadlineExceeded) || n != p.Sent() || p.Way != rawsys.ByCopy {
			t.Errorf("%s: %d, %v, %+v", kind.name, n, err, p)
		}
	}
}

// TestContradictingFlags: what one flag needs another forbids.
func TestContradictingFlags(t *testing.T) {
	dst, _ := pipe(t)
	tr := rawsys.Transfer{File: tempFile(t, content(10)), Count: rawsys.ToEOF, Flags: zsys.SF_SYNC | zsys.SF_NODISKIO}
	if n, err := tr.WriteTo(dst); n != 0 || !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Errorf("%d, %v", n, err)
	}
}
