package main

import (
	"errors"
	"io"
	"os"
)

// result is what a copy did.
type result struct {
	size, data int64 // bytes of the file, and of those that are no holes
	ranges     int
	way        string
}

// fill makes to, which is empty, a copy of from.
func (o *options) fill(to, from *os.File, size int64) (result, error) {
	done := result{size: size, way: "copied"}
	if o.clone != "no" && !o.zeros {
		err := clone(to, from)
		if err == nil {
			done.way = "cloned"
			return done, o.count(from, &done)
		}
		if o.clone == "yes" || !errors.Is(err, errors.ErrUnsupported) {
			return done, err
		}
	}
	// The size first: what is not written stays a hole.
	if err := to.Truncate(size); err != nil {
		return done, err
	}
	copyData := copyRange
	if o.zeros {
		copyData = copyNonzero
	}
	for data, err := range ranges(from, size) {
		if err != nil {
			return done, err
		}
		n, err := copyData(to, from, data.offset, data.length)
		done.ranges, done.data = done.ranges+1, done.data+n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// count finds what of a clone is data.
func (o *options) count(from *os.File, done *result) error {
	for data, err := range ranges(from, done.size) {
		if err != nil {
			return err
		}
		done.ranges, done.data = done.ranges+1, done.data+data.length
	}
	return nil
}

const block = 64 << 10 // more than the blocks of most file systems

// copyNonzero is copyRange without the blocks that are all zeros. It returns the
// bytes that it wrote.
func copyNonzero(to, from *os.File, offset, length int64) (written int64, err error) {
	buf := make([]byte, block)
	for length > 0 {
		// Up to the next multiple of a block: what is written there fills it.
		n := min(length, block-offset%block)
		if _, err := io.ReadFull(io.NewSectionReader(from, offset, n), buf[:n]); err != nil {
			return written, shorter(err)
		}
		if !zero(buf[:n]) {
			if _, err := to.WriteAt(buf[:n], offset); err != nil {
				return written, err
			}
			written += n
		}
		offset, length = offset+n, length-n
	}
	return written, nil
}

func zero(p []byte) bool {
	for _, b := range p {
		if b != 0 {
			return false
		}
	}
	return true
}

// shorter is what it means that a file ends before the size it had.
func shorter(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file has become shorter while it was copied")
	}
	return err
}
