package capsicum

import (
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// Enter puts the process into capability mode: cap_enter(2), since FreeBSD 9.0.
// All its threads are in it from then on, and all children that it starts; there
// is no way out. What the process may do then follows from its descriptors. It
// can open no path, except relative to a directory that it has a descriptor of;
// it can connect to no address, and reach no other process.
//
// A path that is opened relative to a directory may not lead out of it. Hand a
// sandbox a directory inside a file system: do not rely on this for the root
// directory of a mounted file system.
//
// A call that uses a global name space fails with ECAPMODE, and one that a
// descriptor lacks the right for with ENOTCAPABLE. Errors of this module match
// fs.ErrPermission then. Those of os.Open and net.Dial do not: compare them with
// syscall.ECAPMODE and syscall.ENOTCAPABLE.
//
// Do first what Go's libraries do on first use: loading the time zone, or the
// resolver's configuration.
//
// The error is a [*rawsys.Error]: ENOSYS means that the kernel was built without
// capability mode.
func Enter() error {
	if err := zsys.CapEnter(); err != nil {
		return modeError("cap_enter", err)
	}
	return nil
}

// Entered reports whether the process is in capability mode: cap_getmode(2), since
// FreeBSD 9.0. ENOSYS means that the kernel was built without that mode.
func Entered() (bool, error) {
	var mode uint32
	if err := zsys.CapGetmode(&mode); err != nil {
		return false, modeError("cap_getmode", err)
	}
	return mode != 0, nil
}

func modeError(op string, err error) error {
	errno, _ := err.(syscall.Errno)
	return &rawsys.Error{Op: op, Errno: errno}
}
