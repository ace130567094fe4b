package kinfo

import (
	"encoding/binary"
	"time"
)

// raw is a record as the kernel wrote it: little-endian, as is every FreeBSD
// port of Go. Its methods take an offset in bytes.
type raw []byte

func (r raw) u8(off int) uint8   { return r[off] }
func (r raw) u16(off int) uint16 { return binary.LittleEndian.Uint16(r[off:]) }
func (r raw) u32(off int) uint32 { return binary.LittleEndian.Uint32(r[off:]) }
func (r raw) u64(off int) uint64 { return binary.LittleEndian.Uint64(r[off:]) }
func (r raw) int(off int) int    { return int(int32(r.u32(off))) }

// word reads what C calls a long or a pointer, of width bytes. A long below zero
// stays below zero when it is converted to int64.
func (r raw) word(off, width int) uint64 {
	if width == 4 {
		return uint64(int64(int32(r.u32(off))))
	}
	return r.u64(off)
}

// address reads a pointer of width bytes.
func (r raw) address(off, width int) uint64 {
	if width == 4 {
		return uint64(r.u32(off))
	}
	return r.u64(off)
}

// timeval reads a struct timeval, seconds and microseconds of the given widths.
// arm has 64 bits for seconds and a long of 32 bits, and a pad behind it.
func (r raw) timeval(off, seconds, word int) (sec, usec int64) {
	return int64(r.word(off, seconds)), int64(r.word(off+seconds, word))
}

func duration(sec, usec int64) time.Duration {
	return time.Duration(sec)*time.Second + time.Duration(usec)*time.Microsecond
}

// le32 reads the integer at the start of b.
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
