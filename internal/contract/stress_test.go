//go:build unix

package contract_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
)

// TestManyTransfers sends 10,000 transfers over 100 connections at a time and
// compares hashes; afterwards no descriptor and no goroutine is left over.
func TestManyTransfers(t *testing.T) {
	for _, procs := range []int{1, runtime.NumCPU()} {
		t.Run(fmt.Sprintf("GOMAXPROCS=%d", procs), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			manyTransfers(t, 100, shorter(100, 3))
		})
	}
}

// TestSignalStorm does the same, on fewer connections, while signals rain.
func TestSignalStorm(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	defer signal.Stop(signals)
	stop := make(chan struct{})
	var storm sync.WaitGroup
	storm.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-signals:
			default:
				syscall.Kill(os.Getpid(), syscall.SIGUSR1)
				time.Sleep(20 * time.Microsecond)
			}
		}
	})
	manyTransfers(t, 10, shorter(100, 8))
	t.Run("blocking", blockingTransfers)
	close(stop)
	storm.Wait()
}

// shorter is n, or less with -short.
func shorter(n, short int) int {
	if testing.Short() {
		return short
	}
	return n
}

// manyTransfers runs connections at once, each with many transfers in a row.
func manyTransfers(t *testing.T, connections, each int) {
	t.Helper()
	data := content(1 << 20)
	file := tempFile(t, data)
	descriptors, goroutines := openDescriptors(t), runtime.NumGoroutine()
	var wg sync.WaitGroup
	for i := range connections {
		kind := kinds[i%len(kinds)]
		dst, peer := kind.make(t)
		smallBuffers(dst)
		wg.Go(func() {
			defer dst.Close()
			if err := sendMany(dst, file, data, each, uint64(i)); err != nil {
				t.Errorf("%s, sender: %v", kind.name, err)
			}
		})
		wg.Go(func() {
			defer peer.Close()
			if n, err := receiveMany(peer); n != each || err != nil {
				t.Errorf("%s, receiver: %d transfers, %v", kind.name, n, err)
			}
		})
	}
	wg.Wait()
	runtime.GC()
	for range 100 {
		if openDescriptors(t) <= descriptors && runtime.NumGoroutine() <= goroutines {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d descriptors and %d goroutines, before: %d and %d", openDescriptors(t), runtime.NumGoroutine(), descriptors, goroutines)
}

// sendMany sends transfers whose header tells their length and whose trailer
// is their hash.
func sendMany(w io.Writer, file *os.File, data []byte, n int, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, 4))
	for range n {
		size := rng.IntN([]int{2, 1000, 70_000, len(data) / 4}[rng.IntN(4)])
		offset := rng.IntN(len(data) - size)
		length := binary.BigEndian.AppendUint32(nil, uint32(size))
		sum := sha256.Sum256(data[offset : offset+size])
		tr := rawsys.Transfer{File: file, Offset: int64(offset), Count: int64(size),
			Headers: [][]byte{length[:1], length[1:]}, Trailers: [][]byte{sum[:9], nil, sum[9:]}}
		if sent, err := tr.WriteTo(w); err != nil || sent != int64(size+4+len(sum)) {
			return fmt.Errorf("%d bytes from %d: %d, %w", size, offset, sent, err)
		}
	}
	return nil
}

// receiveMany checks transfers until the stream ends.
func receiveMany(r io.Reader) (n int, err error) {
	in := bufio.NewReader(r)
	for ; ; n++ {
		var length [4]byte
		if _, err := io.ReadFull(in, length[:]); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
		hash := sha256.New()
		if _, err := io.CopyN(hash, in, int64(binary.BigEndian.Uint32(length[:]))); err != nil {
			return n, err
		}
		var sum [sha256.Size]byte
		if _, err := io.ReadFull(in, sum[:]); err != nil {
			return n, err
		}
		if [sha256.Size]byte(hash.Sum(nil)) != sum {
			return n, fmt.Errorf("transfer %d of %x bytes has another content", n, length)
		}
	}
}

// blockingTransfers sends on a blocking descriptor, where a signal may stop
// the call in the middle.
func blockingTransfers(t *testing.T) {
	data := content(shorter(1<<20, 1<<18))
	file, more := tempFile(t, data), data[:shorter(100_000, 50_000)]
	for _, kind := range kinds {
		dst, peer := kind.make(t)
		smallBuffers(dst)
		got := received(t, peer)
		n, err := rawsys.Sendfile(descriptor(t, dst, false), int(file.Fd()), 0, 0, [][]byte{more}, [][]byte{more}, 0)
		if err != nil || n != int64(len(data)+2*len(more)) {
			t.Errorf("%s: %d, %v", kind.name, n, err)
		}
		closeAll(dst)
		mustArrive(t, <-got, more, data, more)
	}
}

// openDescriptors counts the descriptors that are open.
func openDescriptors(t testing.TB) (n int) {
	t.Helper()
	for fd := range 4096 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			n++
		}
	}
	return n
}

// TestLargeFile sends more than 4 GiB, past what 32 bits count, of a sparse
// file with marks at the places where counts have gone wrong: to a connection by the
// kernel, and to a writer by the copy, which spares the way through the network.
func TestLargeFile(t *testing.T) {
	const size = 1<<32 + 1<<20
	marks := []int64{0, 1<<31 - 3, 1<<32 - 3, size - 6}
	file := tempFile(t, nil)
	w, err := os.OpenFile(file.Name(), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, m := range marks {
		if _, err := w.WriteAt([]byte("marked"), m); err != nil {
			t.Skipf("no large sparse file here: %v", err)
		}
	}
	offset, want := int64(1), int64(size-1)
	tr := rawsys.Transfer{File: file, Offset: offset, Count: rawsys.ToEOF, Trailers: [][]byte{[]byte("trailer")}}
	if testing.Short() {
		offset, want = marks[2], 1<<19 // the part beyond 4 GiB would do, and the beginning of it
		tr.Offset, tr.Count = offset, want
	}
	send := func(dst io.Writer, peer io.Reader, done func() error) {
		t.Helper()
		tr.Reset()
		result := make(chan error, 1)
		go func() {
			_, err := tr.WriteTo(dst)
			done()
			result <- err
		}()
		checkSparse(t, peer, offset, want, marks)
		if err := <-result; err != nil || tr.Progress().File != want {
			t.Errorf("%v, %+v", err, tr.Progress())
		}
	}
	dst, peer := connected(t, "tcp4", "127.0.0.1:0")
	send(dst, peer, dst.(*net.TCPConn).CloseWrite)
	r, pipe := io.Pipe()
	send(pipe, r, pipe.Close)
}

// checkSparse reads length bytes of the marked file from offset, and a trailer.
func checkSparse(t *testing.T, r io.Reader, offset, length int64, marks []int64) {
	t.Helper()
	buf := make([]byte, 1<<20)
	zero := make([]byte, len(buf))
	for at := offset; at < offset+length; {
		n, err := io.ReadFull(r, buf[:min(int64(len(buf)), offset+length-at)])
		if err != nil {
			t.Fatalf("at %d: %v", at, err)
		}
		want := zero[:n]
		for _, m := range marks {
			if m < at+int64(n) && m+6 > at {
				want = append([]byte(nil), want...)
				for i, c := range []byte("marked") {
					if p := m + int64(i) - at; p >= 0 && p < int64(n) {
						want[p] = c
					}
				}
			}
		}
		if string(buf[:n]) != string(want) {
			t.Fatalf("wrong bytes between %d and %d", at, at+int64(n))
		}
		at += int64(n)
	}
	if rest, err := io.ReadAll(r); string(rest) != "trailer" || err != nil {
		t.Fatalf("ends with %q, %v", rest, err)
	}
}

// TestLargeHeaders sends more than 2 GiB of headers.
func TestLargeHeaders(t *testing.T) {
	if testing.Short() {
		t.Skip("sends 2 GiB: not with -short")
	}
	block := content(1 << 20)
	headers := make([][]byte, 2050)
	for i := range headers {
		headers[i] = block
	}
	dst, peer := connected(t, "unix", socketPath(t))
	tr := rawsys.Transfer{File: tempFile(t, []byte("file")), Count: rawsys.ToEOF, Headers: headers}
	result := make(chan error, 1)
	go func() {
		_, err := tr.WriteTo(dst)
		dst.Close()
		result <- err
	}()
	buf := make([]byte, len(block))
	for i := range headers {
		if _, err := io.ReadFull(peer, buf); err != nil || string(buf) != string(block) {
			t.Fatalf("header %d: %v", i, err)
		}
	}
	if rest, err := io.ReadAll(peer); string(rest) != "file" || err != nil {
		t.Errorf("ends with %q, %v", rest, err)
	}
	if err := <-result; err != nil {
		t.Error(err)
	}
}
