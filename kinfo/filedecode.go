package kinfo

import (
	"encoding/binary"
	"slices"

	"github.com/rawsys-go/rawsys/zsys"
)

// bigEndian is true where an integer of a record must be turned round.
var bigEndian = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// decodeFile copies a record into f. The first dirty bytes of k may hold another
// record, and all of f beyond the new one is zero afterwards. So the walk
// through a table need not clear a path of 1024 bytes for each path of twenty.
func decodeFile(f *File, rec []byte, dirty int) {
	mem := fileBytes(f)
	n := copy(mem, rec)
	if dirty > n {
		clear(mem[n:dirty])
	}
	if bigEndian {
		toHost(f, mem)
	}
}

func toHost(f *File, mem []byte) {
	swap(mem, headRuns)
	swap(mem, unionRuns(f.Type))
}

// A run is count integers of the same width, one after another.
type run struct{ off, width, count int }

// headRuns are the integers outside the union. The path is bytes.
var headRuns = []run{{0, 4, 6}, {24, 8, 1}, {336, 2, 2}, {340, 4, 1}, {344, 8, 3}}

// The integers of the union's members, by offset in the structure. Socket
// addresses are left as they are: their port is in network order everywhere.
var (
	sockRuns    = []run{{32, 4, 4}, {304, 8, 3}, {328, 2, 2}, {332, 4, 1}}
	fileRuns    = []run{{32, 4, 4}, {48, 8, 34}, {320, 4, 2}, {328, 2, 2}, {332, 4, 1}}
	semRuns     = []run{{32, 4, 4}, {48, 8, 32}, {304, 4, 1}, {308, 2, 1}}
	pipeRuns    = []run{{32, 4, 4}, {48, 8, 34}, {320, 4, 4}}
	ptsRuns     = []run{{32, 4, 4}, {48, 8, 32}, {304, 4, 2}, {312, 8, 1}, {320, 4, 4}}
	procRuns    = []run{{32, 4, 4}, {48, 8, 32}, {304, 4, 1}}
	eventfdRuns = []run{{32, 8, 1}, {40, 4, 4}, {56, 8, 1}}
	timerfdRuns = []run{{32, 4, 2}, {40, 8, 1}}
	jailRuns    = []run{{32, 4, 1}}
	kqueueRuns  = []run{{32, 8, 1}, {40, 4, 2}}
	inotifyRuns = []run{{32, 8, 2}}
)

// unionRuns gives the layout of the union's member for a type of record, and
// nothing for types without one: then the union stays the kernel's bytes.
func unionRuns(t zsys.KfType) []run {
	switch t {
	case zsys.KF_TYPE_VNODE, zsys.KF_TYPE_FIFO, zsys.KF_TYPE_DEV, zsys.KF_TYPE_SHM:
		return fileRuns
	case zsys.KF_TYPE_SOCKET:
		return sockRuns
	case zsys.KF_TYPE_PIPE:
		return pipeRuns
	case zsys.KF_TYPE_KQUEUE:
		return kqueueRuns
	case zsys.KF_TYPE_SEM:
		return semRuns
	case zsys.KF_TYPE_PTS:
		return ptsRuns
	case zsys.KF_TYPE_PROCDESC:
		return procRuns
	case zsys.KF_TYPE_EVENTFD:
		return eventfdRuns
	case zsys.KF_TYPE_TIMERFD:
		return timerfdRuns
	case zsys.KF_TYPE_INOTIFY:
		return inotifyRuns
	case zsys.KF_TYPE_JAILDESC:
		return jailRuns
	}
	return nil
}

func swap(mem []byte, runs []run) {
	for _, r := range runs {
		for i := range r.count {
			slices.Reverse(mem[r.off+i*r.width:][:r.width])
		}
	}
}
