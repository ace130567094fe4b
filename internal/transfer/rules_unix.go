//go:build unix

package transfer

import "syscall"

// CallRules is the table of what read and write calls answer, on every system.
var CallRules = []Rule{
	{syscall.EINTR, Retry, false, "a signal came before the first byte"},
	{syscall.EAGAIN, Wait, false, "the destination's buffer is full"},
}
