package main

import (
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
)

// BenchmarkDispatch sends a small message by Sendfile, by the same two system
// calls through x/sys/unix, and by the two with all that they take prepared.
// The differences are what Sendfile itself costs: over-xsys-ns and
// over-bare-ns, the medians of batches that take turns. The destination is a
// datagram socket that nobody reads, where a send neither waits nor fails.
func BenchmarkDispatch(b *testing.B) {
	const size, batch = 1024, 500
	m, done, err := newMessage(size)
	if err != nil {
		b.Fatal(err)
	}
	defer done()
	in, out := int(m.file.Fd()), unread(b)
	bySendfile := func() {
		if _, err := rawsys.Sendfile(out, in, 0, size, [][]byte{m.header}, [][]byte{m.trailer}, 0); err != nil {
			b.Fatal(err)
		}
	}
	byXsys, bare := twoCalls(out, m), prepared(b, out, in, m)
	var overXsys, overBare, calls []float64
	for b.Loop() {
		s, x, c := timed(batch, bySendfile), timed(batch, func() { byXsys() }), timed(batch, bare)
		overXsys, overBare, calls = append(overXsys, s-x), append(overBare, s-c), append(calls, c)
	}
	middle := func(v []float64) float64 {
		slices.Sort(v)
		return v[len(v)/2]
	}
	b.ReportMetric(middle(overXsys), "over-xsys-ns")
	b.ReportMetric(middle(overBare), "over-bare-ns")
	b.ReportMetric(middle(calls), "bare-ns")
	b.ReportMetric(0, "ns/op") // of a batch of all: says nothing
}

// timed is how many nanoseconds one of n calls of f takes.
func timed(n int, f func()) float64 {
	start := time.Now()
	for range n {
		f()
	}
	return float64(time.Since(start)) / float64(n)
}

// prepared is a function that sends m by pread and sendmsg, and does nothing else.
func prepared(b *testing.B, out, in int, m *message) func() {
	buf := m.room()
	iov := make([]unix.Iovec, 3)
	for i, p := range [][]byte{m.header, buf, m.trailer} {
		iov[i].Base = unsafe.SliceData(p)
		iov[i].SetLen(len(p))
	}
	msg := &unix.Msghdr{Iov: &iov[0]}
	msg.SetIovlen(len(iov))
	return func() {
		if _, err := unix.Pread(in, buf, 0); err != nil {
			b.Fatal(err)
		}
		if _, _, errno := unix.Syscall(unix.SYS_SENDMSG, uintptr(out), uintptr(unsafe.Pointer(msg)), unix.MSG_NOSIGNAL); errno != 0 {
			b.Fatal(errno)
		}
	}
}

// unread is a socket whose messages go nowhere. Go's poller does not know of
// it: it would be told of each message that makes room.
func unread(b *testing.B) int {
	b.Helper()
	sink, out := udpSocket(b), udpSocket(b)
	if err := unix.Bind(sink, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		b.Fatal(err)
	}
	address, err := unix.Getsockname(sink)
	if err != nil {
		b.Fatal(err)
	}
	if err := unix.Connect(out, address); err != nil {
		b.Fatal(err)
	}
	return out
}

func udpSocket(b *testing.B) int {
	b.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { unix.Close(fd) })
	return fd
}
