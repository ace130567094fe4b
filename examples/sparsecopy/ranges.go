package main

import (
	"errors"
	"io"
	"iter"
	"os"
)

// dataRange is a part of a file that is no hole.
type dataRange struct{ offset, length int64 }

// ranges are the parts of a file with data, in order. Where the system or the file
// system does not tell holes, all of the file is one.
func ranges(f io.Seeker, size int64) iter.Seq2[dataRange, error] {
	return func(yield func(dataRange, error) bool) {
		for offset := int64(0); offset < size; {
			data, err := seek(f, offset, seekData)
			switch {
			case errors.Is(err, errNoMore):
				return
			case errors.Is(err, errors.ErrUnsupported), unknown(err):
				yield(dataRange{offset, size - offset}, nil)
				return
			case err != nil:
				yield(dataRange{}, err)
				return
			}
			end, err := seek(f, data, seekHole)
			if err != nil && !errors.Is(err, errNoMore) || end <= data {
				end = size // it changes meanwhile
			}
			end = min(end, size)
			if data < end && !yield(dataRange{data, end - data}, nil) {
				return
			}
			offset = end
		}
	}
}

func seek(f io.Seeker, offset int64, whence int) (int64, error) {
	if whence < 0 {
		return 0, errors.ErrUnsupported
	}
	return f.Seek(offset, whence)
}

// unknown reports whether whence was refused.
func unknown(err error) bool { return errors.Is(err, os.ErrInvalid) || errors.Is(err, errInvalid) }
