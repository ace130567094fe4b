package rawsys

import (
	"math/bits"
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/internal/flagtext"
	"github.com/rawsys-go/rawsys/internal/memfd"
	"github.com/rawsys-go/rawsys/zsys"
)

// shmAnon is SHM_ANON, the path of an object without one: ((char *)1).
const shmAnon = 1

// MemfdCreate returns a new file in memory, of size 0, open for reading and
// writing: memfd_create(3), FreeBSD 13.0. It has no path and lasts until the last
// descriptor and mapping are gone. Writing behind its end makes it longer.
// Closing the file is the caller's part. It never blocks, and has no deadlines.
//
// Flags are zsys.MFD_ constants. MFD_CLOEXEC is not implied: without it every
// program started meanwhile, os/exec's too, inherits the descriptor. os/exec's
// ExtraFiles pass it on by name, close-on-exec or not, so nearly all callers want
// the flag. MFD_ALLOW_SEALING lets [AddSeals] work. MFD_HUGETLB and one of
// MFD_HUGE_ make the file of large pages; it is then sized by Truncate, in whole
// pages, and mapped; read and write work once it has a size.
//
// The name is for people who debug; many files may have the same. With "memfd:"
// before it, it may have 255 bytes and no NUL. EINVAL is a name that does not
// fit, a flag that has no meaning, or MFD_HUGE_ without MFD_HUGETLB; EOPNOTSUPP a
// page size that this machine lacks, or MFD_HUGETLB without a size; ENOTTY
// a machine without large pages at all; EMFILE and ENFILE too many descriptors.
func MemfdCreate(name string, flags int) (*os.File, error) {
	object := strconv.Quote(name)
	plan, err := memfd.New(name, flags)
	if err != nil {
		return nil, argError("memfd_create", object, err)
	}
	text := append([]byte(plan.Name), 0)
	fd, errno := zsys.ShmOpenAnon(shmAnon, plan.Flags, 0, plan.ShmFlags, &text[0])
	if errno != 0 {
		return nil, &Error{Op: "memfd_create", Errno: errno, Object: object}
	}
	if plan.PageSize != 0 {
		if err := setPageSize(fd, object, plan); err != nil {
			_ = syscall.Close(fd)
			return nil, err
		}
	}
	// Shared memory cannot be polled: the descriptor is blocking, and NewFile
	// then leaves the poller alone.
	return os.NewFile(uintptr(fd), plan.Name), nil
}

// setPageSize gives a new object the large pages of the plan. A page size that
// the machine lacks is an error about object, what the caller called it.
func setPageSize(fd int, object string, plan memfd.Plan) *Error {
	sizes, err := pageSizes()
	if err != nil {
		return err
	}
	index, bad := plan.PageIndex(sizes)
	if bad != nil {
		return argError("memfd_create", object, bad)
	}
	conf := zsys.ShmLargepageConf{Psind: int32(index), AllocPolicy: zsys.SHM_LARGEPAGE_ALLOC_DEFAULT}
	if _, errno := zsys.Ioctl(fd, zsys.FIOSSHMLPGCNF, unsafe.Pointer(&conf)); errno != 0 {
		return fdError("ioctl FIOSSHMLPGCNF", fd, errno)
	}
	return nil
}

// pageSizes are the sizes of pages that the machine has: getpagesizes(3).
func pageSizes() ([]uint64, *Error) {
	raw, err := unix.SysctlRaw("hw.pagesizes")
	if err != nil {
		errno, _ := err.(syscall.Errno)
		return nil, &Error{Op: "sysctl", Errno: errno, Object: "hw.pagesizes"}
	}
	return memfd.PageSizes(raw, bits.UintSize/8), nil
}

// Seals are what can no longer be done to a file in memory, zsys.F_SEAL_
// constants joined by |.
type Seals uint32

// String names the seals, joined by "|"; "0" without any.
func (s Seals) String() string {
	return flagtext.String(uint32(s),
		flagtext.Name{Bit: zsys.F_SEAL_SEAL, Text: "F_SEAL_SEAL"},
		flagtext.Name{Bit: zsys.F_SEAL_SHRINK, Text: "F_SEAL_SHRINK"},
		flagtext.Name{Bit: zsys.F_SEAL_GROW, Text: "F_SEAL_GROW"},
		flagtext.Name{Bit: zsys.F_SEAL_WRITE, Text: "F_SEAL_WRITE"})
}

// AddSeals adds seals to a file in memory: fcntl(2), F_ADD_SEALS, FreeBSD 13.0.
// Seals belong to the file, not the descriptor, and stay. EPERM is a file with
// F_SEAL_SEAL, such as one made without zsys.MFD_ALLOW_SEALING; EBUSY is
// F_SEAL_WRITE while the file is mapped for writing; EOPNOTSUPP is F_SEAL_WRITE
// for large pages; EINVAL a descriptor that is no shared memory; ENOTCAPABLE one
// without CAP_FCNTL.
func AddSeals(fd int, s Seals) error {
	_, errno := zsys.Fcntl(fd, zsys.F_ADD_SEALS, int(s))
	return fdResult("fcntl F_ADD_SEALS", fd, errno)
}

// GetSeals returns the seals of a file in memory: fcntl(2), F_GET_SEALS,
// FreeBSD 13.0. EINVAL is a descriptor that is no shared memory.
func GetSeals(fd int) (Seals, error) {
	s, errno := zsys.Fcntl(fd, zsys.F_GET_SEALS, 0)
	return Seals(max(s, 0)), fdResult("fcntl F_GET_SEALS", fd, errno)
}
