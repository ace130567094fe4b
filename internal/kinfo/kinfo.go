// Package kinfo decodes what a FreeBSD kernel tells about open files: records
// of struct kinfo_file, as the sysctls kern.proc.filedesc and kern.proc.cwd
// and fcntl(2)'s F_KINFO return them. It takes bytes and runs on every host.
//
// The sysctl packs its records: each is as long as its first four bytes
// say, which is the fixed part of the structure and as much of the path as
// there is, with its NUL, rounded up to eight. All integers are little-endian,
// as is every FreeBSD port of Go.
package kinfo

import (
	"fmt"

	"github.com/rawsys-go/rawsys/zsys"
)

// Corrupt is the error for bytes that cannot be a record.
type Corrupt struct {
	Offset int    // where the record starts in the kernel's answer
	Size   int    // the length it claims, 0 if that is cut off too
	Have   int    // bytes from Offset to the end of the answer
	Reason string // what is wrong with it
}

// Error says where the record is and what is wrong with it.
func (e *Corrupt) Error() string {
	return fmt.Sprintf("corrupt kinfo_file record at offset %d: size %d of %d bytes left: %s", e.Offset, e.Size, e.Have, e.Reason)
}

// A Reader walks over packed records.
type Reader struct {
	buf   []byte
	off   int
	dirty int // how far Next's last record reached
}

// NewReader returns a Reader of the records in buf, which it does not copy.
func NewReader(buf []byte) Reader { return Reader{buf: buf, dirty: Size} }

// Next decodes the next record into k and reports whether there was one. k is
// the same at each call, or is zero. After an error, a *Corrupt, there are no
// further records: where the next one would start is not known.
func (r *Reader) Next(k *zsys.KinfoFile) (bool, error) {
	rest := r.buf[r.off:]
	size, ok := recordSize(rest)
	if !ok {
		return false, r.fail(rest)
	}
	r.off += size
	decode(k, rest[:size], r.dirty)
	r.dirty = min(size, Size)
	return true, nil
}

// fail ends the walk where no record starts: that is an error unless it is the
// end.
func (r *Reader) fail(rest []byte) (err error) {
	if len(rest) > 0 {
		err = badRecord(rest, r.off)
	}
	r.off = len(r.buf)
	return err
}

// Count returns the number of whole records in buf, up to the first corrupt
// one.
func Count(buf []byte) int {
	n := 0
	for off := 0; off < len(buf); n++ {
		size, ok := recordSize(buf[off:])
		if !ok {
			break
		}
		off += size
	}
	return n
}

// One decodes the only record in buf into k.
func One(k *zsys.KinfoFile, buf []byte) error {
	size, ok := recordSize(buf)
	if !ok {
		return badRecord(buf, 0)
	}
	decode(k, buf[:size], Size)
	return nil
}

// recordSize returns the length of the record at the start of rest, and
// whether there can be one.
func recordSize(rest []byte) (size int, ok bool) {
	if len(rest) < minRecord {
		return 0, false
	}
	n := le32(rest)
	return int(n), n >= uint32(minRecord) && n%8 == 0 && uint64(n) <= uint64(len(rest))
}

// badRecord says why no record starts at rest, off bytes into the answer.
func badRecord(rest []byte, off int) error {
	if len(rest) < 4 {
		return &Corrupt{off, 0, len(rest), "cut off within its size"}
	}
	size := le32(rest)
	return &Corrupt{off, int(int32(size)), len(rest), badSize(size)}
}

// badSize says why a record cannot be size bytes long. A size beyond the
// structure's is none of the reasons: a later kernel may know more fields.
func badSize(size uint32) string {
	switch {
	case size == 0:
		return "the size is zero"
	case size > maxInt32:
		return "the size is negative"
	case size < uint32(minRecord):
		return fmt.Sprintf("shorter than the shortest record, %d bytes", minRecord)
	case size%8 != 0:
		return "the size is not a multiple of 8"
	}
	return "the record is cut off"
}
