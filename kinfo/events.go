package kinfo

import "iter"

// Event is an event that a kqueue(2) of a process waits for: struct kinfo_knote,
// since FreeBSD 15.0.
type Event struct {
	Kqueue int    // descriptor of the kqueue in its process
	Ident  uint64 // what is watched: a descriptor, process or signal, as the filter says
	Filter int16  // zsys.EVFILT_*
	Flags  uint16 // zsys.EV_*
	Fflags uint32 // zsys.NOTE_*
	Data   int64  // what the filter tells
	Udata  uint64 // the program's own
	Status int    // zsys.KNOTE_STATUS_*: whether it is active, queued, disabled
}

// noteLayout says where struct kinfo_knote of one kind of programs has its fields. In
// it is struct kevent: an identifier, a filter and flags, and at data what follows.
type noteLayout struct {
	size   int
	event  int // knt_event
	word   int // width of a pointer
	data   int // of knt_event
	status int // knt_status
}

// noteLayouts are all that kernels use. Records do not say which theirs is.
var noteLayouts = [...]noteLayout{
	{size: 1160, event: 8, word: 8, data: 16, status: 72}, // amd64, arm64, riscv64
	{size: 1144, event: 4, word: 4, data: 12, status: 60}, // 386
	{size: 1152, event: 4, word: 4, data: 16, status: 68}, // arm, from a kernel of arm64, which leaves padding out
	{size: 1160, event: 8, word: 4, data: 16, status: 72}, // arm, from a kernel of arm
}

// DecodeEvents returns an iterator over the events in a table that the sysctl
// kern.proc.kqueue returned to a program of any port, since FreeBSD 15.0. The *Event
// is reused. The error is a [*CorruptError], and ends the loop.
func DecodeEvents(table []byte) iter.Seq2[*Event, error] {
	return func(yield func(*Event, error) bool) {
		var e Event
		l := noteLayoutOf(table)
		for off := 0; off < len(table); off += l.size {
			bad := &CorruptError{Record: "kinfo_knote", Offset: off, Size: l.size, Have: len(table) - off}
			switch {
			case bad.Have < l.size:
				bad.Reason = "the record is cut off"
			case !l.fits(table[off:]):
				bad.Reason = "there is no such kqueue or filter"
			default:
				e.decode(l, raw(table[off:]))
				if !yield(&e, nil) {
					return
				}
				continue
			}
			yield(nil, bad)
			return
		}
	}
}

// noteLayoutOf returns the layout in which a table consists of whole records that can
// be, or that in which most of the table does: sizes are multiples of 8, and their
// first common multiple has more than 140 records.
func noteLayoutOf(table []byte) *noteLayout {
	best, most := &noteLayouts[0], 0
	for i := range noteLayouts {
		l := &noteLayouts[i]
		off := 0
		for off+l.size <= len(table) && l.fits(table[off:]) {
			off += l.size
		}
		if off > most {
			best, most = l, off
		}
	}
	return best
}

// lowestFilter is below every EVFILT_* that there is: these count down from -1.
const lowestFilter = -64

// fits reports whether a record can be one of this layout. In another layout the
// filter's place has a part of the identifier or of the filter's flags.
func (l *noteLayout) fits(r raw) bool {
	filter := int16(r.u16(l.event + l.word))
	return r.int(0) >= 0 && filter < 0 && filter >= lowestFilter
}

func (e *Event) decode(l *noteLayout, r raw) {
	v := r[l.event:]
	*e = Event{
		Kqueue: r.int(0), Ident: v.address(0, l.word), Filter: int16(v.u16(l.word)), Flags: v.u16(l.word + 2), Fflags: v.u32(l.word + 4),
		Data: int64(v.u64(l.data)), Udata: v.address(l.data+8, l.word), Status: r.int(l.status),
	}
}
