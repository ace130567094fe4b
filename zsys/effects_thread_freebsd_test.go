package zsys_test

import (
	"reflect"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

var threadEffects = []effect{
	{in: "Yield SchedYield", run: func(t *testing.T) {
		ok(t, "yield", zsys.Yield())
		ok(t, "sched_yield", zsys.SchedYield())
	}},
	{in: "ThrNew", run: func(t *testing.T) {
		is(t, "thr_new of nothing", zsys.ThrNew(nil), syscall.EFAULT)
		is(t, "thr_new with a class that is none", zsys.ThrNew(&zsys.ThrParam{Rtp: &zsys.RtprioT{Type: 99}}), syscall.EINVAL)
	}},
	{in: "ThrKill ThrKill2", run: func(t *testing.T) {
		oneThread(t)
		pid, err := zsys.Getpid()
		ok(t, "getpid", err)
		ok(t, "thr_kill", zsys.ThrKill(tid(t), 0))
		is(t, "thr_kill with a signal that is none", zsys.ThrKill(tid(t), 999), syscall.EINVAL)
		ok(t, "thr_kill2", zsys.ThrKill2(int32(pid), tid(t), 0))
		is(t, "thr_kill2 in another process", zsys.ThrKill2(1, tid(t), 0), syscall.ESRCH)
		is(t, "thr_kill2 with a signal that is none", zsys.ThrKill2(int32(pid), tid(t), 999), syscall.EINVAL)
	}},
	{in: "ThrSuspend ThrWake", run: func(t *testing.T) {
		oneThread(t)
		ok(t, "thr_wake", zsys.ThrWake(tid(t)))
		ok(t, "thr_suspend of a thread that is woken", zsys.ThrSuspend(&zsys.Timespec{Sec: 30}))
		is(t, "thr_suspend", zsys.ThrSuspend(&zsys.Timespec{Nsec: 2e6}), syscall.ETIMEDOUT)
		is(t, "thr_wake of none", zsys.ThrWake(1<<30), syscall.ESRCH)
	}},
	{in: "Umtx UmtxTimed", run: TestUmtx},
	{in: "KsemWait KsemTimedwait", run: func(t *testing.T) {
		var id int
		ok(t, "ksem_init", zsys.KsemInit(&id, 2))
		defer zsys.KsemDestroy(id)
		var value int32
		ok(t, "ksem_wait", zsys.KsemWait(id))
		ok(t, "ksem_getvalue", zsys.KsemGetvalue(id, &value))
		same(t, "value", value, 1)
		ok(t, "ksem_timedwait", zsys.KsemTimedwait(id, &zsys.Timespec{}))
		is(t, "ksem_timedwait until 1970", zsys.KsemTimedwait(id, &zsys.Timespec{Sec: 1}), syscall.ETIMEDOUT)
	}},
	{in: "Exterrctl", run: func(t *testing.T) {
		oneThread(t)
		fd, _ := open(t, "text")
		room := (*zsys.Uexterror)(unsafe.Pointer(unsafe.SliceData(pages(t, 1)))) // not Go's memory
		room.Ver = zsys.UEXTERROR_VER
		_, err := zsys.Exterrctl(zsys.EXTERRCTL_ENABLE, 1<<20, room)
		is(t, "exterrctl with flags that are none", err, syscall.EINVAL)
		_, err = zsys.Exterrctl(zsys.EXTERRCTL_ENABLE, 0, room)
		ok(t, "exterrctl", err)
		_, err = zsys.Exterrctl(zsys.EXTERRCTL_ENABLE, 0, room)
		is(t, "exterrctl again", err, syscall.EBUSY)
		_, err = zsys.Pread(fd, nil, -1)
		is(t, "pread before the file", err, syscall.EINVAL)
		same(t, "what the kernel tells of it", room.Error, uint32(syscall.EINVAL))
		_, err = zsys.Exterrctl(zsys.EXTERRCTL_DISABLE, 0, nil)
		ok(t, "exterrctl", err)
	}},
	{in: "Getcontext", run: func(t *testing.T) {
		oneThread(t)
		var here struct {
			context zsys.Ucontext
			behind  uint64
		}
		here.behind = 0xfeed
		is(t, "getcontext", zsys.Getcontext(nil), syscall.EINVAL)
		var local byte
		at := uintptr(unsafe.Pointer(&local))
		ok(t, "getcontext", zsys.Getcontext(&here.context))
		same(t, "what lies behind the context", here.behind, 0xfeed)
		pc, sp := registers(t, reflect.ValueOf(here.context.Mcontext))
		if far := int64(sp) - int64(at); pc == 0 || far < -1<<20 || far > 1<<20 {
			t.Errorf("getcontext: instruction %#x, stack %#x, where a variable is at %#x", pc, sp, at)
		}
	}},
}

// registers returns the program counter and the stack pointer of a Reg or
// Mcontext, whose names are the processor's.
func registers(t *testing.T, set reflect.Value) (pc, sp uint64) {
	t.Helper()
	if inner := set.FieldByName("Gpregs"); inner.IsValid() {
		set = inner
	}
	if all := set.FieldByName("Gregs"); all.IsValid() { // arm: r0 to r15, and the status
		return all.Index(15).Uint(), all.Index(13).Uint()
	}
	word := func(names ...string) uint64 {
		for _, name := range names {
			switch f := set.FieldByName(name); {
			case f.IsValid() && f.CanUint():
				return f.Uint()
			case f.IsValid() && f.Type().Size() == 4:
				return uint64(uint32(f.Int()))
			case f.IsValid():
				return uint64(f.Int())
			}
		}
		t.Errorf("%v has no register of %v", set.Type(), names)
		return 0
	}
	return word("Rip", "Eip", "Elr", "Sepc", "Pc"), word("Rsp", "Esp", "Sp")
}
