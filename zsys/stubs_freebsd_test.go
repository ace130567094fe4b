package zsys_test

import (
	"math"
	"os"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// BenchmarkStubs holds zsys's stubs against the same system calls made by hand.
// The two take turns in short rounds, and the fastest round of each counts, so
// that what else the machine does falls on neither: stub/hand is their ratio.
func BenchmarkStubs(b *testing.B) {
	word := new(uint32)
	fd := int(os.Stdin.Fd())
	var rights zsys.CapRights
	for _, bm := range []struct {
		name       string
		stub, hand func() error
	}{
		{"umtx",
			func() error {
				_, err := zsys.Umtx(unsafe.Pointer(word), zsys.UMTX_OP_WAKE, 1, nil, nil)
				return err
			},
			func() error {
				_, _, errno := syscall.Syscall6(zsys.SYS__UMTX_OP, uintptr(unsafe.Pointer(word)), uintptr(zsys.UMTX_OP_WAKE), 1, 0, 0, 0)
				return failed(errno)
			}},
		{"fcntl",
			func() error { _, err := zsys.Fcntl(fd, zsys.F_GETFD, 0); return err },
			func() error {
				_, _, errno := syscall.Syscall(zsys.SYS_FCNTL, uintptr(fd), zsys.F_GETFD, 0)
				return failed(errno)
			}},
		{"cap_rights_get",
			func() error { return zsys.CapRightsGet(0, fd, &rights) },
			func() error {
				_, _, errno := syscall.RawSyscall(zsys.SYS___CAP_RIGHTS_GET, 0, uintptr(fd), uintptr(unsafe.Pointer(&rights)))
				return failed(errno)
			}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			stub, hand := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			for b.Loop() {
				stub = min(stub, round(b, bm.stub))
				hand = min(hand, round(b, bm.hand))
			}
			b.ReportMetric(float64(stub)/float64(hand), "stub/hand")
			b.ReportMetric(float64(hand.Nanoseconds())/roundCalls, "ns/hand")
		})
	}
}

// failed makes an error of an errno, as a stub does.
func failed(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

const roundCalls = 100

func round(b *testing.B, call func() error) time.Duration {
	start := time.Now()
	for range roundCalls {
		if err := call(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}
