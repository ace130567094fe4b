package kinfo

import (
	"errors"
	"strconv"
	"sync"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/sysctl"
	"github.com/rawsys-go/rawsys/zsys"
)

// scratch is what a walk through a table needs. It is used again, as the table of
// a busy server takes megabytes.
type scratch struct {
	buf  []byte
	file File
}

var scratches = sync.Pool{New: func() any { return &scratch{buf: make([]byte, 0, 64<<10)} }}

// ofProcess reads what kern.proc.which tells of a process. The table is in s.buf.
func (s *scratch) ofProcess(which int32, pid int) (table []byte, err error) {
	mib := [4]int32{zsys.CTL_KERN, zsys.KERN_PROC, which, int32(pid)}
	if int(mib[3]) != pid {
		return nil, procError(which, pid, &rawsys.Error{Errno: syscall.ESRCH})
	}
	table, err = sysctl.MIB(mib[:]).Append(s.buf[:0])
	s.buf = table[:0]
	if err != nil {
		return nil, procError(which, pid, err)
	}
	return table, nil
}

// procError says which question about which process an error of package sysctl
// answers, and tells the two reasons apart for which the kernel answers EPERM.
func procError(which int32, pid int, err error) error {
	e, ok := errors.AsType[*rawsys.Error](err)
	if !ok {
		return err
	}
	named := &rawsys.Error{Op: "sysctl " + procTable(which), Errno: e.Errno, Object: "pid " + strconv.Itoa(pid), Hint: e.Hint}
	if named.Errno == syscall.EPERM {
		named.Hint = "the caller may not debug the process"
	}
	return named
}

// procTable names a table of kern.proc.
func procTable(which int32) string {
	switch which {
	case zsys.KERN_PROC_FILEDESC:
		return "kern.proc.filedesc"
	case zsys.KERN_PROC_CWD:
		return "kern.proc.cwd"
	}
	return "kern.proc." + strconv.Itoa(int(which))
}
