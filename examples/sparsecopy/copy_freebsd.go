package main

import (
	"errors"
	"io"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// clone has to share the blocks of from. Where that is not possible the error
// matches errors.ErrUnsupported.
func clone(to, from *os.File) error {
	_, err := rawsys.CopyRangeConn(to, 0, from, 0, rawsys.ToEOF, zsys.COPY_FILE_RANGE_CLONE)
	if errors.Is(err, syscall.EINVAL) { // a kernel before 15.0 does not know the flag
		return errors.Join(err, errors.ErrUnsupported)
	}
	return err
}

// copyRange copies a part of from to the same place, inside the kernel where
// that can.
func copyRange(to, from *os.File, offset, length int64) (int64, error) {
	n, err := rawsys.CopyRangeConn(to, offset, from, offset, length, 0)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = shorter(err)
	}
	return n, err
}
