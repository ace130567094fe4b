package rawsys

import (
	"errors"
	"iter"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys/internal/kinfo"
	"github.com/rawsys-go/rawsys/zsys"
)

// KinfoGetfile returns the open files of a process: kinfo_getfile(3), or the
// sysctl kern.proc.filedesc, in this form since FreeBSD 12.0. The files that the
// process uses without a descriptor, such as its program and its directories, come
// first. The slice belongs to the caller. It takes 1392 bytes for each file,
// however short the path; [KinfoFiles] needs a fraction of that.
//
// The set of descriptors is that of one moment, but the kernel looks at the files
// one after another.
//
// The error is an [*Error], or a [*KinfoCorruptError]. ESRCH means that there is no
// such process, that it has ended, or that it may not be seen, as from within a
// jail; EPERM that the caller may not debug it, because it has another owner or is
// protected; ECAPMODE that the caller is in capability mode, which has no such
// sysctl; EBUSY that the process is just executing another program, so ask again;
// and ENOMEM that the table grew faster than it could be read.
func KinfoGetfile(pid int) ([]KinfoFile, error) {
	s := kinfoScratches.Get().(*kinfoScratch)
	defer kinfoScratches.Put(s)
	table, err := s.fetch(zsys.KERN_PROC_FILEDESC, pid)
	if err != nil {
		return nil, err
	}
	files := make([]KinfoFile, kinfo.Count(table))
	r := kinfo.NewReader(table)
	for i := range files {
		if _, err := r.Next((*zsys.KinfoFile)(&files[i])); err != nil {
			return nil, kinfoCorrupt(err)
		}
	}
	if _, err := r.Next(&s.file); err != nil { // what Count stopped at
		return nil, kinfoCorrupt(err)
	}
	return files, nil
}

// KinfoFiles returns an iterator over the files that [KinfoGetfile] returns. Each
// loop over it asks the kernel once, when it starts, and allocates nothing per
// record.
//
// The *KinfoFile belongs to the iterator: each step reuses it, so that it is valid
// until the next one, together with what its views and PathBytes return. Copy
// what must last. An error, as of KinfoGetfile, comes with a nil *KinfoFile and
// ends the loop.
func KinfoFiles(pid int) iter.Seq2[*KinfoFile, error] {
	return func(yield func(*KinfoFile, error) bool) {
		s := kinfoScratches.Get().(*kinfoScratch)
		defer kinfoScratches.Put(s)
		table, err := s.fetch(zsys.KERN_PROC_FILEDESC, pid)
		if err != nil {
			yield(nil, err)
			return
		}
		r := kinfo.NewReader(table)
		for {
			ok, err := r.Next(&s.file)
			if err != nil {
				yield(nil, kinfoCorrupt(err))
				return
			}
			if !ok || !yield((*KinfoFile)(&s.file), nil) {
				return
			}
		}
	}
}

// KinfoCwd returns the working directory of a process: the sysctl kern.proc.cwd,
// in this form since FreeBSD 12.0. The path is empty if the directory was removed,
// or if the path has 1024 bytes or more. The result belongs to the caller.
//
// Errors are those of [KinfoGetfile]. EINVAL means that the process has no working
// directory, as the kernel's own processes.
func KinfoCwd(pid int) (*KinfoFile, error) {
	s := kinfoScratches.Get().(*kinfoScratch)
	defer kinfoScratches.Put(s)
	table, err := s.fetch(zsys.KERN_PROC_CWD, pid)
	if err != nil {
		return nil, err
	}
	k := new(KinfoFile)
	if err := kinfo.One((*zsys.KinfoFile)(k), table); err != nil {
		return nil, kinfoCorrupt(err)
	}
	return k, nil
}

// KinfoFd returns what the kernel knows about one of this process's own
// descriptors: F_KINFO of fcntl(2), since FreeBSD 13.1. It is cheaper than
// searching [KinfoFiles]. Unlike there, CapRights is empty, and RefCount is one
// more, as the call itself holds the file. The result belongs to the caller.
//
// The error is an [*Error]. EBADF means that fd is not open, or that the kernel
// could not describe the file; EINVAL that the kernel is older than F_KINFO;
// ENOTCAPABLE that fd lacks the right CAP_FCNTL; and ECAPMODE that the process is
// in capability mode.
func KinfoFd(fd int) (*KinfoFile, error) {
	k := new(KinfoFile)
	k.Structsize = int32(kinfo.Size) // the kernel refuses other sizes
	_, failure := zsys.FcntlPtr(fd, zsys.F_KINFO, unsafe.Pointer(k))
	if failure == nil {
		return k, nil
	}
	err := fdError("fcntl F_KINFO", fd, errnoOf(failure))
	if failure == syscall.EINVAL {
		err.hint = "F_KINFO needs FreeBSD 13.1 or later"
	}
	return nil, err
}

// KinfoCorruptError reports that an answer of the kernel does not consist of
// whole records.
type KinfoCorruptError struct {
	Offset int    // where the record starts in the answer, in bytes
	Size   int    // the length that it claims, 0 if that is cut off
	Have   int    // bytes from Offset to the end of the answer
	Reason string // what is wrong
}

// Error says where the record is and what is wrong with it.
func (e *KinfoCorruptError) Error() string { return (*kinfo.Corrupt)(e).Error() }

func kinfoCorrupt(err error) error {
	if c, ok := errors.AsType[*kinfo.Corrupt](err); ok {
		return (*KinfoCorruptError)(c)
	}
	return err
}

// kinfoScratch is what a walk through a table needs. It is used again, as the
// table of a busy server takes megabytes.
type kinfoScratch struct {
	buf  []byte
	file zsys.KinfoFile
}

var kinfoScratches = sync.Pool{New: func() any { return &kinfoScratch{buf: make([]byte, 64<<10)} }}

// fetch reads what kern.proc.which tells of a process. The table is a part of
// s.buf.
func (s *kinfoScratch) fetch(which int32, pid int) (table []byte, err error) {
	mib := [4]int32{zsys.CTL_KERN, zsys.KERN_PROC, which, int32(pid)}
	if int(mib[3]) != pid {
		return nil, kinfoError(which, pid, syscall.ESRCH)
	}
	s.buf, table, err = kinfo.Fetch(s.buf, func(buf []byte) (int, bool, error) {
		n := uintptr(len(buf))
		var old *byte
		if n > 0 {
			old = &buf[0]
		}
		errno := errnoOf(zsys.Sysctl(&mib[0], uint32(len(mib)), old, &n, nil, 0))
		if errno != 0 && errno != syscall.ENOMEM {
			return 0, false, kinfoError(which, pid, errno)
		}
		return int(n), errno == syscall.ENOMEM, nil
	})
	if err == kinfo.ErrGrowing {
		e := kinfoError(which, pid, syscall.ENOMEM)
		e.hint = err.Error()
		return nil, e
	}
	return table, err
}

// kinfoError tells the two reasons apart for which sysctl(3) answers EPERM.
func kinfoError(which int32, pid int, errno syscall.Errno) *Error {
	e := &Error{Op: "sysctl kern.proc.filedesc", Errno: errno, Object: "pid " + strconv.Itoa(pid)}
	if which == zsys.KERN_PROC_CWD {
		e.Op = "sysctl kern.proc.cwd"
	}
	if errno == syscall.EPERM {
		if sandboxed, _ := InCapabilityMode(); sandboxed {
			e.Errno = syscall.ECAPMODE
		} else {
			e.hint = "the caller may not debug the process"
		}
	}
	return e
}
