package rawsys

import (
	"io/fs"
	"strconv"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys/internal/filestat"
	"github.com/rawsys-go/rawsys/zsys"
)

// Stat fills st with what the kernel tells of the file at path, following
// symbolic links: stat(2), in this form since FreeBSD 12.0.
//
// The error is an *Error. ENOENT is a path that does not exist, ENOTDIR one
// that leads through something other than a directory, EACCES a directory on
// the way that may not be searched, ELOOP too many links, and ENAMETOOLONG more
// than 255 bytes in a name or 1023 in the path. In capability mode every path
// is refused with ECAPMODE: use [Fstatat] with a directory's descriptor. EINVAL
// is a NUL in the path. st is the caller's, and undefined after an error.
func Stat(path string, st *FileStat) error {
	return statAt("stat", zsys.AT_FDCWD, path, st, 0)
}

// Lstat is [Stat] of a symbolic link itself, if path ends in one: lstat(2).
func Lstat(path string, st *FileStat) error {
	return statAt("lstat", zsys.AT_FDCWD, path, st, zsys.AT_SYMLINK_NOFOLLOW)
}

// Fstatat is [Stat] of a path that is relative to the directory behind the
// descriptor dirfd, or to the working directory for zsys.AT_FDCWD: fstatat(2).
// An absolute path ignores dirfd.
//
// flags are zsys.AT_SYMLINK_NOFOLLOW, as in [Lstat]; AT_RESOLVE_BENEATH, to
// refuse with ENOTCAPABLE a path that leaves dirfd (since FreeBSD 13.0); and
// AT_EMPTY_PATH, to take an empty path for dirfd itself (since 13.1). EINVAL is
// another flag. Do not rely on AT_RESOLVE_BENEATH where dirfd is the root of a
// mounted file system: FreeBSD 15.0 lets ".." out of there. In capability mode the path must stay beneath dirfd, and dirfd
// must have CAP_FSTAT and CAP_LOOKUP: ENOTCAPABLE.
func Fstatat(dirfd int, path string, st *FileStat, flags int) error {
	return statAt("fstatat", dirfd, path, st, flags)
}

// Fstat fills st with what the kernel tells of the file behind the descriptor
// fd: fstat(2), in this form since FreeBSD 12.0.
//
// The error is an *Error. EBADF is a descriptor that is not open, and
// ENOTCAPABLE one without the right CAP_FSTAT. Descriptors that are no files
// tell little: a kqueue's and a socket's fields are zero but for the type in
// Mode, and shared memory has no type. st is the caller's.
func Fstat(fd int, st *FileStat) error {
	errno := ignoringEINTR(func() syscall.Errno { return zsys.Fstat(fd, (*zsys.Stat)(st)) })
	if errno != 0 {
		return fdError("fstat", fd, errno)
	}
	return nil
}

func statAt(op string, dirfd int, path string, st *FileStat, flags int) error {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return &Error{Op: op, Errno: syscall.EINVAL, Object: strconv.Quote(path), hint: "the path contains a NUL"}
	}
	errno := syscall.EINVAL // flags beyond C's int: cut to its size they would say something else
	if int(int32(flags)) == flags {
		errno = ignoringEINTR(func() syscall.Errno { return zsys.Fstatat(dirfd, name, (*zsys.Stat)(st), int32(flags)) })
	}
	if errno != 0 {
		return &Error{Op: op, Errno: errno, Object: path}
	}
	return nil
}

// ignoringEINTR makes a call again that a signal ended. File systems in user
// space or on a server may end one, SA_RESTART or not: golang/go#38033.
func ignoringEINTR(call func() syscall.Errno) syscall.Errno {
	for {
		if errno := call(); errno != syscall.EINTR {
			return errno
		}
	}
}

// FileMode returns the file's type and permissions as package os does. Of
// types that io/fs does not know, whiteouts and descriptors that are no files, it
// gives the permissions alone.
func (st *FileStat) FileMode() fs.FileMode { return filestat.FileMode(uint16(st.Mode)) }

// FlagNames names the bits of Flags, those of chflags(1), in the form that
// strtofflags(3) takes: "uarch,nodump", and "" if none is set. Bits without a
// name follow as a hexadecimal number.
func (st *FileStat) FlagNames() string { return filestat.FlagNames(uint32(st.Flags)) }

// IsNamedAttr reports whether the file is a named attribute or the directory
// that holds them: SFBSD_NAMEDATTR in st_bsdflags, since FreeBSD 15.0.
func (st *FileStat) IsNamedAttr() bool { return st.Bsdflags&zsys.SFBSD_NAMEDATTR != 0 }

// ATime returns when the file was last read, in the local time zone.
func (st *FileStat) ATime() time.Time { return st.times().Access.Go() }

// MTime returns when the file was last written, in the local time zone.
func (st *FileStat) MTime() time.Time { return st.times().Mod.Go() }

// CTime returns when the file or what Stat tells of it last changed, in the
// local time zone.
func (st *FileStat) CTime() time.Time { return st.times().Change.Go() }

// BirthTime returns when the file was created, in the local time zone; the
// zero Time if its file system does not know. Setting MTime to an earlier time
// sets it too, on file systems like UFS.
func (st *FileStat) BirthTime() time.Time { return st.times().Created() }

// ATimespec returns ATime in seconds and nanoseconds since 1970. It is the
// field Atim, but for 386, where the seconds continue in AtimExt.
func (st *FileStat) ATimespec() (sec, nsec int64) { return st.times().Access.Unix() }

// MTimespec returns MTime in seconds and nanoseconds since 1970, as
// [FileStat.ATimespec] does for ATime.
func (st *FileStat) MTimespec() (sec, nsec int64) { return st.times().Mod.Unix() }

// CTimespec returns CTime in seconds and nanoseconds since 1970, as
// [FileStat.ATimespec] does for ATime.
func (st *FileStat) CTimespec() (sec, nsec int64) { return st.times().Change.Unix() }

// BirthTimespec returns BirthTime in seconds and nanoseconds since 1970, as
// [FileStat.ATimespec] does for ATime. It is -1, 0 if the file system does not
// know.
func (st *FileStat) BirthTimespec() (sec, nsec int64) { return st.times().Birth.Unix() }

func (st *FileStat) times() filestat.Times { return filestat.TimesOf((*zsys.Stat)(st)) }
