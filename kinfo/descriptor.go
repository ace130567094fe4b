package kinfo

import (
	"encoding/binary"
	"iter"
	"math"

	"github.com/rawsys-go/rawsys/zsys"
)

// Descriptor is an open descriptor of some process: struct xfile, as sockstat(1)
// reads it. It says less than a [File] does, but everybody may read those of all
// processes that they see.
type Descriptor struct {
	Pid      int    // process
	Uid      uint32 // its effective user
	Fd       int    // number in the process
	Type     int    // zsys.DTYPE_SOCKET and others
	Flags    uint32 // FREAD 1, FWRITE 2, and O_* of fcntl(2)
	RefCount int    // references to the open file, from this process and others
	Offset   int64  // of the next read or write, in bytes
	File     uint64 // of struct file in the kernel: the same for descriptors made by dup(2) and fork(2)
	Data     uint64 // of what is open: that of a socket is its Address in Socket and SCTPEndpoint
	Vnode    uint64 // of a file in a file system: the kernel's vnode
}

// Socket returns the kernel's address of the socket that is open, and whether the
// descriptor is one of a socket: that is the Address of a [Socket] or
// [SCTPEndpoint].
func (d *Descriptor) Socket() (address uint64, ok bool) { return d.Data, d.Type == zsys.DTYPE_SOCKET }

// DecodeDescriptors returns an iterator over the descriptors in a table that the
// sysctl kern.file returned. It has the same form on all ports, from FreeBSD 12.0 on.
//
// The *Descriptor is reused as by [Descriptors]. The error is a [*CorruptError], and
// ends the loop. The table is only read.
func DecodeDescriptors(table []byte) iter.Seq2[*Descriptor, error] {
	return func(yield func(*Descriptor, error) bool) {
		decodeDescriptors(table, new(Descriptor), yield)
	}
}

func decodeDescriptors(table []byte, d *Descriptor, yield func(*Descriptor, error) bool) {
	for off := 0; off < len(table); {
		size, err := xfile(table, off)
		if err != nil {
			yield(nil, err)
			return
		}
		d.decode(raw(table[off:]))
		if !yield(d, nil) {
			return
		}
		off += size
	}
}

// xfile returns the length of the record at off, which its first eight bytes tell. A
// later kernel may know more fields.
func xfile(table []byte, off int) (size int, err error) {
	e := &CorruptError{Record: "xfile", Offset: off, Have: len(table) - off, Reason: "cut off within its size"}
	if e.Have < 8 {
		return 0, e
	}
	n := binary.LittleEndian.Uint64(table[off:])
	e.Size = int(min(n, math.MaxInt32))
	switch {
	case n < uint64(xfSize):
		e.Reason = "shorter than a record, 128 bytes"
	case n > uint64(e.Have):
		e.Reason = "the record is cut off"
	default:
		return int(n), nil
	}
	return 0, e
}

func (d *Descriptor) decode(r raw) {
	*d = Descriptor{
		Pid: r.int(xfPid), Uid: r.u32(xfUid), Fd: r.int(xfFd), Type: int(int16(r.u16(xfType))), Flags: r.u32(xfFlag),
		RefCount: r.int(xfCount), Offset: int64(r.u64(xfOffset)), File: r.u64(xfFile), Data: r.u64(xfData), Vnode: r.u64(xfVnode),
	}
}
