//go:build linux || freebsd

package transfer

import (
	"golang.org/x/sys/unix"
)

// vectored is a source and a destination that is written many slices at a
// time by a system call, where system calls can be made without libc.
type vectored struct {
	files
	noSocket bool // the destination takes writev, not sendmsg: found by trying
	corked   bool // by us
	msg      msghdr
	iov      [Window]iovec
}

func (v *vectored) reset() {
	v.files, v.noSocket, v.corked = files{}, false, false
}

// vector points iov at bufs.
func (v *vectored) vector(bufs [][]byte) []iovec {
	iov := v.iov[:len(bufs)]
	for i, b := range bufs {
		iov[i] = pointTo(b)
	}
	return iov
}

// Write is sendmsg, which raises no SIGPIPE, and writev where the destination
// is no socket. It calls as directly as it can: a return from a function whose
// call came before a system call is one that the CPU mispredicts.
func (v *vectored) Write(bufs [][]byte, more bool) (int, error) {
	iov := v.vector(bufs)
	flags := unix.MSG_NOSIGNAL
	if more {
		flags |= msgMore
	}
	n, errno := 0, unix.ENOTSOCK
	if !v.noSocket {
		setIov(&v.msg, iov)
		n, errno = sendmsg(v.out, &v.msg, flags)
	}
	if errno == unix.ENOTSOCK || errno == unix.ENOSYS {
		v.noSocket = true // ENOSYS: Linux before 4.3 on 386 and s390x
		n, errno = writev(v.out, iov)
	}
	for i := range iov {
		iov[i].Base = nil // the caller's memory is not ours to keep
	}
	if errno != 0 {
		return 0, errno
	}
	return n, nil
}

// Hold is a TCP option that holds incomplete segments back, whose clearing sends them, and what
// Write's flag left waiting too. A user's own is left alone.
func (v *vectored) Hold(on bool) bool {
	if !v.noSocket && (v.corked || !corked(v.out)) {
		v.corked = setOption(v.out, corkOption, on) && on
	}
	return v.corked
}

// corked says whether the user holds segments back.
func corked(fd int) bool { return isSet(fd, corkOption) }

// Prompt is of no use where the destination is no socket.
func (v *vectored) Prompt(on bool) {
	if !v.noSocket {
		v.files.Prompt(on)
	}
}

// lenient: a pread of nothing may succeed where one of something would not. It was
// seen not to.
const lenient = false
