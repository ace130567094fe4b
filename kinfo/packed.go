package kinfo

import "fmt"

// packed walks over records of different lengths, each as long as its first four
// bytes say: the fixed part of a structure and as much of the path behind it as
// there is, with its NUL, rounded up to eight.
type packed struct {
	table    []byte
	off      int
	record   string // what the kernel calls them
	shortest int    // bytes that every record has
}

// next returns the next record, or nil at the end. After an error, a
// *CorruptError, there are no further records: where the next one would start is
// not known.
func (p *packed) next() ([]byte, error) {
	rest := p.table[p.off:]
	size, ok := p.size(rest)
	if !ok {
		return nil, p.stop(rest)
	}
	p.off += size
	return rest[:size:size], nil
}

// size returns the length of the record at the start of rest, and whether there
// can be one.
func (p *packed) size(rest []byte) (size int, ok bool) {
	if len(rest) < p.shortest {
		return 0, false
	}
	n := le32(rest)
	return int(n), n >= uint32(p.shortest) && n%8 == 0 && uint64(n) <= uint64(len(rest))
}

// stop ends the walk where no record starts: that is an error unless it is the
// end.
func (p *packed) stop(rest []byte) (err error) {
	if len(rest) > 0 {
		err = p.corrupt(rest)
	}
	p.off = len(p.table)
	return err
}

// corrupt says why no record starts at rest.
func (p *packed) corrupt(rest []byte) error {
	e := &CorruptError{Record: p.record, Offset: len(p.table) - len(rest), Have: len(rest), Reason: "cut off within its size"}
	if len(rest) >= 4 {
		size := le32(rest)
		e.Size, e.Reason = int(int32(size)), p.badSize(size)
	}
	return e
}

// badSize says why a record cannot be size bytes long. A size beyond the
// structure's is none of the reasons: a later kernel may know more fields.
func (p *packed) badSize(size uint32) string {
	switch {
	case size == 0:
		return "the size is zero"
	case int32(size) < 0:
		return "the size is negative"
	case size < uint32(p.shortest):
		return fmt.Sprintf("shorter than the shortest record, %d bytes", p.shortest)
	case size%8 != 0:
		return "the size is not a multiple of 8"
	}
	return "the record is cut off"
}
