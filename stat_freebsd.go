package rawsys

import (
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys/internal/filestat"
	"github.com/rawsys-go/rawsys/zsys"
)

// Stat fills st with what the kernel knows about the file at path, following
// symbolic links: stat(2), in this form since FreeBSD 12.0. st is the caller's, and
// undefined after an error. EINTR is not seen.
//
// The error is an [*Error]. ENOENT means that the path does not exist; ENOTDIR that
// it leads through something other than a directory; EACCES that a directory on
// the way may not be searched; ELOOP that there are too many links; ENAMETOOLONG
// that a name has more than 255 bytes or the path more than 1023; and EINVAL that
// the path contains a NUL. In capability mode every path is refused with ECAPMODE:
// use [Fstatat] with the descriptor of a directory.
func Stat(path string, st *FileStat) error {
	return statAt("stat", zsys.AT_FDCWD, path, st, 0)
}

// Lstat is [Stat], but if path ends in a symbolic link it describes the link
// itself: lstat(2).
func Lstat(path string, st *FileStat) error {
	return statAt("lstat", zsys.AT_FDCWD, path, st, zsys.AT_SYMLINK_NOFOLLOW)
}

// Fstatat is [Stat] of a path relative to the directory that dirfd is a descriptor
// of, or relative to the working directory if dirfd is zsys.AT_FDCWD: fstatat(2).
// dirfd is ignored if path is absolute.
//
// flags are zsys.AT_ constants: AT_SYMLINK_NOFOLLOW does what [Lstat] does;
// AT_RESOLVE_BENEATH (since FreeBSD 13.0) refuses with ENOTCAPABLE a path that
// leaves dirfd; AT_EMPTY_PATH (since 13.1) takes an empty path for dirfd itself. Any
// other flag is EINVAL. Do not rely on AT_RESOLVE_BENEATH if dirfd is the root of a
// mounted file system: FreeBSD 15.0 lets ".." out of there.
//
// In capability mode the path must stay beneath dirfd, which needs the rights
// CAP_FSTAT and CAP_LOOKUP. Otherwise the error is ENOTCAPABLE.
func Fstatat(dirfd int, path string, st *FileStat, flags int) error {
	return statAt("fstatat", dirfd, path, st, flags)
}

// Fstat fills st with what the kernel knows about the open file fd: fstat(2), in
// this form since FreeBSD 12.0. st is the caller's, and undefined after an error.
// EINTR is not seen.
//
// The error is an [*Error]. EBADF means that fd is not open, and ENOTCAPABLE that
// it lacks the right CAP_FSTAT. Not every descriptor has a file's attributes: the
// Size of a socket is the number of bytes to be read, shared memory is a regular
// file, and a kqueue(2) is an empty FIFO.
func Fstat(fd int, st *FileStat) error {
	errno := ignoringEINTR(func() error { return zsys.Fstat(fd, (*zsys.Stat)(st)) })
	if errno != 0 {
		return fdError("fstat", fd, errno)
	}
	return nil
}

func statAt(op string, dirfd int, path string, st *FileStat, flags int) error {
	if strings.IndexByte(path, 0) >= 0 {
		return &Error{Op: op, Errno: syscall.EINVAL, Object: strconv.Quote(path), Hint: "the path contains a NUL"}
	}
	errno := syscall.EINVAL // flags beyond C's int: cut to its size they would say something else
	if int(int32(flags)) == flags {
		errno = ignoringEINTR(func() error { return zsys.Fstatat(dirfd, path, (*zsys.Stat)(st), int32(flags)) })
	}
	if errno != 0 {
		return &Error{Op: op, Errno: errno, Object: path}
	}
	return nil
}

// ignoringEINTR repeats a call that a signal interrupted. File systems in user
// space or on a server may be interrupted in spite of SA_RESTART: golang/go#38033.
func ignoringEINTR(call func() error) syscall.Errno {
	for {
		if errno := errnoOf(call()); errno != syscall.EINTR {
			return errno
		}
	}
}

// FileMode returns the type and permissions of the file in the form of package os.
// For whiteouts, which io/fs does not know, and descriptors without a type it returns
// the permissions alone.
func (st *FileStat) FileMode() fs.FileMode { return filestat.FileMode(uint16(st.Mode)) }

// FlagNames returns the names of the bits in Flags, which chflags(1) sets, in the
// form that strtofflags(3) takes: "uarch,nodump". It is "" if no bit is set. Bits
// without a name follow as one hexadecimal number.
func (st *FileStat) FlagNames() string { return filestat.FlagNames(uint32(st.Flags)) }

// IsNamedAttr reports whether the file is a named attribute or the directory
// that holds them: SFBSD_NAMEDATTR in st_bsdflags, since FreeBSD 15.0.
func (st *FileStat) IsNamedAttr() bool { return st.Bsdflags&zsys.SFBSD_NAMEDATTR != 0 }

// ATime returns when the file was last read, in the local time zone.
func (st *FileStat) ATime() time.Time { return st.times().Access.Go() }

// MTime returns when the file was last written, in the local time zone.
func (st *FileStat) MTime() time.Time { return st.times().Mod.Go() }

// CTime returns when the file or its attributes, such as owner and mode, were last
// changed, in the local time zone.
func (st *FileStat) CTime() time.Time { return st.times().Change.Go() }

// BirthTime returns when the file was created, in the local time zone, or the zero
// Time if its file system does not record that. Some file systems, such as UFS, move
// it back when the file's MTime is set to an earlier time.
func (st *FileStat) BirthTime() time.Time { return st.times().Created() }

// ATimespec returns ATime in seconds and nanoseconds since 1970: the field Atim,
// extended on 386 by the upper half of the seconds in AtimExt.
func (st *FileStat) ATimespec() (sec, nsec int64) { return st.times().Access.Unix() }

// MTimespec returns MTime in seconds and nanoseconds since 1970, as
// [FileStat.ATimespec] does for ATime.
func (st *FileStat) MTimespec() (sec, nsec int64) { return st.times().Mod.Unix() }

// CTimespec returns CTime in seconds and nanoseconds since 1970, as
// [FileStat.ATimespec] does for ATime.
func (st *FileStat) CTimespec() (sec, nsec int64) { return st.times().Change.Unix() }

// BirthTimespec returns BirthTime in seconds and nanoseconds since 1970, as
// [FileStat.ATimespec] does for ATime. It is -1, 0 if the file system does not
// record that.
func (st *FileStat) BirthTimespec() (sec, nsec int64) { return st.times().Birth.Unix() }

func (st *FileStat) times() filestat.Times { return filestat.TimesOf((*zsys.Stat)(st)) }
