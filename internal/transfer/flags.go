package transfer

import "github.com/rawsys-go/rawsys/zsys"

// knownFlags is every SF_ flag, and the pages to read ahead.
const knownFlags = zsys.SF_NODISKIO | zsys.SF_MNOWAIT | zsys.SF_SYNC | zsys.SF_USER_READAHEAD | zsys.SF_NOCACHE | 0xffff<<16

// syncNoDiskIO is two flags that exclude each other: the one is kept by copying, the
// other forbids it.
const syncNoDiskIO = zsys.SF_SYNC | zsys.SF_NODISKIO

// KnownFlags says whether flags has none but SF_ bits.
func KnownFlags(flags int) bool {
	return uint32(flags)&^knownFlags == 0 && (int(uint32(flags)) == flags || int(int32(flags)) == flags)
}

// Keeps says whether this system can do what flags ask for.
func Keeps(flags int) bool {
	return flags&zsys.SF_NODISKIO&^passes == 0 && flags&syncNoDiskIO != syncNoDiskIO
}

// KeepsRead says whether reading a transfer's bytes can. Reading may wait for a disk.
func KeepsRead(flags int) bool { return flags&zsys.SF_NODISKIO == 0 }
