package contract_test

import (
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
)

// copiedToo says that the kernel refused in the middle.
func copiedToo(t *testing.T, tr *rawsys.Transfer) {
	t.Helper()
	if way := tr.Progress().Way; way != rawsys.ByKernel|rawsys.ByCopy {
		t.Errorf("by %v", way)
	}
}

// TestDirect sends ranges that are no whole blocks of a file that is opened with
// O_DIRECT, in every form.
func TestDirect(t *testing.T) {
	data := content(300_001)
	file := directFile(t, data)
	head, tail := []byte("head"), []byte("tail")
	offsets, counts := []int64{1, 4096, 299_999}, []int64{rawsys.ToEOF, 5000, 200_000}
	if !testing.Short() {
		offsets, counts = append(offsets, 0, 512), append(counts, 1, 511, 70_001)
	}
	for _, offset := range offsets {
		for _, count := range counts {
			for _, threshold := range []int{0, -1} {
				want := data[offset:]
				short := count > int64(len(want))
				if count != rawsys.ToEOF {
					want = want[:min(count, int64(len(want)))]
				}
				trailer := tail
				if short {
					trailer = nil
				}
				check := func(form string, n int64, err error, got []byte) {
					t.Helper()
					if (err == io.ErrUnexpectedEOF) != short || err != nil && !short || n != int64(len(head)+len(want)+len(trailer)) {
						t.Errorf("%s of %d from %d, threshold %d: %d, %v", form, count, offset, threshold, n, err)
					}
					mustArrive(t, got, head, want, trailer)
				}
				tr := rawsys.Transfer{File: file, Offset: offset, Count: count, Headers: [][]byte{head}, Trailers: [][]byte{tail}, Threshold: threshold}
				forms := map[string]func(dst end) (int64, error){
					"WriteTo": func(dst end) (int64, error) { return tr.WriteTo(dst) },
					"Send":    func(dst end) (int64, error) { return tr.Send(descriptor(t, dst, false)) },
					"Sendfile": func(dst end) (int64, error) {
						return rawsys.Sendfile(descriptor(t, dst, false), int(file.Fd()), offset, max(count, 0), tr.Headers, tr.Trailers, 0)
					},
				}
				for form, send := range forms {
					dst, peer := connected(t, "tcp4", "127.0.0.1:0")
					got := received(t, peer)
					tr.Reset()
					n, err := send(dst)
					closeAll(dst)
					check(form, n, err, <-got)
				}
			}
		}
	}
}

// directFile is a file with O_DIRECT, on a file system that takes whole blocks alone.
func directFile(t *testing.T, data []byte) *os.File {
	t.Helper()
	file, err := os.OpenFile(tempFile(t, data).Name(), os.O_RDONLY|unix.O_DIRECT, 0)
	if err != nil {
		t.Skipf("needs a file system with O_DIRECT: %v", err)
	}
	t.Cleanup(func() { file.Close() })
	if _, err := unix.Pread(int(file.Fd()), make([]byte, 511), 1); err != unix.EINVAL {
		t.Skipf("needs a file system that takes whole blocks alone with O_DIRECT: a part gave %v", err)
	}
	return file
}
