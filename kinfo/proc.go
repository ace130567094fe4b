package kinfo

import "time"

// Proc describes a process, or one of its threads: struct kinfo_proc of
// kinfo_getproc(3), in Go's types and units. It holds no pointers into a table, so
// that a copy is complete.
//
// A process has one record that sums up its threads. In the answer of [Threads]
// each thread has a record: then Tid, ThreadName, State, CPU, LastCPU, WaitMessage,
// LockName, Priority, PercentCPU, RunTime and Usage are the thread's, and all
// other fields the process's.
//
// The kernel's own processes, and zombies, are processes like others: see
// [Proc.Kernel] and [StateZombie]. A zombie has an identity, an exit status and
// times, and no memory.
type Proc struct {
	Pid   int // number of the process
	Ppid  int // parent's number, 0 for the kernel's own process
	Pgid  int // process group
	Sid   int // session, 0 if the session's leader is in another jail
	Tpgid int // process group in the foreground of the terminal, 0 without one
	Tsid  int // session that the terminal belongs to, 0 without one
	Jid   int // jail, 0 for the host

	Tracer int // process that traces this one, 0 for none
	Tid    int // thread; of a process with several, one of them

	Uid, Ruid, Svuid uint32 // effective, real and saved user
	Gid, Rgid, Svgid uint32 // effective, real and saved group

	State      State
	Flags      uint32 // P_* of sys/proc.h
	Flags2     uint32 // P2_* of sys/proc.h
	KiFlags    uint32 // zsys.KI_CTTY, KI_SLEADER, KI_LOCKBLOCK
	CredFlags  uint32 // zsys.KI_CRF_*
	TraceFlags uint32 // KTRFAC_* of sys/ktrace.h: what ktrace(1) records
	Threads    int    // how many the process has

	// TTY is the device number of the controlling terminal, or NoTTY.
	TTY uint64

	ExitStatus int // as wait(2) would return it, of a zombie; or the signal that stopped it

	Start    time.Time     // when the process started; the zero Time if the kernel does not say
	RunTime  time.Duration // on processors, since the start, as the scheduler counts
	Sleep    time.Duration // since the process last ran, in whole seconds
	Usage    Usage         // what the process has used
	Children Usage         // what its ended and waited-for children had used

	PercentCPU float64 // share of one processor lately, in percent; decays over a minute

	Nice     int   // -20 to 20
	Priority uint8 // of the thread now; lower runs first
	Class    uint8 // scheduling class: PRI_ITHD 1, PRI_REALTIME 2, PRI_TIMESHARE 3, PRI_IDLE 4
	CPU      int   // processor that the thread runs on, -1 for none
	LastCPU  int   // processor that it last ran on, -1 for none

	VirtualSize  uint64 // of the address space, in bytes
	Resident     uint64 // in memory, in bytes
	TextSize     uint64 // of the program's code, in bytes
	DataSize     uint64 // of its data, in bytes
	StackSize    uint64 // of its stack, in bytes
	CopyOnWrites uint32 // faults that copied a page

	SignalsPending, SignalsBlocked, SignalsIgnored, SignalsCaught SignalSet

	FIB     int    // number of the routing table
	Address uint64 // of struct proc in the kernel; 0 where the caller may not know

	ngroups           int
	groups            [16]uint32
	comm, tdname      [20]byte
	wmesg, lockname   [9]byte
	login, loginclass [18]byte
	emul              [17]byte
}

// Usage is what a process or thread has used: struct rusage of getrusage(2).
//
// Of children, kernels tell the times alone.
type Usage struct {
	User, System time.Duration // on processors, in and below the program
	MaxResident  uint64        // most memory at a time, in bytes
	MinorFaults  uint64        // page faults without input or output
	MajorFaults  uint64        // page faults that read from a disk
	Reads        uint64        // operations that read from a disk
	Writes       uint64        // operations that wrote to a disk
	Sent         uint64        // messages sent on sockets
	Received     uint64        // messages received on sockets
	Signals      uint64        // signals received
	Voluntary    uint64        // context switches by waiting
	Involuntary  uint64        // context switches by the scheduler
}

// NoTTY is the TTY of a process without a terminal.
const NoTTY = 1<<64 - 1

// State is what a process does: ki_stat.
type State uint8

// States of processes.
const (
	StateIdle    State = 1 // being created
	StateRunning State = 2 // runs, or waits for a processor
	StateSleep   State = 3 // waits for something: see Proc.WaitMessage
	StateStopped State = 4 // by a signal or a debugger
	StateZombie  State = 5 // ended, and its parent has not waited for it
	StateWait    State = 6 // an interrupt thread that waits for its interrupt
	StateLock    State = 7 // waits for a lock in the kernel: see Proc.LockName
)

// String returns the state's name, such as "sleep".
func (s State) String() string {
	switch s {
	case StateIdle:
		return "idle"
	case StateRunning:
		return "run"
	case StateSleep:
		return "sleep"
	case StateStopped:
		return "stop"
	case StateZombie:
		return "zombie"
	case StateWait:
		return "wait"
	case StateLock:
		return "lock"
	}
	return "unknown"
}

// SignalSet is a set of signals.
type SignalSet [4]uint32

// Has reports whether signal n is in the set.
func (s *SignalSet) Has(n int) bool {
	return n > 0 && n <= 128 && s[(n-1)/32]>>((n-1)%32)&1 != 0
}

// From sys/proc.h.
const (
	pKProc  = 0x4
	pSystem = 0x200
	pWExit  = 0x2000
	pJailed = 0x1000000
)

// Kernel reports whether the process is one of the kernel's own. It has no
// program, arguments or files.
func (p *Proc) Kernel() bool { return p.Flags&(pKProc|pSystem) != 0 }

// Jailed reports whether the process is in a jail other than the host.
func (p *Proc) Jailed() bool { return p.Flags&pJailed != 0 }

// Exiting reports whether the process is about to end.
func (p *Proc) Exiting() bool { return p.Flags&pWExit != 0 }

// Sandboxed reports whether the process is in capability mode.
func (p *Proc) Sandboxed() bool { return p.CredFlags&1 != 0 }

// Groups returns the groups, the effective one first, at most 16. all is false if
// there are more: ask [ProcGroups] then. The slice is part of p.
func (p *Proc) Groups() (groups []uint32, all bool) {
	return p.groups[:p.ngroups], p.CredFlags&0x80000000 == 0
}

// Command returns the name of the process: the last part of its program's path, at
// most 19 bytes of it, or what the process has made of that.
func (p *Proc) Command() string { return string(p.CommandBytes()) }

// CommandBytes returns the bytes of [Proc.Command] without copying them: they are
// part of p.
func (p *Proc) CommandBytes() []byte { return beforeNUL(p.comm[:]) }

// ThreadName returns the name of the thread, at most 19 bytes of it.
func (p *Proc) ThreadName() string { return string(beforeNUL(p.tdname[:])) }

// WaitMessage returns what the thread waits for, as short as in ps(1), or "".
func (p *Proc) WaitMessage() string { return string(beforeNUL(p.wmesg[:])) }

// LockName returns the lock that the thread waits for, in [StateLock], or "".
func (p *Proc) LockName() string { return string(beforeNUL(p.lockname[:])) }

// Login returns the name that setlogin(2) gave the session, or "".
func (p *Proc) Login() string { return string(beforeNUL(p.login[:])) }

// LoginClass returns the login class, or "".
func (p *Proc) LoginClass() string { return string(beforeNUL(p.loginclass[:])) }

// Emulation returns the ABI of the program, such as "FreeBSD ELF64",
// "FreeBSD ELF32" or "Linux ELF64".
func (p *Proc) Emulation() string { return string(beforeNUL(p.emul[:])) }
