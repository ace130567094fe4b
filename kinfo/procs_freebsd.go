package kinfo

import (
	"iter"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/sysctl"
	"github.com/rawsys-go/rawsys/zsys"
)

// Procs returns an iterator over processes: the sysctl kern.proc, in this form
// since FreeBSD 12.0. Processes that the caller may not see are left out: those
// outside its jail, and others' if the system says so. Each loop over the iterator
// asks the kernel once, when it starts, and allocates nothing per record.
//
// The *Proc belongs to the iterator: each step reuses it. Copy what must last, or
// use [Collect]. The table is not of one moment: the kernel looks at the processes
// one after another.
//
// An error comes with a nil *Proc and ends the loop. It is a [*rawsys.Error], or a
// [*CorruptError]. ESRCH means that there is no process [ByPid], or that it may not
// be seen; ECAPMODE that the caller is in capability mode; ENOMEM that the table
// grew faster than it could be read.
func Procs(s Selection) iter.Seq2[*Proc, error] { return procs(s, 0) }

// Threads is [Procs] with a record for each thread of each process.
func Threads(s Selection) iter.Seq2[*Proc, error] { return procs(s, zsys.KERN_PROC_INC_THREAD) }

// Process returns what [Procs] tells of one process. The number of a thread stands
// for its process, whose Pid is another then. The result belongs to the caller.
func Process(pid int) (*Proc, error) {
	for p, err := range Procs(ByPid(pid)) {
		if err != nil {
			return nil, err
		}
		found := *p
		return &found, nil
	}
	return nil, procError(zsys.KERN_PROC_PID, pid, &rawsys.Error{Errno: syscall.ESRCH})
}

func procs(sel Selection, threads int32) iter.Seq2[*Proc, error] {
	return func(yield func(*Proc, error) bool) {
		s := scratches.Get().(*scratch)
		defer scratches.Put(s)
		table, err := s.procTable(sel, threads)
		if err != nil {
			yield(nil, err)
			return
		}
		decodeProcs(table, syscall.Getpagesize(), &s.proc, yield)
	}
}

// procTable reads the records of a selection. The table is in s.buf.
func (s *scratch) procTable(sel Selection, threads int32) ([]byte, error) {
	mib := [4]int32{zsys.CTL_KERN, zsys.KERN_PROC, sel.table | threads, sel.arg}
	table, err := sysctl.MIB(mib[:]).Append(s.buf[:0])
	s.buf = table[:0]
	if err != nil {
		return nil, procError(sel.table, int(sel.arg), err)
	}
	return table, nil
}
