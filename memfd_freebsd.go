package rawsys

import (
	"math/bits"
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/internal/memfd"
	"github.com/rawsys-go/rawsys/zsys"
)

// shmAnon is SHM_ANON, the path of an object without one: ((char *)1).
const shmAnon = 1

// MemfdCreate returns a new, empty file in memory that is open for reading and
// writing: memfd_create(3), since FreeBSD 13.0. It has no path, and lasts until its
// last descriptor and mapping are gone. Writing beyond its end makes it longer. The
// *os.File belongs to the caller, who closes it. It never blocks and has no
// deadlines.
//
// flags are zsys.MFD_ constants:
//
//   - MFD_CLOEXEC is what nearly all callers want. Without it every program that
//     is started meanwhile, by os/exec too, inherits the descriptor. The files in
//     os/exec's ExtraFiles are passed on in either case.
//   - MFD_ALLOW_SEALING lets [AddSeals] work.
//   - MFD_HUGETLB with one of MFD_HUGE_ makes a file of large pages. Set its size
//     with Truncate, to whole pages, before mapping, reading or writing it.
//
// The name helps when debugging, and need not be unique. "memfd:" is put in front;
// with that it may have 255 bytes, and no NUL.
//
// The error is an [*Error]. EINVAL means that the name does not fit, that a flag is
// unknown, or MFD_HUGE_ without MFD_HUGETLB; EOPNOTSUPP that this machine has no
// pages of that size, or MFD_HUGETLB without a size; ENOTTY that it has no large
// pages at all; and EMFILE and ENFILE that there are too many descriptors.
func MemfdCreate(name string, flags int) (*os.File, error) {
	object := strconv.Quote(name)
	plan, err := memfd.New(name, flags)
	if err != nil {
		return nil, memfdRefusal(object, err)
	}
	fd, failure := zsys.ShmOpenAnon(shmAnon, plan.Flags, 0, plan.ShmFlags, &plan.Name)
	if failure != nil {
		return nil, &Error{Op: "memfd_create", Errno: errnoOf(failure), Object: object}
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

// memfdRefusal is the error about object for what the plan refuses.
func memfdRefusal(object string, bad *memfd.Refusal) *Error {
	return &Error{Op: "memfd_create", Errno: bad.Errno, Object: object, Hint: bad.Why}
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
		return memfdRefusal(object, bad)
	}
	conf := zsys.ShmLargepageConf{Psind: int32(index), AllocPolicy: zsys.SHM_LARGEPAGE_ALLOC_DEFAULT}
	if _, err := zsys.Ioctl(fd, zsys.FIOSSHMLPGCNF, unsafe.Pointer(&conf)); err != nil {
		return fdError("ioctl FIOSSHMLPGCNF", fd, errnoOf(err))
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

// AddSeals adds seals to a file in memory: F_ADD_SEALS of fcntl(2), since FreeBSD
// 13.0. Seals belong to the file, not to the descriptor, and cannot be removed.
//
// The error is an [*Error]. EPERM means that the file has F_SEAL_SEAL, as any that
// was made without zsys.MFD_ALLOW_SEALING; EBUSY that F_SEAL_WRITE was asked for
// while the file is mapped for writing; EOPNOTSUPP that it was asked for a file of
// large pages; EINVAL that fd is no shared memory; EBADF that it is not open; and
// ENOTCAPABLE that it lacks the right CAP_FCNTL.
func AddSeals(fd int, s zsys.FSeal) error {
	_, err := zsys.Fcntl(fd, zsys.F_ADD_SEALS, int(s))
	return fdResult("fcntl F_ADD_SEALS", fd, errnoOf(err))
}

// AddSealsConn is [AddSeals] for the file behind c, an *os.File or another value as
// for [FstatConn].
func AddSealsConn(c any, s zsys.FSeal) error {
	return withDescriptor("fcntl F_ADD_SEALS", c, func(fd int) error { return AddSeals(fd, s) })
}

// GetSeals returns the seals of a file in memory: F_GET_SEALS of fcntl(2), since
// FreeBSD 13.0. Errors are those of [AddSeals]: EINVAL means that fd is no shared
// memory.
func GetSeals(fd int) (zsys.FSeal, error) {
	s, err := zsys.Fcntl(fd, zsys.F_GET_SEALS, 0)
	return zsys.FSeal(max(s, 0)), fdResult("fcntl F_GET_SEALS", fd, errnoOf(err))
}

// GetSealsConn is [GetSeals] for the file behind c, an *os.File or another value as
// for [FstatConn].
func GetSealsConn(c any) (s zsys.FSeal, err error) {
	err = withDescriptor("fcntl F_GET_SEALS", c, func(fd int) (err error) { s, err = GetSeals(fd); return err })
	return s, err
}
