package rawsys

import (
	"os"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// BenchmarkStubs holds zsys's stubs against the same system calls made by hand.
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
		for _, way := range []struct {
			name string
			call func() syscall.Errno
		}{{"stub", bm.stub}, {"hand", bm.hand}} {
			b.Run(bm.name+"/"+way.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if errno := way.call(); errno != 0 {
						b.Fatal(errno)
					}
				}
			})
		}
	}
}
