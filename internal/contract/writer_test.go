package contract_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rawsys-go/rawsys"
)

func message(t testing.TB, size int) (*rawsys.Transfer, string) {
	t.Helper()
	body := strings.Repeat("0123456789", size/10+1)[:size]
	return &rawsys.Transfer{
		File: strings.NewReader(body), Count: int64(size),
		Headers: [][]byte{[]byte("head"), nil, []byte("er")}, Trailers: [][]byte{{}, []byte("trailer")},
	}, "header" + body + "trailer"
}

// TestWriter: any writer gets the message, a small one in a single Write.
func TestWriter(t *testing.T) {
	for _, size := range []int{0, 1, 30_000, 64 << 10, 1_000_000} {
		tr, want := message(t, size)
		var got bytes.Buffer
		writes := 0
		n, err := io.Copy(writerFunc(func(p []byte) (int, error) {
			writes++
			return got.Write(p)
		}), tr)
		if n != int64(len(want)) || err != nil || got.String() != want {
			t.Errorf("size %d: %d, %v, and %d bytes", size, n, err, got.Len())
		}
		if size < 64<<10 && writes != 1 {
			t.Errorf("size %d: %d writes", size, writes)
		}
		if p := tr.Progress(); p.File != int64(size) || (p.Way == rawsys.ByCopy) != (size > 0) {
			t.Errorf("size %d: %+v", size, p)
		}
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestWriterFails: the count is right after each error, and the next WriteTo goes on there.
func TestWriterFails(t *testing.T) {
	broken := errors.New("broken")
	for _, step := range []int{1, 7, 100, 5000, 100_000} {
		tr, want := message(t, 10_000)
		var got strings.Builder
		for total := int64(0); ; {
			room := step
			n, err := tr.WriteTo(writerFunc(func(p []byte) (int, error) {
				k := min(len(p), room)
				got.Write(p[:k])
				if room -= k; k < len(p) {
					return k, broken
				}
				return k, nil
			}))
			if total += n; total != int64(got.Len()) || tr.Progress().Sent() != total {
				t.Fatalf("step %d: %d counted, %d written, %+v", step, total, got.Len(), tr.Progress())
			}
			if err == nil {
				break
			}
			if err != broken {
				t.Fatal(err)
			}
		}
		if got.String() != want {
			t.Errorf("step %d: %d bytes, not the message", step, got.Len())
		}
	}
}

// TestBadWriters: counts that cannot be, and short ones without an error.
func TestBadWriters(t *testing.T) {
	for _, n := range []int{-1, 1 << 30} {
		tr, _ := message(t, 10)
		sent, err := tr.WriteTo(writerFunc(func([]byte) (int, error) { return n, nil }))
		if sent != 0 || err == nil {
			t.Errorf("a writer that says %d: %d, %v", n, sent, err)
		}
	}
	for n := range 2 {
		tr, _ := message(t, 10)
		sent, err := tr.WriteTo(writerFunc(func([]byte) (int, error) { return n, nil }))
		if sent != int64(n) || err != io.ErrShortWrite {
			t.Errorf("a writer that takes %d: %d, %v", n, sent, err)
		}
	}
}

// TestReader: a Transfer read instead of written.
func TestReader(t *testing.T) {
	for _, size := range []int{0, 1, 1000} {
		tr, want := message(t, size)
		if err := iotest.TestReader(tr, []byte(want)); err != nil {
			t.Errorf("size %d: %v", size, err)
		}
		tr.Reset()
		got, err := io.ReadAll(iotest.OneByteReader(tr))
		if string(got) != want || err != nil || tr.Progress().Sent() != int64(len(want)) {
			t.Errorf("size %d: %q, %v, %+v", size, got, err, tr.Progress())
		}
	}
	tr, want := message(t, 10)
	tr.Count = 11
	got, err := io.ReadAll(tr)
	if want = strings.TrimSuffix(want, "trailer"); string(got) != want || err != io.ErrUnexpectedEOF {
		t.Errorf("short file: %q, %v", got, err)
	}
}

// TestReadThenWrite: both go on from where the other stopped.
func TestReadThenWrite(t *testing.T) {
	for k := range 30 {
		tr, want := message(t, 10)
		start := make([]byte, k)
		n, err := io.ReadFull(tr, start)
		var rest strings.Builder
		if _, e := tr.WriteTo(&rest); e != nil || string(start[:n])+rest.String() != want {
			t.Errorf("after %d bytes, %v: %q, %v", n, err, rest.String(), e)
		}
	}
}

// TestSourceFails: an error of the source is told with the true count, after
// the bytes in front of it.
func TestSourceFails(t *testing.T) {
	broken := errors.New("broken")
	tr, want := message(t, 100)
	tr.File = readerAtFunc(func(p []byte, off int64) (int, error) {
		return copy(p, want[6+off:56]), broken
	})
	var got strings.Builder
	n, err := tr.WriteTo(&got)
	if n != 56 || got.String() != want[:56] || err != broken {
		t.Errorf("%d, %v, %q", n, err, got.String())
	}
}

type readerAtFunc func(p []byte, off int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// TestHTTP sends as a handler does, over plain connections and TLS.
func TestHTTP(t *testing.T) {
	tr, want := message(t, 300_000)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		m := *tr
		if _, err := m.WriteTo(w); err != nil {
			t.Error(err)
		}
	})
	for name, server := range map[string]*httptest.Server{"plain": httptest.NewServer(handler), "TLS": httptest.NewTLSServer(handler)} {
		resp, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		server.Close()
		if string(got) != want || err != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// TestErrorWithBytes: a reader that gives bytes and an error at once, as an
// io.ReaderAt may, has both passed on.
func TestErrorWithBytes(t *testing.T) {
	broken := errors.New("checksum")
	data := strings.Repeat("0123456789", 30_000)
	once := true
	file := readerAtFunc(func(p []byte, off int64) (int, error) {
		n := copy(p, data[off:])
		if off <= 65_536 && off+int64(n) > 65_536 && once {
			once = false
			return int(65_536 - off + 100), broken
		}
		return n, nil
	})
	tr := rawsys.Transfer{File: file, Count: int64(len(data)), Trailers: [][]byte{[]byte("tail")}}
	var w strings.Builder
	if n, err := tr.WriteTo(&w); n != 65_636 || err != broken || w.String() != data[:n] {
		t.Errorf("%d, %v, %+v", n, err, tr.Progress())
	}
	if _, err := tr.WriteTo(&w); err != nil || w.String() != data+"tail" {
		t.Errorf("once more: %v, %+v", err, tr.Progress())
	}
}

// TestPanic: what left before a caller's Write or ReadAt panicked is known, and a
// transfer goes on after it.
func TestPanic(t *testing.T) {
	for _, where := range []string{"Write", "ReadAt"} {
		tr, want := message(t, 300_000)
		whole, calls := tr.File, 0
		var got strings.Builder
		crash := func(what string) {
			if calls++; what == where && calls > 4 {
				calls = -1000
				panic("caller's own")
			}
		}
		tr.File = readerAtFunc(func(p []byte, off int64) (int, error) { crash("ReadAt"); return whole.ReadAt(p, off) })
		w := writerFunc(func(p []byte) (int, error) { crash("Write"); return got.Write(p) })
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", where)
				}
			}()
			tr.WriteTo(w)
		}()
		if n := tr.Progress().Sent(); n == 0 || n != int64(got.Len()) {
			t.Errorf("%s: progress %d, %d bytes left", where, n, got.Len())
		}
		if n, err := tr.WriteTo(w); err != nil || got.String() != want {
			t.Errorf("%s: once more: %d, %v, %d bytes", where, n, err, got.Len())
		}
	}
}
