package rawsys

// FreeBSD's SF_ flags, as far as Sendfile has to know them by name.
const (
	sfNoDiskIO = 0x01
	sfSync     = 0x04
	sfKnown    = 0x1f         // all of them
	sfAhead    = 0xffff << 16 // pages to read ahead
)

// checkArgs finds what Sendfile refuses before anything is sent.
func checkArgs(offset, count int64, flags int) error {
	switch {
	case offset < 0 || count < 0 || int64(flags)&^(sfAhead|sfKnown) > 0:
		return errArgument
	case flags&sfNoDiskIO&^passes != 0:
		return errNoSuchFlag
	}
	return nil
}
