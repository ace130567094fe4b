package rawsys

// ErrnoName returns the C name of one of FreeBSD's errors, such as "ENOENT", and
// "" for a number that is none. Of an error with several names it is the one that
// sys/errno.h defines first: EAGAIN, not EWOULDBLOCK.
func ErrnoName(e Errno) string { return part(errnoNames, errnoNamesEnd[:], e) }

// ErrnoMessage returns FreeBSD's message for one of its errors, such as "No such
// file or directory", and "" for a number that is none. See strerror(3).
func ErrnoMessage(e Errno) string { return part(errnoMessages, errnoMessagesEnd[:], e) }

// ErrnoByName returns the error with a C name. It knows all names of an error,
// and reports whether the name is one.
func ErrnoByName(name string) (e Errno, ok bool) {
	e = errnoByName(name)
	return e, e != 0
}

// part cuts number e's part out of text.
func part(text string, ends []uint16, e Errno) string {
	if e < 1 || uint64(e) >= uint64(len(ends)) {
		return ""
	}
	return text[ends[e-1]:ends[e]]
}
