package kinfo

import (
	"iter"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

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

// Where struct kinfo_knote has its fields on this port: as for a program of this
// port, so that a table read by one of another cannot be decoded. Only 386 differs.
const (
	noteSize   = int(unsafe.Sizeof(zsys.KinfoKnote{}))
	noteEvent  = int(unsafe.Offsetof(zsys.KinfoKnote{}.Event))
	noteStatus = int(unsafe.Offsetof(zsys.KinfoKnote{}.Status))
	evWord     = int(unsafe.Sizeof(zsys.KeventT{}.Ident))
	evFilter   = int(unsafe.Offsetof(zsys.KeventT{}.Filter))
	evFlags    = int(unsafe.Offsetof(zsys.KeventT{}.Flags))
	evFflags   = int(unsafe.Offsetof(zsys.KeventT{}.Fflags))
	evData     = int(unsafe.Offsetof(zsys.KeventT{}.Data))
	evUdata    = int(unsafe.Offsetof(zsys.KeventT{}.Udata))
)

// DecodeEvents returns an iterator over the events in a table that the sysctl
// kern.proc.kqueue returned to a program of this port. The *Event is reused. The
// error is a [*CorruptError], and ends the loop.
func DecodeEvents(table []byte) iter.Seq2[*Event, error] {
	return func(yield func(*Event, error) bool) {
		var e Event
		for off := 0; off < len(table); off += noteSize {
			if have := len(table) - off; have < noteSize {
				yield(nil, &CorruptError{Record: "kinfo_knote", Offset: off, Size: noteSize, Have: have, Reason: "the record is cut off"})
				return
			}
			e.decode(raw(table[off:]))
			if !yield(&e, nil) {
				return
			}
		}
	}
}

func (e *Event) decode(r raw) {
	v := r[noteEvent:]
	*e = Event{
		Kqueue: r.int(0), Ident: v.address(0, evWord), Filter: int16(v.u16(evFilter)), Flags: v.u16(evFlags),
		Fflags: v.u32(evFflags), Data: int64(v.u64(evData)), Udata: v.address(evUdata, evWord), Status: r.int(noteStatus),
	}
}
