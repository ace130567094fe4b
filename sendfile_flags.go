package rawsys

import "github.com/rawsys-go/rawsys/zsys"

// knownFlags is every SF_ flag, and the pages to read ahead.
const knownFlags = zsys.SF_NODISKIO | zsys.SF_MNOWAIT | zsys.SF_SYNC | zsys.SF_USER_READAHEAD | zsys.SF_NOCACHE | 0xffff<<16

// syncNoDiskIO is two flags that exclude each other: the one is kept by copying, the
// other forbids it.
const syncNoDiskIO = zsys.SF_SYNC | zsys.SF_NODISKIO

// checkArgs finds what Sendfile refuses before anything is sent.
func checkArgs(offset, count int64, flags int) error {
	switch {
	case offset < 0, count < 0, uint32(flags)&^knownFlags != 0, int(uint32(flags)) != flags && int(int32(flags)) != flags:
		return errArgument
	case flags&zsys.SF_NODISKIO&^passes != 0, flags&syncNoDiskIO == syncNoDiskIO:
		return errNoSuchFlag
	}
	return nil
}
