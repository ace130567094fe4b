//go:build unix

package transfer

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// idleCall is a system call that does next to nothing.
func idleCall() { unix.Getppid() }

// files is a source and a destination, with the calls that are the same on
// every Unix system. Each system's pair adds the others.
type files struct {
	in, out int
	prompt  bool // TCP_NODELAY was set here
	quick   bool // it was found set by the user, who is not asked again
}

// Size is fstat's st_size, which is 0 for files that are made up as they are read.
func (f *files) Size() (int64, error) {
	var st unix.Stat_t
	err := unix.Fstat(f.in, &st)
	return st.Size, err
}

// Kind tells nothing: only FreeBSD's sendfile is kept from some destinations.
func (*files) Kind() Kind { return 0 }

// Check is a pread of nothing, which the kernels refuse where they refuse one of
// something. What they may overlook is in the file's mode.
func (f *files) Check() error {
	if _, err := syscall.Pread(f.in, nil, 0); err != nil || !lenient {
		return err
	}
	var st unix.Stat_t
	if err := unix.Fstat(f.in, &st); err != nil {
		return err
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return unix.EISDIR
	case unix.S_IFIFO, unix.S_IFSOCK:
		return unix.ESPIPE
	}
	return nil
}

// Prompt is TCP_NODELAY, whose setting sends what waits: a cork of the user's is kept from that.
func (f *files) Prompt(on bool) {
	if on {
		f.quick = f.quick || isSet(f.out, unix.TCP_NODELAY)
		if f.quick || corked(f.out) {
			return
		}
	}
	if on != f.prompt {
		f.prompt = setOption(f.out, unix.TCP_NODELAY, on) && on
	}
}

// isSet says whether a TCP option is set, so that its user is in charge of it. What is no TCP
// socket counts as set: both are left alone.
func isSet(fd, option int) bool {
	v, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, option)
	return err != nil || v != 0
}

func setOption(fd, option int, on bool) bool {
	value := 0
	if on {
		value = 1
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, option, value) == nil
}

// ReadAt is pread.
func (f *files) ReadAt(p []byte, off int64) (int, error) {
	n, err := syscall.Pread(f.in, p, off)
	return max(n, 0), err
}
