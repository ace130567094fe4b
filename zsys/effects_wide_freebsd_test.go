package zsys_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// far does not fit 32 bits, and its halves differ: so it shows when they change
// places, and when one is in the place of padding.
const far = 3<<32 + 1<<20

// wideEffects are of calls with arguments of 64 bits, which 32-bit ports split.
var wideEffects = []effect{
	{in: "Lseek", run: func(t *testing.T) {
		fd, _ := open(t, "")
		n, err := zsys.Lseek(fd, far+5, zsys.SEEK_SET)
		ok(t, "lseek", err)
		same(t, "lseek", n, far+5)
		n, err = zsys.Lseek(fd, -5, zsys.SEEK_CUR)
		ok(t, "lseek", err)
		same(t, "lseek back", n, far)
		_, err = zsys.Lseek(fd, -far, zsys.SEEK_SET)
		is(t, "lseek to before the file", err, syscall.EINVAL)
	}},
	{in: "Pread Pwrite Preadv Pwritev", run: func(t *testing.T) {
		fd, _ := open(t, "")
		n, err := zsys.Pwrite(fd, []byte("one"), far)
		ok(t, "pwrite", err)
		same(t, "pwrite", n, 3)
		n, err = zsys.Pwritev(fd, iovecs("two", "three"), far+3)
		ok(t, "pwritev", err)
		same(t, "pwritev", n, 8)
		same(t, "size", size(t, fd), far+11)
		b := make([]byte, 11)
		_, err = zsys.Pread(fd, b, far)
		ok(t, "pread", err)
		same(t, "pread", string(b), "onetwothree")
		iov := []zsys.Iovec{{Base: &b[0], Len: 3}, {Base: &b[5], Len: 5}}
		n, err = zsys.Preadv(fd, iov, far+3)
		ok(t, "preadv", err)
		same(t, "preadv", n, 8)
		same(t, "preadv", string(b), "twotwthreee")
	}},
	{in: "Truncate Ftruncate", run: func(t *testing.T) {
		fd, path := open(t, "")
		ok(t, "truncate", zsys.Truncate(path, far))
		same(t, "size", size(t, fd), far)
		ok(t, "ftruncate", zsys.Ftruncate(fd, far+7))
		same(t, "size", size(t, fd), far+7)
		is(t, "ftruncate to less than nothing", zsys.Ftruncate(fd, -far), syscall.EINVAL)
	}},
	{in: "PosixFadvise", run: func(t *testing.T) {
		fd, _ := open(t, "")
		ok(t, "posix_fadvise", zsys.PosixFadvise(fd, far, far+1, zsys.POSIX_FADV_RANDOM))
		is(t, "before the file", zsys.PosixFadvise(fd, -far, far, zsys.POSIX_FADV_RANDOM), syscall.EINVAL)
		is(t, "to before the file", zsys.PosixFadvise(fd, far, -far, zsys.POSIX_FADV_RANDOM), syscall.EINVAL)
		is(t, "past the longest file", zsys.PosixFadvise(fd, 1<<62, 1<<62, zsys.POSIX_FADV_RANDOM), syscall.EINVAL)
		is(t, "advice that is none", zsys.PosixFadvise(fd, far, far, 99), syscall.EINVAL)
	}},
	{in: "PosixFallocate", run: func(t *testing.T) {
		fd, _ := open(t, "")
		if err := zsys.PosixFallocate(fd, far, 4096); err != syscall.EOPNOTSUPP && err != syscall.EINVAL {
			ok(t, "posix_fallocate", err)
			same(t, "size", size(t, fd), far+4096)
		}
		is(t, "to before the file", zsys.PosixFallocate(fd, far, -far), syscall.EINVAL)
		is(t, "past the longest file", zsys.PosixFallocate(fd, 1<<62, 1<<62), syscall.EFBIG)
	}},
	{in: "Fspacectl", run: func(t *testing.T) {
		fd, _ := open(t, "")
		_, err := zsys.Pwrite(fd, []byte("0123456789"), far)
		ok(t, "pwrite", err)
		var rest zsys.SpacectlRange
		ok(t, "fspacectl", zsys.Fspacectl(fd, zsys.SPACECTL_DEALLOC, &zsys.SpacectlRange{Offset: far + 2, Len: 3}, 0, &rest))
		b := make([]byte, 10)
		_, err = zsys.Pread(fd, b, far)
		ok(t, "pread", err)
		same(t, "what is left", string(b), "01\x00\x00\x0056789")
		same(t, "what is to do", rest, zsys.SpacectlRange{Offset: far + 5})
	}},
	{in: "CopyFileRange", run: func(t *testing.T) {
		in, _ := open(t, "")
		out, _ := open(t, "")
		_, err := zsys.Pwrite(in, []byte("0123456789"), far)
		ok(t, "pwrite", err)
		from, to := int64(far+2), int64(2*far)
		n, err := zsys.CopyFileRange(in, &from, out, &to, 5, 0)
		ok(t, "copy_file_range", err)
		same(t, "copy_file_range", n, 5)
		same(t, "offsets", [2]int64{from, to}, [2]int64{far + 7, 2*far + 5})
		same(t, "size", size(t, out), 2*far+5)
	}},
	{in: "Sendfile", run: func(t *testing.T) {
		fd, _ := open(t, "")
		_, err := zsys.Pwrite(fd, []byte("0123456789"), far)
		ok(t, "pwrite", err)
		fds := pair(t)
		var sent int64
		ok(t, "sendfile", zsys.Sendfile(fd, fds[0], far+2, 3, nil, &sent, 0))
		same(t, "sent", sent, 3)
		receive(t, fds[1], "234")
	}},
	{in: "Procctl Wait6", run: func(t *testing.T) {
		pid := sleeper(t)
		var flags int32
		ok(t, "procctl", zsys.Procctl(zsys.P_PID, int64(pid), zsys.PROC_TRACE_STATUS, unsafe.Pointer(&flags)))
		is(t, "procctl of none", zsys.Procctl(zsys.P_PID, 99999, zsys.PROC_TRACE_STATUS, unsafe.Pointer(&flags)), syscall.ESRCH)
		var info zsys.Siginfo
		var use zsys.Wrusage
		var status int32
		_, err := zsys.Wait6(zsys.P_PID, 99999, &status, zsys.WEXITED|zsys.WNOHANG, &use, &info)
		is(t, "wait6 for none", err, syscall.ECHILD)
		ok(t, "kill", zsys.Kill(pid, zsys.SIGTERM))
		n, err := zsys.Wait6(zsys.P_PID, int64(pid), &status, zsys.WEXITED, &use, &info)
		ok(t, "wait6", err)
		same(t, "wait6", [4]int32{int32(n), status, info.Pid, info.Status}, [4]int32{pid, zsys.SIGTERM, pid, zsys.SIGTERM})
	}},
	{in: "CpusetGetid CpusetGetaffinity CpusetSetaffinity", run: func(t *testing.T) {
		pid := int64(sleeper(t))
		var set int32
		var mask zsys.CpusetMask
		ok(t, "cpuset_getid", zsys.CpusetGetid(zsys.CPU_LEVEL_CPUSET, zsys.CPU_WHICH_PID, pid, &set))
		ok(t, "cpuset_getaffinity", zsys.CpusetGetaffinity(zsys.CPU_LEVEL_WHICH, zsys.CPU_WHICH_PID, pid, &mask))
		ok(t, "cpuset_setaffinity", zsys.CpusetSetaffinity(zsys.CPU_LEVEL_WHICH, zsys.CPU_WHICH_PID, pid, &mask))
		const none = 99999 // in the low half, which alone the kernel looks at
		is(t, "cpuset_getid of none", zsys.CpusetGetid(zsys.CPU_LEVEL_CPUSET, zsys.CPU_WHICH_PID, none, &set), syscall.ESRCH)
		is(t, "cpuset_getaffinity of none", zsys.CpusetGetaffinity(zsys.CPU_LEVEL_WHICH, zsys.CPU_WHICH_PID, none, &mask), syscall.ESRCH)
		is(t, "cpuset_setaffinity of none", zsys.CpusetSetaffinity(zsys.CPU_LEVEL_WHICH, zsys.CPU_WHICH_PID, none, &mask), syscall.ESRCH)
		is(t, "cpuset_setid of none", zsys.CpusetSetid(zsys.CPU_WHICH_PID, none, set), syscall.ESRCH)
	}},
	{in: "ClockGetcpuclockid2", run: func(t *testing.T) {
		var clock zsys.Clock
		ok(t, "clock_getcpuclockid2", zsys.ClockGetcpuclockid2(int64(os.Getpid()), zsys.CPUCLOCK_WHICH_PID, &clock))
		var now zsys.Timespec
		ok(t, "clock_gettime", zsys.ClockGettime(clock, &now))
		is(t, "of none", zsys.ClockGetcpuclockid2(99999, zsys.CPUCLOCK_WHICH_PID, &clock), syscall.ESRCH)
	}},
	{in: "Kevent", run: func(t *testing.T) {
		kq, err := zsys.Kqueue()
		ok(t, "kqueue", err)
		defer zsys.Close(kq)
		events := make([]zsys.KeventT, 2)
		n, err := zsys.Kevent(kq, nil, events, &zsys.Timespec{Nsec: 1e6})
		ok(t, "kevent", err)
		same(t, "kevent", n, 0)
		change := []zsys.KeventT{{Ident: 7, Filter: zsys.EVFILT_USER, Flags: zsys.EV_ADD, Udata: 42}}
		_, err = zsys.Kevent(kq, change, nil, nil)
		ok(t, "kevent", err)
		change[0].Flags, change[0].Fflags = 0, zsys.NOTE_TRIGGER
		n, err = zsys.Kevent(kq, change, events, &zsys.Timespec{Sec: 5})
		ok(t, "kevent", err)
		same(t, "kevent", [3]int{n, int(events[0].Ident), int(events[0].Udata)}, [3]int{1, 7, 42})
	}},
	{in: "Mknodat", run: func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "device")
		const device = 0x12345678_9abcdef0
		ok(t, "mknodat", zsys.Mknodat(zsys.AT_FDCWD, path, zsys.S_IFCHR|0o600, device))
		var st zsys.Stat
		ok(t, "fstatat", zsys.Fstatat(zsys.AT_FDCWD, path, &st, 0))
		same(t, "device", st.Rdev, device)
	}},
}
