package rawsys

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
		stub, hand func() syscall.Errno
	}{
		{"umtx",
			func() syscall.Errno {
				_, errno := zsys.Umtx(unsafe.Pointer(word), zsys.UMTX_OP_WAKE, 1, nil, nil)
				return errno
			},
			func() syscall.Errno {
				_, _, errno := syscall.Syscall6(zsys.SYS__UMTX_OP, uintptr(unsafe.Pointer(word)), uintptr(zsys.UMTX_OP_WAKE), 1, 0, 0, 0)
				return errno
			}},
		{"fcntl",
			func() syscall.Errno { _, errno := zsys.Fcntl(fd, zsys.F_GETFD, 0); return errno },
			func() syscall.Errno {
				_, _, errno := syscall.Syscall(zsys.SYS_FCNTL, uintptr(fd), zsys.F_GETFD, 0)
				return errno
			}},
		{"cap_rights_get",
			func() syscall.Errno { return zsys.CapRightsGet(0, fd, &rights) },
			func() syscall.Errno {
				_, _, errno := syscall.RawSyscall(zsys.SYS___CAP_RIGHTS_GET, 0, uintptr(fd), uintptr(unsafe.Pointer(&rights)))
				return errno
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

const roundCalls = 100

func round(b *testing.B, call func() syscall.Errno) time.Duration {
	start := time.Now()
	for range roundCalls {
		if errno := call(); errno != 0 {
			b.Fatal(errno)
		}
	}
	return time.Since(start)
}
