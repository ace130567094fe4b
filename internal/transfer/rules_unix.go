//go:build unix

package transfer

import (
	"errors"
	"syscall"
)

// CallRules is the table of what read and write calls answer, on every system.
var CallRules = []Rule{
	{syscall.EINTR, Retry, false, "a signal came before the first byte"},
	{syscall.EAGAIN, Wait, false, "the destination's buffer is full"},
}

// unaligned says whether a read may have failed because it was not of whole blocks,
// which a file opened with O_DIRECT may want.
func unaligned(err error) bool { return errors.Is(err, syscall.EINVAL) }
