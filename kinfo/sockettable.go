package kinfo

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math"
	"strconv"
)

// SocketTable is a table of sockets of one kind.
type SocketTable int

// The tables, by the name of their sysctl.
const (
	TCPSockets     SocketTable = iota // net.inet.tcp.pcblist, of IPv4 and IPv6
	UDPSockets                        // net.inet.udp.pcblist, of IPv4 and IPv6
	RawSockets                        // net.inet.raw.pcblist, of IPv4 and IPv6
	UnixStreams                       // net.local.stream.pcblist
	UnixDatagrams                     // net.local.dgram.pcblist
	UnixSeqpackets                    // net.local.seqpacket.pcblist
)

// String returns the name of the sysctl.
func (t SocketTable) String() string {
	switch t {
	case TCPSockets:
		return "net.inet.tcp.pcblist"
	case UDPSockets:
		return "net.inet.udp.pcblist"
	case RawSockets:
		return "net.inet.raw.pcblist"
	case UnixStreams:
		return "net.local.stream.pcblist"
	case UnixDatagrams:
		return "net.local.dgram.pcblist"
	case UnixSeqpackets:
		return "net.local.seqpacket.pcblist"
	}
	return "SocketTable(" + strconv.Itoa(int(t)) + ")"
}

// form is how the records of a table look.
type form struct {
	record string
	size   int // of the fields that this version knows
	head   int // length of the records before and behind
	decode func(*Socket, raw)
}

func (t SocketTable) form() form {
	switch t {
	case TCPSockets:
		return form{"xtcpcb", tcpSize, genSize, (*Socket).tcp}
	case UDPSockets, RawSockets:
		return form{"xinpcb", inSize, genSize, (*Socket).inet}
	}
	return form{"xunpcb", unSize, unGenSize, (*Socket).unix}
}

// DecodeSockets returns an iterator over the sockets in a table that a kernel
// returned, from FreeBSD 12.0 on. All ports have the same form.
//
// The *Socket is reused as by [Sockets]. The error is a [*CorruptError], and ends the
// loop. The table is only read.
func DecodeSockets(which SocketTable, table []byte) iter.Seq2[*Socket, error] {
	return func(yield func(*Socket, error) bool) {
		decodeSockets(which, table, new(Socket), yield)
	}
}

// decodeSockets yields what stands between the head and the tail of a table. Every
// record begins with its length, and one of the head's length ends the table.
func decodeSockets(which SocketTable, table []byte, s *Socket, yield func(*Socket, error) bool) {
	f := which.form()
	if len(table) == 0 { // a protocol that the kernel has and nobody uses
		return
	}
	for off := 0; ; {
		size, reason := f.next(table[off:], off == 0)
		switch {
		case reason != "":
			yield(nil, socketCorrupt(f, table, off, reason))
			return
		case size == f.head && off > 0:
			if off+size != len(table) {
				yield(nil, socketCorrupt(f, table, off+size, "bytes behind the end of the table"))
			}
			return
		case off > 0:
			f.decode(s, raw(table[off:off+size]))
			if !yield(s, nil) {
				return
			}
		}
		off += size
	}
}

// next returns the length of the record at the start of rest, or what is wrong
// with it.
func (f *form) next(rest []byte, first bool) (size int, reason string) {
	if len(rest) < 8 {
		return 0, "cut off within its size"
	}
	n := binary.LittleEndian.Uint64(rest)
	switch {
	case n > uint64(len(rest)):
		return 0, "the record is cut off"
	case first && n != uint64(f.head):
		return 0, "the table must begin with a record of " + strconv.Itoa(f.head) + " bytes"
	case n != uint64(f.head) && n < uint64(f.size):
		return 0, "shorter than a record, " + strconv.Itoa(f.size) + " bytes"
	}
	return int(n), ""
}

func socketCorrupt(f form, table []byte, off int, reason string) error {
	e := &CorruptError{Record: f.record, Offset: off, Have: len(table) - off, Reason: reason}
	if e.Have >= 8 {
		e.Size = int(min(binary.LittleEndian.Uint64(table[off:]), math.MaxInt32))
	}
	return e
}

// consistent reports whether the generation behind a table is that before it:
// then no socket was made or closed while the kernel wrote it. In struct xunpgen a
// 32-bit kernel has the number four bytes before the place where others have it.
func (f *form) consistent(table []byte) bool {
	if len(table) < 2*f.head {
		return true
	}
	tail := table[len(table)-f.head:]
	from := genGen
	if f.head == unGenSize {
		from -= 4
	}
	return bytes.Equal(table[from:genGen+8], tail[from:genGen+8])
}
