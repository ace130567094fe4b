package zsys_test

import (
	"runtime"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

var systemEffects = []effect{
	{in: "Settimeofday", run: func(t *testing.T) {
		is(t, "settimeofday with a time that is none", zsys.Settimeofday(&zsys.Timeval{Sec: 1, Usec: 1e6}, nil), syscall.EINVAL)
		is(t, "settimeofday with a zone that is nowhere", zsys.Settimeofday(nil, (*zsys.Timezone)(unsafe.Pointer(nowhere(t)))), syscall.EFAULT)
	}},
	{in: "Adjtime", run: func(t *testing.T) {
		ok(t, "adjtime", zsys.Adjtime(&zsys.Timeval{Sec: 2, Usec: 500000}, nil))
		var left zsys.Timeval
		ok(t, "adjtime", zsys.Adjtime(&zsys.Timeval{}, &left))
		d := time.Duration(left.Sec)*time.Second + time.Duration(left.Usec)*time.Microsecond
		if d <= time.Second || d > 2500*time.Millisecond {
			t.Errorf("%v were left to adjust, want almost 2.5s", d)
		}
	}},
	{in: "Sysarch", run: func(t *testing.T) {
		_, err := zsys.Sysarch(-1, nil)
		if err != syscall.EINVAL && err != syscall.EOPNOTSUPP {
			t.Errorf("sysarch of no kind: %v", err)
		}
		const fsbase = 128 // AMD64_GET_FSBASE
		var base uintptr
		if runtime.GOARCH == "amd64" {
			oneThread(t)
			_, err := zsys.Sysarch(fsbase, unsafe.Pointer(&base))
			if ok(t, "sysarch", err); base == 0 {
				t.Error("this thread has no storage of its own")
			}
		}
	}},
	{in: "NlmSyscall Nfssvc RpctlsSyscall", run: func(t *testing.T) {
		ignoreSigsys(t)
		_, err := zsys.NlmSyscall(0, 0, nil)
		is(t, "nlm_syscall", err, syscall.ENOSYS)
		_, err = zsys.Nfssvc(0, nil)
		is(t, "nfssvc", err, syscall.ENOSYS)
		_, err = zsys.RpctlsSyscall(1<<40 + 1)
		is(t, "rpctls_syscall", err, syscall.ENOSYS)
	}},
	{in: "Semsys", run: func(t *testing.T) {
		ignoreSigsys(t)
		n, err := zsys.Semsys(semget, zsys.IPC_PRIVATE, 3, 0o600, 0)
		if err == syscall.ENOSYS {
			return // of FreeBSD 7 and before: newer ports have none
		}
		ok(t, "semsys", err)
		ds, arg := new(zsys.SemidDs), new(zsys.Semun)
		*arg.Buf() = ds
		_, err = zsys.Semctl(int32(n), 0, zsys.IPC_STAT, arg)
		ok(t, "IPC_STAT", err)
		same(t, "semaphores", ds.Nsems, 3)
		_, err = zsys.Semctl(int32(n), 0, zsys.IPC_RMID, nil)
		ok(t, "IPC_RMID", err)
	}},
	{in: "Msgsys", run: func(t *testing.T) {
		ignoreSigsys(t)
		n, err := zsys.Msgsys(msgget, zsys.IPC_PRIVATE, 0o640, 0, 0, 0)
		if err == syscall.ENOSYS {
			return
		}
		ok(t, "msgsys", err)
		var ds zsys.MsqidDs
		_, err = zsys.Msgctl(int32(n), zsys.IPC_STAT, &ds)
		ok(t, "IPC_STAT", err)
		same(t, "mode", ds.Perm.Mode&0o777, 0o640)
		_, err = zsys.Msgctl(int32(n), zsys.IPC_RMID, nil)
		ok(t, "IPC_RMID", err)
	}},
	{in: "Shmsys", run: func(t *testing.T) {
		ignoreSigsys(t)
		n, err := zsys.Shmsys(shmget, zsys.IPC_PRIVATE, 12345, 0o600)
		if err == syscall.ENOSYS {
			return
		}
		ok(t, "shmsys", err)
		var ds zsys.ShmidDs
		_, err = zsys.Shmctl(int32(n), zsys.IPC_STAT, &ds)
		ok(t, "IPC_STAT", err)
		same(t, "size in pages", (ds.Segsz+4095)/4096, 4)
		_, err = zsys.Shmctl(int32(n), zsys.IPC_RMID, nil)
		ok(t, "IPC_RMID", err)
	}},
	{in: "Kldunload Kldunloadf", run: func(t *testing.T) {
		is(t, "kldunload", zsys.Kldunload(99999), syscall.ENOENT)
		is(t, "kldunloadf", zsys.Kldunloadf(99999, zsys.LINKER_UNLOAD_FORCE), syscall.ENOENT)
		is(t, "kldunloadf in no way", zsys.Kldunloadf(99999, 99), syscall.EINVAL)
	}},
	{in: "Audit Auditon", run: func(t *testing.T) {
		ignoreSigsys(t)
		for _, err := range []error{zsys.Audit(nil), zsys.Auditon(-1, nil), zsys.Auditon(-1, make([]byte, 4))} {
			if err != syscall.EINVAL && err != syscall.ENOSYS {
				t.Errorf("audit of nothing: %v", err)
			}
		}
	}},
}

// What semsys, msgsys and shmsys do, by number.
const (
	semget = 1
	msgget = 1
	shmget = 3
)

// nowhere is an address at which there is nothing.
func nowhere(t *testing.T) *byte {
	t.Helper()
	b := pages(t, 1)
	ok(t, "mprotect", zsys.Mprotect(address(b), uintptr(len(b)), zsys.PROT_NONE))
	return &b[0]
}
