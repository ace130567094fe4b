//go:build !plan9

// Package memfd works out what memfd_create(3) asks of shm_open2(2). It makes
// no system call, so it runs and is tested on every host.
package memfd

import (
	"encoding/binary"
	"fmt"
	"strings"
	"syscall"

	"github.com/rawsys-go/rawsys/zsys"
)

const (
	prefix    = "memfd:"
	hugeSize  = zsys.MFD_HUGE_MASK
	knownFlag = zsys.MFD_CLOEXEC | zsys.MFD_ALLOW_SEALING | zsys.MFD_HUGETLB | hugeSize
)

// Plan is a call of shm_open2 with SHM_ANON and mode 0.
type Plan struct {
	Name     string // with its prefix
	Flags    int32  // O_*
	ShmFlags int32  // SHM_*
	PageSize uint64 // to be set by FIOSSHMLPGCNF; 0 for ordinary pages
}

// Refusal says why a call is not made, and with which errno.
type Refusal struct {
	Errno syscall.Errno
	Why   string
}

// Error gives the reason and the errno's message.
func (r *Refusal) Error() string { return r.Why + ": " + r.Errno.Error() }

// Unwrap returns the errno.
func (r *Refusal) Unwrap() error { return r.Errno }

func refuse(errno syscall.Errno, format string, args ...any) *Refusal {
	return &Refusal{errno, fmt.Sprintf(format, args...)}
}

// New checks name and flags as the C library does. Flags are C's unsigned int
// or int: MFD_HUGE_16GB is a negative number in the header, where it overflows,
// and means the same bits.
func New(name string, wide int) (Plan, *Refusal) {
	flags := uint32(wide)
	switch {
	case int64(wide) != int64(flags) && wide != int(int32(flags)):
		return Plan{}, refuse(syscall.EINVAL, "flags %#x do not fit 32 bits", wide)
	case len(prefix)+len(name) > zsys.NAME_MAX:
		return Plan{}, refuse(syscall.EINVAL, "name of %d bytes: at most %d fit", len(name), zsys.NAME_MAX-len(prefix))
	case strings.IndexByte(name, 0) >= 0:
		return Plan{}, refuse(syscall.EINVAL, "name %q has a NUL byte", name)
	case flags&^knownFlag != 0:
		return Plan{}, refuse(syscall.EINVAL, "unknown flags %#x", flags&^knownFlag)
	case flags&hugeSize != 0 && flags&zsys.MFD_HUGETLB == 0:
		return Plan{}, refuse(syscall.EINVAL, "a page size, flags %#x, without MFD_HUGETLB", flags&hugeSize)
	}
	p := Plan{Name: prefix + name, Flags: zsys.O_RDWR, ShmFlags: zsys.SHM_GROW_ON_WRITE}
	if flags&zsys.MFD_CLOEXEC != 0 {
		p.Flags |= zsys.O_CLOEXEC
	}
	if flags&zsys.MFD_HUGETLB != 0 {
		p.ShmFlags = zsys.SHM_LARGEPAGE
		p.PageSize = 1 << (flags & hugeSize >> zsys.MFD_HUGE_SHIFT)
	}
	if flags&zsys.MFD_ALLOW_SEALING != 0 {
		p.ShmFlags |= zsys.SHM_ALLOW_SEALING
	}
	return p, nil
}

// PageIndex returns which of the system's page sizes p wants: FIOSSHMLPGCNF
// takes the index. Without a size in the flags that is one byte, and, like every
// size that the machine lacks, EOPNOTSUPP.
func (p Plan) PageIndex(sizes []uint64) (int, *Refusal) {
	for i, size := range sizes {
		if size == p.PageSize {
			return i, nil
		}
	}
	return 0, refuse(syscall.EOPNOTSUPP, "pages of %d bytes: this machine has %d", p.PageSize, sizes)
}

// PageSizes decodes the sysctl hw.pagesizes: C's longs of so many bytes, least
// significant first as on all of Go's ports to FreeBSD, and 0 behind the last.
func PageSizes(raw []byte, long int) []uint64 {
	var sizes []uint64
	for ; len(raw) >= long; raw = raw[long:] {
		var word [8]byte
		copy(word[:], raw[:long])
		if size := binary.LittleEndian.Uint64(word[:]); size != 0 {
			sizes = append(sizes, size)
		}
	}
	return sizes
}
