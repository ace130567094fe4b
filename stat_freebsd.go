package rawsys

import (
	"strconv"
	"strings"
	"syscall"

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
// other flag is EINVAL.
//
// In capability mode the path must stay beneath dirfd, which needs the rights
// CAP_FSTAT and CAP_LOOKUP. Otherwise the error is ENOTCAPABLE. Do not rely on
// staying beneath dirfd, in this mode or by AT_RESOLVE_BENEATH, if dirfd is the root
// directory of a mounted file system: hand out a directory inside one.
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

// FstatConn is [Fstat] of the file or socket behind c: an *os.File, a net.Listener, a
// net.Conn, or any other value with a method SyscallConn. Of another value the error
// is EINVAL; of a closed one it matches fs.ErrClosed or net.ErrClosed.
func FstatConn(c any, st *FileStat) error {
	return withDescriptor("fstat", c, func(fd int) error { return Fstat(fd, st) })
}

// FstatatConn is [Fstatat] from the directory behind dir, an *os.File or another value
// as for [FstatConn].
func FstatatConn(dir any, path string, st *FileStat, flags int) error {
	return withDescriptor("fstatat", dir, func(fd int) error { return Fstatat(fd, path, st, flags) })
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
