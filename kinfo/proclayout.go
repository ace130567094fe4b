package kinfo

// procLayout says where struct kinfo_proc of one class of ports has its parts.
// Within a part the fields lie in the same places everywhere. Sizes and offsets
// have not changed since FreeBSD 12.0.
type procLayout struct {
	size    int // of the structure: that is how a record's layout is known
	word    int // width of a long and of a pointer
	seconds int // width of a time_t

	ids    int // ki_pid, and what follows up to ki_groups
	memory int // ki_size, and the sizes that follow
	status int // ki_xstat, and what follows up to ki_start
	flag   int // ki_flag
	trace  int // ki_traceflag, and what follows up to ki_rusage
	child  int // ki_rusage_ch
	last   int // ki_sflag, ki_tdflags
}

var procLayouts = [...]procLayout{
	{size: 1088, word: 8, seconds: 8, ids: 72, memory: 256, status: 304, flag: 368, trace: 384, child: 752, last: 1072}, // amd64, arm64, riscv64
	{size: 816, word: 4, seconds: 8, ids: 40, memory: 224, status: 248, flag: 312, trace: 320, child: 632, last: 808},   // arm
	{size: 768, word: 4, seconds: 4, ids: 40, memory: 224, status: 248, flag: 296, trace: 304, child: 600, last: 760},   // 386
}

// layoutOf returns the layout of records of size bytes, or nil.
func layoutOf(size int) *procLayout {
	for i := range procLayouts {
		if procLayouts[i].size == size {
			return &procLayouts[i]
		}
	}
	return nil
}

// Offsets within the parts.
const (
	// from ids on
	atPpid      = 4
	atPgid      = 8
	atTpgid     = 12
	atSid       = 16
	atTsid      = 20
	atJobc      = 24
	atSiglist   = 32
	atSigmask   = 48
	atSigignore = 64
	atSigcatch  = 80
	atUid       = 96
	atRuid      = 100
	atSvuid     = 104
	atRgid      = 108
	atSvgid     = 112
	atNgroups   = 116
	atGroups    = 120

	// from status on
	atPctcpu  = 4
	atEstcpu  = 8
	atSlptime = 12
	atSwtime  = 16
	atCow     = 20
	atRuntime = 24
	atStart   = 32

	// from trace on
	atStat       = 4
	atNice       = 5
	atTdname     = 10
	atWmesg      = 27
	atLogin      = 36
	atLockname   = 54
	atComm       = 63
	atEmul       = 83
	atLoginclass = 100
	atMoretdname = 118
	atTdev       = 176
	atOncpu      = 184
	atLastcpu    = 188
	atTracer     = 192
	atFlag2      = 196
	atFibnum     = 200
	atCrflags    = 204
	atJid        = 208
	atNumthreads = 212
	atTid        = 216
	atPri        = 220
	atRusage     = 224
)
