package shmsync

import (
	"errors"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/zsys"
)

var errProcess = errors.New("kern.proc.pid has another form than expected")

const zombie = 5 // SZOMB of sys/proc.h

// startOf returns when a process started, in hundredths of a second since the
// system's start, and whether it has ended though its number is taken. The kernel
// adds the time of the system's start to ki_start, and changes that when the clock
// is set: so it is taken off again, between two looks at it that agree.
func startOf(pid int) (start uint64, dead bool, err error) {
	for {
		before, err := bootTime()
		if err != nil {
			return 0, false, err
		}
		raw, err := unix.SysctlRaw("kern.proc.pid", pid)
		if err != nil {
			return 0, false, err
		}
		if len(raw) == 0 {
			return 0, false, syscall.ESRCH
		}
		var k zsys.KinfoProc
		if len(raw) < int(unsafe.Sizeof(k)) {
			return 0, false, errProcess
		}
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&k)), unsafe.Sizeof(k)), raw)
		after, err := bootTime()
		if err != nil {
			return 0, false, err
		}
		if before == after {
			at := (int64(k.Start.Sec)-int64(before.Sec))*1_000_000 + int64(k.Start.Usec) - int64(before.Usec)
			return uint64(max(at, 0) / 10_000), k.Stat == zombie, nil
		}
	}
}

func bootTime() (unix.Timeval, error) {
	tv, err := unix.SysctlTimeval("kern.boottime")
	if err != nil {
		return unix.Timeval{}, err
	}
	return *tv, nil
}

// probe asks whether there is a process of that number.
func probe(pid int) error {
	if err := syscall.Kill(pid, 0); err != nil {
		return err
	}
	return nil
}
