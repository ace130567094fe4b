// Package memfd works out what memfd_create(3) asks of shm_open2(2). It makes
// no system call, so it runs and is tested on every host.
package memfd

import (
	"fmt"
	"math/bits"
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

// New checks name and flags as the C library does. Flags are C's unsigned int
// or int: MFD_HUGE_16GB is a negative number in the header, where it overflows,
// and means the same bits.
func New(name string, wide int) (Plan, error) {
	flags := uint32(wide)
	switch {
	case int64(wide) != int64(flags) && wide != int(int32(flags)):
		return Plan{}, fmt.Errorf("flags %#x do not fit 32 bits: %w", wide, syscall.EINVAL)
	case len(prefix)+len(name) > zsys.NAME_MAX:
		return Plan{}, fmt.Errorf("name of %d bytes: at most %d fit: %w", len(name), zsys.NAME_MAX-len(prefix), syscall.EINVAL)
	case strings.IndexByte(name, 0) >= 0:
		return Plan{}, fmt.Errorf("name %q has a NUL byte: %w", name, syscall.EINVAL)
	case flags&^knownFlag != 0:
		return Plan{}, fmt.Errorf("unknown flags %#x: %w", flags&^knownFlag, syscall.EINVAL)
	case flags&hugeSize != 0 && flags&zsys.MFD_HUGETLB == 0:
		return Plan{}, fmt.Errorf("a page size, flags %#x, without MFD_HUGETLB: %w", flags&hugeSize, syscall.EINVAL)
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
func (p Plan) PageIndex(sizes []uint64) (int, error) {
	for i, size := range sizes {
		if size == p.PageSize {
			return i, nil
		}
	}
	return 0, fmt.Errorf("pages of %d bytes: this machine has %d: %w", p.PageSize, sizes, syscall.EOPNOTSUPP)
}

// Seal names, in the order of their bits.
var sealNames = [...]struct {
	bit  uint32
	name string
}{
	{zsys.F_SEAL_SEAL, "F_SEAL_SEAL"},
	{zsys.F_SEAL_SHRINK, "F_SEAL_SHRINK"},
	{zsys.F_SEAL_GROW, "F_SEAL_GROW"},
	{zsys.F_SEAL_WRITE, "F_SEAL_WRITE"},
}

// SealText names seals, joined by "|"; "0" without any.
func SealText(seals uint32) string {
	if seals == 0 {
		return "0"
	}
	parts := make([]string, 0, bits.OnesCount32(seals))
	for _, s := range sealNames {
		if seals&s.bit != 0 {
			parts = append(parts, s.name)
			seals &^= s.bit
		}
	}
	if seals != 0 {
		parts = append(parts, fmt.Sprintf("%#x", seals))
	}
	return strings.Join(parts, "|")
}
