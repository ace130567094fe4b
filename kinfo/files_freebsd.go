package kinfo

import (
	"iter"
	"strconv"
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// Files returns an iterator over the open files of a process: kinfo_getfile(3), or
// the sysctl kern.proc.filedesc, in this form since FreeBSD 12.0. The files that
// the process uses without a descriptor, such as its program and its directories,
// come first. Each loop over the iterator asks the kernel once, when it starts,
// and allocates nothing per record.
//
// The *File belongs to the iterator: each step reuses it, so that it is valid until
// the next one, together with what its views and PathBytes return. Copy what must
// last, or use [Collect].
//
// The set of descriptors is that of one moment, but the kernel looks at the files
// one after another.
//
// An error comes with a nil *File and ends the loop. It is a [*rawsys.Error], or a
// [*CorruptError]. ESRCH means that there is no such process, that it has ended, or
// that it may not be seen, as from within a jail; EPERM that the caller may not
// debug it, because it has another owner or is protected; ECAPMODE that the caller
// is in capability mode, which has no such sysctl; EBUSY that the process is just
// executing another program, so ask again; and ENOMEM that the table grew faster
// than it could be read.
func Files(pid int) iter.Seq2[*File, error] {
	return func(yield func(*File, error) bool) {
		s := scratches.Get().(*scratch)
		defer scratches.Put(s)
		table, err := s.listOf(zsys.KERN_PROC_FILEDESC, pid)
		if err != nil {
			yield(nil, err)
			return
		}
		decodeFiles(table, &s.file, yield)
	}
}

// Cwd returns the working directory of a process: the sysctl kern.proc.cwd,
// in this form since FreeBSD 12.0. The path is empty if the directory was removed,
// or if the path has 1024 bytes or more. The result belongs to the caller.
//
// Errors are those of [Files]. EINVAL means that the process has no working
// directory, as the kernel's own processes.
func Cwd(pid int) (*File, error) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	table, err := s.ofProcess(zsys.KERN_PROC_CWD, pid)
	if err != nil {
		return nil, err
	}
	f := new(File)
	if err := oneFile(f, table); err != nil {
		return nil, err
	}
	return f, nil
}

// Fd returns what the kernel knows about one of this process's own
// descriptors: F_KINFO of fcntl(2), since FreeBSD 13.1. It is cheaper than
// searching [Files]. Unlike there, CapRights is empty, and RefCount is one
// more, as the call itself holds the file. The result belongs to the caller.
//
// The error is an [*rawsys.Error]. EBADF means that fd is not open, or that the kernel
// could not describe the file; EINVAL that the kernel is older than F_KINFO;
// ENOTCAPABLE that fd lacks the right CAP_FCNTL; and ECAPMODE that the process is
// in capability mode.
func Fd(fd int) (*File, error) {
	f := new(File)
	f.Structsize = int32(fileSize) // the kernel refuses other sizes
	_, err := zsys.FcntlPtr(fd, zsys.F_KINFO, unsafe.Pointer(f))
	if err == nil {
		return f, nil
	}
	e := &rawsys.Error{Op: "fcntl F_KINFO", Object: "fd " + strconv.Itoa(fd), Errno: err.(syscall.Errno)}
	if err == syscall.EINVAL {
		e.Hint = "F_KINFO needs FreeBSD 13.1 or later"
	}
	return nil, e
}
