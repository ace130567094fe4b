package sysctl

import (
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// Append appends the value to dst, which grows as needed, and returns the longer
// slice: so that a buffer can be used again. After an error it returns dst with
// the room that it has by now.
//
// Tables such as that of processes can grow between two calls. Append then asks
// again with more room, up to eight times.
//
// The error is a [*rawsys.Error]. ENOENT means that there is no such value; EISDIR
// that it is an inner node, which has no value; EPERM that the caller may not read
// it; ECAPMODE that the caller is in capability mode; and ENOMEM that the value
// grew faster than it could be read, or that the kernel may not keep so much memory
// resident for this user.
func (m MIB) Append(dst []byte) ([]byte, error) {
	if len(m) == 0 {
		return dst, failure("", syscall.EINVAL)
	}
	if len(m) == 1 { // the kernel calls a name of one number invalid: all of these are inner nodes
		return dst, failure(m.String(), syscall.EISDIR)
	}
	got, err := fetch(dst, func(room []byte) (int, bool, error) {
		n := uintptr(len(room))
		err := zsys.Sysctl(m, room, &n, nil)
		if err != nil && err != syscall.ENOMEM {
			return 0, false, failure(m.String(), err)
		}
		return int(n), err == syscall.ENOMEM, nil
	})
	if err == errGrowing {
		err = &rawsys.Error{Op: "sysctl", Object: m.String(), Errno: syscall.ENOMEM, Hint: err.Error()}
	}
	return got, err
}

// failure tells the two reasons apart for which the kernel answers EPERM.
func failure(object string, err error) error {
	e := &rawsys.Error{Op: "sysctl", Object: object, Errno: err.(syscall.Errno)}
	var capmode uint32
	if err == syscall.EPERM && zsys.CapGetmode(&capmode) == nil && capmode != 0 {
		e.Errno = syscall.ECAPMODE
	}
	return e
}
