package kinfo

import (
	"iter"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// Numbers of threads begin above those of processes, so that the kernel can take either.

// Args returns the arguments of a process, its name first: kern.proc.args. They are
// whole, however long. A process can change them, as setproctitle(3) does. Everybody
// who sees the process may read them, if kern.ps_argsopen allows it.
func Args(pid int) ([]string, error) { return listed(zsys.KERN_PROC_ARGS, pid) }

// Environ returns the environment of a process, as os.Environ does of one's own:
// kern.proc.env. The process can have changed it.
func Environ(pid int) ([]string, error) { return listed(zsys.KERN_PROC_ENV, pid) }

func listed(which int32, pid int) ([]string, error) {
	return asked(which, pid, func(b []byte) ([]string, error) { return strings0(b), nil })
}

// Executable returns the path of the program that a process runs:
// kern.proc.pathname. It is empty for the kernel's processes.
//
// ENOENT means that the kernel does not find a path any more, as the file was
// deleted or renamed.
func Executable(pid int) (string, error) {
	return asked(zsys.KERN_PROC_PATHNAME, pid, func(b []byte) (string, error) { return string(beforeNUL(b)), nil })
}

// Auxv returns the auxiliary vector of a process: kern.proc.auxv.
func Auxv(pid int) ([]Aux, error) { return asked(zsys.KERN_PROC_AUXV, pid, DecodeAuxv) }

// ProcGroups returns all groups of a process, the effective one first:
// kern.proc.groups.
func ProcGroups(pid int) ([]uint32, error) { return asked(zsys.KERN_PROC_GROUPS, pid, numbers32) }

// KernelStacks returns what the threads of a process do in the kernel:
// kern.proc.kstack. ENOENT means that the kernel was built without the option STACK.
func KernelStacks(pid int) ([]Stack, error) { return asked(zsys.KERN_PROC_KSTACK, pid, DecodeStacks) }

// Mappings returns an iterator over the pieces of a process's address space, from
// low to high addresses: kinfo_getvmmap(3), the sysctl kern.proc.vmmap. It allocates
// nothing per record.
//
// The *Mapping belongs to the iterator: each step reuses it. Copy what must last, or
// use [Collect]. An error comes with a nil *Mapping and ends the loop.
func Mappings(pid int) iter.Seq2[*Mapping, error] {
	return func(yield func(*Mapping, error) bool) {
		s := scratches.Get().(*scratch)
		defer scratches.Put(s)
		table, err := s.listOf(zsys.KERN_PROC_VMMAP, pid)
		if err != nil {
			yield(nil, err)
			return
		}
		decodeMappings(table, &s.vm, yield)
	}
}

// Umask returns the mask of permissions that a process takes away from the files
// that it makes: kern.proc.umask.
func Umask(pid int) (uint16, error) {
	if pid == 0 { // which the kernel takes for the caller
		return 0, procError(zsys.KERN_PROC_UMASK, pid, &rawsys.Error{Errno: syscall.EINVAL, Hint: "the kernel's own process has no umask"})
	}
	return askedOne(zsys.KERN_PROC_UMASK, pid, func(b []byte) (uint16, error) {
		if len(b) != 2 {
			return 0, wrongSize("umask", len(b), 2)
		}
		return raw(b).u16(0), nil
	})
}

// ResourceLimit returns a limit of a process: kern.proc.rlimit. Resource is one of
// zsys.RLIMIT_*; EINVAL means that the kernel does not know it.
func ResourceLimit(pid, resource int) (Limit, error) {
	return askedOne(zsys.KERN_PROC_RLIMIT, pid, func(b []byte) (Limit, error) {
		if len(b) != 16 {
			return Limit{}, wrongSize("rlimit", len(b), 16)
		}
		return Limit{int64(raw(b).u64(0)), int64(raw(b).u64(8))}, nil
	}, int32(resource))
}

// ResourceUsage returns how much of a resource is in use, in the units of its
// [ResourceLimit]: kern.proc.rlimit_usage. FreeBSD 14.3 has it. In 12.1, which does not,
// the error is ENOENT. Resource is one of zsys.RLIMIT_*. Some count what the
// process uses. Others, such as RLIMIT_NPROC, count what all processes of its user
// use. ok is false if the kernel does not count this resource.
func ResourceUsage(pid, resource int) (used int64, ok bool, err error) {
	used, err = askedOne(zsys.KERN_PROC_RLIMIT_USAGE, pid, func(b []byte) (int64, error) {
		if len(b) != 8 {
			return 0, wrongSize("rlimit_usage", len(b), 8)
		}
		return int64(raw(b).u64(0)), nil
	}, int32(resource))
	return used, err == nil && used != -1, err
}

// OSRelease returns the release of FreeBSD that a process's program was built for,
// as __FreeBSD_version, such as 1500068; 0 if the program does not say:
// kern.proc.osrel.
func OSRelease(pid int) (int, error) {
	return askedOne(zsys.KERN_PROC_OSREL, pid, func(b []byte) (int, error) {
		if len(b) != 4 {
			return 0, wrongSize("osrel", len(b), 4)
		}
		return raw(b).int(0), nil
	})
}

// SignalTrampoline returns where the code lies that a process returns through from
// signal handlers: kern.proc.sigtramp.
func SignalTrampoline(pid int) (Range, error) {
	return askedOne(zsys.KERN_PROC_SIGTRAMP, pid, decodeRange)
}

// Root returns the root directory of a process. It is not / for one in a jail or
// behind chroot(2). ENOENT means that it has none, as the kernel's processes.
func Root(pid int) (*File, error) {
	for f, err := range Files(pid) {
		if err != nil {
			return nil, err
		}
		if f.Fd == int32(zsys.KF_FD_TYPE_ROOT) {
			found := *f
			return &found, nil
		}
	}
	return nil, procError(zsys.KERN_PROC_FILEDESC, pid, &rawsys.Error{Errno: syscall.ENOENT, Hint: "the process has no root directory"})
}

// asked reads a list of a process and takes it apart.
func asked[T any](which int32, pid int, decode func([]byte) (T, error)) (v T, err error) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	table, err := s.listOf(which, pid)
	if err != nil {
		return v, err
	}
	return decode(table)
}

// askedOne reads a value that a zombie does not have: then the error is ESRCH.
func askedOne[T any](which int32, pid int, decode func([]byte) (T, error), args ...int32) (v T, err error) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	value, err := s.ofProcess(which, pid, args...)
	if err != nil {
		return v, err
	}
	return decode(value)
}

// listOf is ofProcess, but for a zombie, of which the kernel knows nothing more:
// then the table is empty.
func (s *scratch) listOf(which int32, pid int) ([]byte, error) {
	table, err := s.ofProcess(which, pid)
	if e, ok := err.(*rawsys.Error); ok && e.Errno == syscall.ESRCH && pid >= 0 {
		if p, lookup := Process(pid); lookup == nil && p.State == StateZombie {
			return nil, nil
		}
	}
	return table, err
}

// Events returns the events that the kqueues of a process wait for:
// kern.proc.kqueue, since FreeBSD 15.0; ENOENT before. The slice belongs to the
// caller.
func Events(pid int) ([]Event, error) {
	return asked(zsys.KERN_PROC_KQUEUE, pid, func(b []byte) ([]Event, error) { return Collect(DecodeEvents(b)) })
}
