package kinfo

import (
	"iter"
	"time"
)

// DecodeProcs returns an iterator over the processes in a table that the sysctl
// kern.proc returned to a program of any port, from FreeBSD 12.0 on: to a 32-bit
// program the kernel tells the same in a shorter structure. pageSize is the
// system's page size in bytes, 4096 on nearly all: the kernel counts some sizes in
// pages.
//
// The *Proc is reused as by [Procs]. The error is a [*CorruptError], and ends the
// loop. The table is only read.
func DecodeProcs(table []byte, pageSize int) iter.Seq2[*Proc, error] {
	return func(yield func(*Proc, error) bool) {
		decodeProcs(table, pageSize, new(Proc), yield)
	}
}

func decodeProcs(table []byte, pageSize int, p *Proc, yield func(*Proc, error) bool) {
	for off := 0; off < len(table); {
		l, reason := procRecord(table[off:])
		if l == nil {
			yield(nil, procCorrupt(table, off, reason))
			return
		}
		l.decode(p, raw(table[off:off+l.size]), uint64(pageSize))
		if !yield(p, nil) {
			return
		}
		off += l.size
	}
}

// procRecord returns the layout of the record at the start of rest, or what is
// wrong with it.
func procRecord(rest []byte) (*procLayout, string) {
	if len(rest) < 4 {
		return nil, "cut off within its size"
	}
	size := le32(rest)
	l := layoutOf(int(int32(size)))
	switch {
	case l == nil:
		return nil, "the size is none of 1088 (64-bit programs), 816 (arm) and 768 (386)"
	case len(rest) < l.size:
		return nil, "the record is cut off"
	}
	return l, ""
}

func procCorrupt(table []byte, off int, reason string) error {
	e := &CorruptError{Record: "kinfo_proc", Offset: off, Have: len(table) - off, Reason: reason}
	if e.Have >= 4 {
		e.Size = int(int32(le32(table[off:])))
	}
	return e
}

// decode sets all of p.
func (l *procLayout) decode(p *Proc, r raw, page uint64) {
	l.identity(p, r[l.ids:])
	l.memories(p, r[l.memory:], page)
	l.times(p, r[l.status:])
	t := r[l.trace:]
	l.states(p, t)
	names(p, t)
	p.Usage = l.usage(t[atRusage:])
	p.Children = l.usage(r[l.child:])
	p.Flags = r.u32(l.flag)
	p.KiFlags = r.u32(l.flag + l.word)
	p.Address = r.address(8+l.word, l.word)
}

func (l *procLayout) identity(p *Proc, r raw) {
	p.Pid, p.Ppid, p.Pgid, p.Tpgid = r.int(0), r.int(atPpid), r.int(atPgid), r.int(atTpgid)
	p.Sid, p.Tsid = r.int(atSid), r.int(atTsid)
	p.SignalsPending, p.SignalsBlocked = signals(r[atSiglist:]), signals(r[atSigmask:])
	p.SignalsIgnored, p.SignalsCaught = signals(r[atSigignore:]), signals(r[atSigcatch:])
	p.Uid, p.Ruid, p.Svuid = r.u32(atUid), r.u32(atRuid), r.u32(atSvuid)
	p.Rgid, p.Svgid = r.u32(atRgid), r.u32(atSvgid)
	p.ngroups = max(0, min(int(int16(r.u16(atNgroups))), len(p.groups)))
	for i := range p.groups {
		p.groups[i] = r.u32(atGroups + 4*i)
	}
	p.Gid = p.groups[0]
}

func signals(r raw) SignalSet { return SignalSet{r.u32(0), r.u32(4), r.u32(8), r.u32(12)} }

func (l *procLayout) memories(p *Proc, r raw, page uint64) {
	p.VirtualSize = r.address(0, l.word)
	p.Resident = r.address(l.word, l.word) * page
	p.TextSize = r.address(3*l.word, l.word) * page
	p.DataSize = r.address(4*l.word, l.word) * page
	p.StackSize = r.address(5*l.word, l.word) * page
}

// fixedOne is 1 in the kernel's fixed-point numbers: FSCALE of sys/param.h.
const fixedOne = 1 << 11

func (l *procLayout) times(p *Proc, r raw) {
	p.ExitStatus = int(r.u16(0))
	p.PercentCPU = 100 * float64(r.u32(atPctcpu)) / fixedOne
	p.Sleep = time.Duration(r.u32(atSlptime)) * time.Second
	p.CopyOnWrites = r.u32(atCow)
	p.RunTime = time.Duration(r.u64(atRuntime)) * time.Microsecond
	p.Start = time.Time{}
	if sec, usec := r.timeval(atStart, l.seconds, l.word); sec != 0 {
		p.Start = time.Unix(sec, usec*1000)
	}
}

func (l *procLayout) states(p *Proc, r raw) {
	p.TraceFlags = r.u32(0)
	p.State, p.Nice = State(r.u8(atStat)), int(int8(r.u8(atNice)))
	p.TTY = r.u64(atTdev)
	p.CPU, p.LastCPU = r.int(atOncpu), r.int(atLastcpu)
	p.Tracer, p.Flags2 = r.int(atTracer), r.u32(atFlag2)
	p.FIB, p.CredFlags, p.Jid = r.int(atFibnum), r.u32(atCrflags), r.int(atJid)
	p.Threads, p.Tid = r.int(atNumthreads), r.int(atTid)
	p.Class, p.Priority = r.u8(atPri), r.u8(atPri+1)
}

func names(p *Proc, r raw) {
	copy(p.comm[:], r[atComm:][:20])
	name := beforeNUL(r[atTdname:][:17])
	p.tdname = [20]byte{}
	n := copy(p.tdname[:], name)
	copy(p.tdname[n:19], beforeNUL(r[atMoretdname:][:4]))
	copy(p.wmesg[:], r[atWmesg:])
	copy(p.lockname[:], r[atLockname:])
	copy(p.login[:], r[atLogin:])
	copy(p.loginclass[:], r[atLoginclass:])
	copy(p.emul[:], r[atEmul:])
}

// usage decodes a struct rusage: two times and fourteen longs.
func (l *procLayout) usage(r raw) Usage {
	width := l.seconds + l.word // of a time, arm's pad aside
	if l.seconds > l.word {
		width = 2 * l.seconds
	}
	long := func(i int) uint64 { return r.address(2*width+i*l.word, l.word) }
	return Usage{
		User:        duration(r.timeval(0, l.seconds, l.word)),
		System:      duration(r.timeval(width, l.seconds, l.word)),
		MaxResident: long(0) * 1024,
		MinorFaults: long(4), MajorFaults: long(5),
		Reads: long(7), Writes: long(8), Sent: long(9), Received: long(10),
		Signals: long(11), Voluntary: long(12), Involuntary: long(13),
	}
}
