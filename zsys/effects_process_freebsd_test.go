package zsys_test

import (
	"os"
	"reflect"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

var processEffects = []effect{
	{in: "Fork", where: child, run: func(t *testing.T) {
		oneThread(t)
		n, err := zsys.Fork()
		if n == 0 {
			exit(5)
		}
		ok(t, "fork", err)
		same(t, "status", reap(t, n), 5<<8)
	}},
	{in: "Rfork", where: child, run: func(t *testing.T) {
		oneThread(t)
		_, err := zsys.Rfork(1 << 18)
		is(t, "rfork with flags that are none", err, syscall.EINVAL)
		n, err := zsys.Rfork(zsys.RFPROC | zsys.RFFDG)
		if n == 0 {
			exit(6)
		}
		ok(t, "rfork", err)
		same(t, "status", reap(t, n), 6<<8)
	}},
	{in: "Pdfork", where: child, run: func(t *testing.T) {
		oneThread(t)
		var fd, pid int32
		n, err := zsys.Pdfork(&fd, zsys.PD_DAEMON)
		if n == 0 {
			exit(7)
		}
		ok(t, "pdfork", err)
		ok(t, "pdgetpid", zsys.Pdgetpid(int(fd), &pid))
		same(t, "pdgetpid", int(pid), n)
		same(t, "status", reap(t, n), 7<<8)
	}},
	{in: "Execve", where: child, ends: exits(4), run: func(t *testing.T) {
		path, argv, envv := program(t, "4")
		ok(t, "execve", zsys.Execve(path, argv, envv))
	}},
	{in: "Fexecve", where: child, ends: exits(5), run: func(t *testing.T) {
		path, argv, envv := program(t, "5")
		fd, err := zsys.Open(path, zsys.O_EXEC, 0)
		ok(t, "open", err)
		ok(t, "fexecve", zsys.Fexecve(fd, argv, envv))
	}},
	{in: "MacExecve", where: child, run: func(t *testing.T) {
		ignoreSigsys(t)
		_, argv, envv := program(t, "6")
		err := zsys.MacExecve("/nonexistent/x", argv, envv, new(zsys.Mac))
		if err != syscall.EINVAL && err != syscall.ENOSYS {
			t.Errorf("__mac_execve: %v", err)
		}
	}},
	{in: "Abort2", where: child, ends: killedBy(syscall.SIGABRT), run: func(t *testing.T) {
		why := "a test"
		ok(t, "abort2", zsys.Abort2(&why, []*byte{nil, new(byte)}))
	}},
	{in: "Kill", run: func(t *testing.T) {
		pid := sleeper(t)
		ok(t, "kill", zsys.Kill(pid, zsys.SIGTERM))
		same(t, "status", reap(t, int(pid)), zsys.SIGTERM)
		is(t, "kill with a signal that is none", zsys.Kill(pid, 999), syscall.EINVAL)
	}},
	{in: "Ptrace PtraceAddr PtraceReg PtraceFpreg PtraceDbreg PtraceLwp", run: func(t *testing.T) {
		oneThread(t)
		pid := sleeper(t)
		_, err := zsys.Ptrace(zsys.PT_ATTACH, pid, nil, 0)
		ok(t, "PT_ATTACH", err)
		t.Cleanup(func() { zsys.PtraceAddr(zsys.PT_KILL, pid, 0, 0) }) // while it is traced and stands still SIGKILL does not end it
		same(t, "stopped by", reap(t, int(pid)), zsys.SIGSTOP<<8|0x7f)
		var info zsys.PtraceLwpinfo
		_, err = zsys.PtraceLwp(zsys.PT_LWPINFO, pid, &info, int32(unsafe.Sizeof(info)))
		ok(t, "PT_LWPINFO", err)
		same(t, "thread", info.Lwpid > 0, true)
		again := info
		_, err = zsys.Ptrace(zsys.PT_LWPINFO, pid, unsafe.Pointer(&again), int32(unsafe.Sizeof(again)))
		ok(t, "PT_LWPINFO", err)
		same(t, "what PT_LWPINFO tells", again, info)
		readRegisters(t, pid)
		if runtime.GOARCH != "riscv64" { // its kernel panics
			debugRegisters(t, pid)
		}
		n, err := zsys.PtraceAddr(zsys.PT_GETNUMLWPS, pid, 0, 0)
		if ok(t, "PT_GETNUMLWPS", err); n < 1 {
			t.Errorf("PT_GETNUMLWPS: %d", n)
		}
		_, err = zsys.PtraceAddr(zsys.PT_DETACH, pid, 1, 0)
		ok(t, "PT_DETACH", err)
	}},
	{in: "Setpriority", where: child, run: func(t *testing.T) {
		ok(t, "setpriority", zsys.Setpriority(zsys.PRIO_PROCESS, int32(os.Getpid()), 7))
		n, err := zsys.Getpriority(zsys.PRIO_PROCESS, 0)
		ok(t, "getpriority", err)
		same(t, "priority", n, 7)
	}},
	{in: "Setrlimit", where: child, run: func(t *testing.T) {
		want := zsys.Rlimit{Cur: 1<<40 + 1, Max: 1<<41 + 2}
		ok(t, "setrlimit", zsys.Setrlimit(zsys.RLIMIT_FSIZE, &want))
		var got zsys.Rlimit
		ok(t, "getrlimit", zsys.Getrlimit(zsys.RLIMIT_FSIZE, &got))
		same(t, "limit", got, want)
	}},
	{in: "Cpuset", where: child, run: func(t *testing.T) {
		var made, got int32
		ok(t, "cpuset", zsys.Cpuset(&made))
		ok(t, "cpuset_getid", zsys.CpusetGetid(zsys.CPU_LEVEL_CPUSET, zsys.CPU_WHICH_PID, -1, &got))
		same(t, "set", got, made)
	}},
	{in: "Profil", run: func(t *testing.T) {
		ok(t, "profil", zsys.Profil(0, 0, 0, 0))
		is(t, "profil with a scale that is none", zsys.Profil(0, 0, 0, 1<<16+1), syscall.EINVAL)
	}},
}

// exit ends a process that fork made. Of Go's runtime nothing works there, neither
// the collector nor a lock that another thread held, so that between the fork and
// this there may be no call that could grow the stack or come to the scheduler.
//
//go:nosplit
func exit(status uintptr) { syscall.RawSyscall(zsys.SYS__EXIT, status, 0, 0) }

// program is this test as a program that ends as said, for execve.
func program(t *testing.T, end string) (path string, argv, envv **byte) {
	t.Helper()
	path, err := os.Executable()
	ok(t, "executable", err)
	return path, vector(path, "-test.run=^TestEnd$"), vector(append(os.Environ(), effectVariable+"=", endVariable+"="+end)...)
}

// vector is an array of strings as C has it.
func vector(texts ...string) **byte {
	out := make([]*byte, len(texts)+1)
	for i, s := range texts {
		out[i] = unsafe.SliceData([]byte(s + "\x00"))
	}
	return &out[0]
}

// readRegisters reads the registers of a process that stands still, and writes
// them back.
func readRegisters(t *testing.T, pid int32) {
	t.Helper()
	var regs, back zsys.Reg
	_, err := zsys.PtraceReg(zsys.PT_GETREGS, pid, &regs, 0)
	ok(t, "PT_GETREGS", err)
	pc, sp := registers(t, reflect.ValueOf(regs))
	if pc == 0 || sp == 0 || sp%4 != 0 {
		t.Errorf("PT_GETREGS: instruction %#x, stack %#x", pc, sp)
	}
	_, err = zsys.PtraceReg(zsys.PT_SETREGS, pid, &regs, 0)
	ok(t, "PT_SETREGS", err)
	_, err = zsys.PtraceReg(zsys.PT_GETREGS, pid, &back, 0)
	ok(t, "PT_GETREGS", err)
	same(t, "registers as they were set", back, regs)
	_, err = zsys.PtraceReg(zsys.PT_GETREGS, pid, nil, 0)
	is(t, "PT_GETREGS to nowhere", err, syscall.EFAULT)

	var guarded struct {
		regs   zsys.Fpreg
		behind uint64
	}
	guarded.behind = 0xfeed
	_, err = zsys.PtraceFpreg(zsys.PT_GETFPREGS, pid, &guarded.regs, 0)
	ok(t, "PT_GETFPREGS", err)
	_, err = zsys.PtraceFpreg(zsys.PT_SETFPREGS, pid, &guarded.regs, 0)
	ok(t, "PT_SETFPREGS", err)
	same(t, "what lies behind the registers", guarded.behind, 0xfeed)
}

// debugRegisters sets a breakpoint in a process that stands still, and reads it
// back.
func debugRegisters(t *testing.T, pid int32) {
	t.Helper()
	var guarded struct {
		regs   zsys.Dbreg
		behind uint64
	}
	guarded.behind = 0xfeed
	_, err := zsys.PtraceDbreg(zsys.PT_GETDBREGS, pid, &guarded.regs, 0)
	ok(t, "PT_GETDBREGS", err)
	same(t, "what lies behind the registers", guarded.behind, 0xfeed)
	regs := guarded.regs
	wrong := breakpoint(t, reflect.ValueOf(&regs).Elem())
	_, err = zsys.PtraceDbreg(zsys.PT_SETDBREGS, pid, &regs, 0)
	ok(t, "PT_SETDBREGS", err)
	var back zsys.Dbreg
	_, err = zsys.PtraceDbreg(zsys.PT_GETDBREGS, pid, &back, 0)
	ok(t, "PT_GETDBREGS", err)
	same(t, "debug registers as they were set", back, regs)
	if wrong != nil {
		wrong()
		_, err = zsys.PtraceDbreg(zsys.PT_SETDBREGS, pid, &regs, 0)
		is(t, "PT_SETDBREGS with a breakpoint that is none", err, syscall.EINVAL)
	}
	_, err = zsys.PtraceDbreg(zsys.PT_SETDBREGS, pid, &guarded.regs, 0)
	ok(t, "PT_SETDBREGS as they were", err)
	_, err = zsys.PtraceDbreg(zsys.PT_GETDBREGS, pid, nil, 0)
	is(t, "PT_GETDBREGS to nowhere", err, syscall.EFAULT)
}

// breakpoint puts one into debug registers, and returns what makes it one that the
// kernel refuses. On arm the kernel keeps none.
func breakpoint(t *testing.T, regs reflect.Value) (wrong func()) {
	const addr = 0x10004
	if dr := regs.FieldByName("Dr"); dr.IsValid() { // amd64 and 386
		dr.Index(3).SetUint(addr)
		dr.Index(7).SetUint(1 << 6)                         // number 3, where it executes
		return func() { dr.Index(7).SetUint(1<<6 | 2<<28) } // where it does what only the kernel does
	}
	if !regs.FieldByName("Breakregs").IsValid() {
		t.Logf("%s has no debug registers that the kernel keeps", runtime.GOARCH)
		return nil
	}
	points := regs.FieldByName("Nbkpts").Uint()
	if points < 1 || points > 16 { // an ARMv8 has 2 to 16, but 15.0's kernel says 1 whatever there are
		t.Fatalf("%d breakpoints", points)
	}
	last := regs.FieldByName("Breakregs").Index(int(points) - 1)
	last.FieldByName("Addr").SetUint(addr)
	last.FieldByName("Ctrl").SetUint(0xf<<5 | 2<<1 | 1) // all bytes of the instruction, outside the kernel
	watch := regs.FieldByName("Watchregs").Index(int(regs.FieldByName("Nwtpts").Uint()) - 1)
	watch.FieldByName("Addr").SetUint(addr + 4)
	watch.FieldByName("Ctrl").SetUint(0xff<<5 | 3<<3 | 2<<1 | 1)            // 8 bytes, read or written
	return func() { watch.FieldByName("Ctrl").SetUint(0xff<<5 | 2<<1 | 1) } // neither
}
