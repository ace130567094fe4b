//go:build !freebsd

package main

import (
	"errors"
	"io"
	"os"
)

// clone has to share the blocks of from, which this program asks FreeBSD alone for.
func clone(_, _ *os.File) error { return errors.ErrUnsupported }

// copyRange copies a part of from to the same place.
func copyRange(to, from *os.File, offset, length int64) (int64, error) {
	n, err := io.CopyN(io.NewOffsetWriter(to, offset), io.NewSectionReader(from, offset, length), length)
	return n, shorter(err)
}
