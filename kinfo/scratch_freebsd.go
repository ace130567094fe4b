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
	proc Proc
	vm   Mapping
	sock Socket
	sctp SCTPEndpoint
	desc Descriptor
}

var scratches = sync.Pool{New: func() any { return &scratch{buf: make([]byte, 0, 64<<10)} }}

// ofProcess reads what kern.proc.which tells of a process, and more exactly of
// what further numbers name. The table is in s.buf.
func (s *scratch) ofProcess(which int32, pid int, args ...int32) (table []byte, err error) {
	if pid < 0 || int(int32(pid)) != pid { // some tables take -1 for the caller
		return nil, procError(which, pid, &rawsys.Error{Errno: syscall.ESRCH})
	}
	mib := [5]int32{zsys.CTL_KERN, zsys.KERN_PROC, which, int32(pid)}
	n := 4 + copy(mib[4:], args)
	table, err = sysctl.MIB(mib[:n]).Append(s.buf[:0])
	s.buf = table[:0]
	if err != nil {
		return nil, procError(which, pid, err)
	}
	return table, nil
}

// procError says which question about which process an error of package sysctl
// answers, and what EPERM means there.
func procError(which int32, pid int, err error) error {
	var e *rawsys.Error
	if !errors.As(err, &e) {
		return err
	}
	named := &rawsys.Error{Op: "sysctl kern.proc." + procTable(which), Errno: e.Errno, Hint: e.Hint}
	if which != zsys.KERN_PROC_PROC {
		named.Object = "pid " + strconv.Itoa(pid)
	}
	if named.Errno == syscall.EPERM {
		named.Hint = "the caller may not debug the process"
	}
	return named
}

// procTable names a table of kern.proc.
func procTable(which int32) string {
	for _, t := range procTables {
		if t.number == which {
			return t.name
		}
	}
	return strconv.Itoa(int(which))
}

var procTables = [...]struct {
	number int32
	name   string
}{
	{zsys.KERN_PROC_PROC, "proc"}, {zsys.KERN_PROC_PID, "pid"}, {zsys.KERN_PROC_PGRP, "pgrp"}, {zsys.KERN_PROC_SESSION, "sid"},
	{zsys.KERN_PROC_TTY, "tty"}, {zsys.KERN_PROC_UID, "uid"}, {zsys.KERN_PROC_RUID, "ruid"}, {zsys.KERN_PROC_GID, "gid"},
	{zsys.KERN_PROC_RGID, "rgid"}, {zsys.KERN_PROC_FILEDESC, "filedesc"}, {zsys.KERN_PROC_CWD, "cwd"},
	{zsys.KERN_PROC_ARGS, "args"}, {zsys.KERN_PROC_ENV, "env"}, {zsys.KERN_PROC_PATHNAME, "pathname"},
	{zsys.KERN_PROC_AUXV, "auxv"}, {zsys.KERN_PROC_GROUPS, "groups"}, {zsys.KERN_PROC_UMASK, "umask"},
	{zsys.KERN_PROC_RLIMIT, "rlimit"}, {zsys.KERN_PROC_RLIMIT_USAGE, "rlimit_usage"}, {zsys.KERN_PROC_OSREL, "osrel"},
	{zsys.KERN_PROC_SIGTRAMP, "sigtramp"}, {zsys.KERN_PROC_KSTACK, "kstack"}, {zsys.KERN_PROC_VMMAP, "vmmap"},
	{zsys.KERN_PROC_KQUEUE, "kqueue"}, {zsys.KERN_PROC_NFDS, "nfds"},
}
