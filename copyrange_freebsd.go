package rawsys

import (
	"cmp"
	"math"
	"syscall"

	"github.com/rawsys-go/rawsys/internal/copyrange"
	"github.com/rawsys-go/rawsys/internal/rawconn"
	"github.com/rawsys-go/rawsys/zsys"
)

// CopyFileRange copies up to n bytes from one regular file to another inside the
// kernel, and returns how many it copied: copy_file_range(2), since FreeBSD 13.0.
// The destination comes first, as everywhere in this package; in the manual it is
// the other way round. *outOff and *inOff, if not nil, say where to write and to
// read, and are advanced
// by that number; in place of a nil one the descriptor's own offset is used and
// advanced. Holes are kept where the file systems can.
//
// Fewer than n bytes are a success too, and 0 is the end of the file. flags are 0,
// or zsys.COPY_FILE_RANGE_CLONE (since FreeBSD 15.0) to share blocks or fail with
// EOPNOTSUPP. [CopyRange] copies a whole range.
//
// The error is an [*Error]. EINVAL means that a descriptor is no regular file, that
// ranges of the same file overlap, that an offset is negative, or that the kernel
// does not know a flag; EBADF that a descriptor is not open, has the wrong mode,
// or is an output that appends; EISDIR that one is a directory; EFBIG and ENOSPC
// that the output may not or cannot grow; and ENOSYS that the kernel is older
// than 13.0. EINTR, which only NFS gives, leaves the offsets as they were.
//
// An output that ends inside the range is first cut where the range begins, which
// shows if the copy then fails.
func CopyFileRange(out int, outOff *int64, in int, inOff *int64, n int64, flags int) (int64, error) {
	if n < 0 || flags != int(uint32(flags)) {
		return 0, invalid("copy_file_range", fdObject(in)+" to "+fdObject(out), "the count is negative, or a flag is unknown")
	}
	copied, err := zsys.CopyFileRange(in, inOff, out, outOff, uintptr(min(n, math.MaxInt)), uint32(flags))
	if err != nil {
		return 0, &Error{Op: "copy_file_range", Errno: errnoOf(err), Object: fdObject(in) + " to " + fdObject(out)}
	}
	return int64(copied), nil
}

// CopyRange copies n bytes of in from inOff on to outOff of out, or, when n is
// ToEOF, all up to the end of in. It copies inside the
// kernel as far as possible, and with pread(2) and pwrite(2) from the byte where
// that stopped: for shared memory, for devices, and where the file system or the
// kernel lacks the call. It neither uses nor moves the offsets of the two files.
// [CopyRangeConn] takes files.
//
// The count is the number of bytes that are in place, whatever the error; a call
// that failed may have written more of in's bytes behind them. If in ends before
// n bytes the error is io.ErrUnexpectedEOF; other errors are an [*Error]. EINVAL means that an offset
// or n is negative, that a range ends past the largest offset, or that it overlaps its copy
// in the same file; EBADF that the output appends, or that a file has the wrong
// mode; EFBIG that in goes on where out has reached the largest offset; and ESPIPE
// that a file cannot seek. EINTR is not seen.
//
// With the flag zsys.COPY_FILE_RANGE_CLONE the file system shares blocks, and if it
// cannot the error is EOPNOTSUPP, or EINVAL before FreeBSD 15.0: there is no copy in
// place of a clone. Sharing needs offsets that are multiples of the block size, and
// a range that ends at such a multiple or where in ends.
//
// The copy occupies a thread until it is done.
func CopyRange(out int, outOff int64, in int, inOff, n int64, flags int) (int64, error) {
	return copyRange(out, outOff, in, inOff, n, flags, func() string { return fdObject(in) + " to " + fdObject(out) })
}

// CopyRangeConn is [CopyRange] for the descriptors behind out and in: each an
// *os.File, or any other value with a method SyscallConn. A file that is closed
// meanwhile stays open until the copy is done. For one that is closed already the
// error matches fs.ErrClosed, and for another value it is EINVAL.
func CopyRangeConn(out any, outOff int64, in any, inOff, n int64, flags int) (copied int64, err error) {
	names := func() string { return nameOf(in) + " to " + nameOf(out) }
	okIn, okOut := false, true
	okIn, err = rawconn.With(in, func(inFd int) (err error) {
		okOut, err = rawconn.With(out, func(outFd int) (err error) {
			copied, err = copyRange(outFd, outOff, inFd, inOff, n, flags, names)
			return err
		})
		return err
	})
	if !okIn || !okOut {
		return 0, invalid("copy_file_range", names(), "a value that has no descriptor")
	}
	return copied, err
}

func copyRange(out int, outOff int64, in int, inOff, n int64, flags int, object func() string) (int64, error) {
	if n < ToEOF || flags != int(uint32(flags)) {
		return 0, invalid("copy_file_range", object(), "the count is negative and not ToEOF, or a flag is unknown")
	}
	copied, op, err := copyrange.Copy(copyKernel{}, copyrange.Range{
		In: in, InOff: inOff, Out: out, OutOff: outOff, N: n, Flags: uint32(flags),
	})
	if errno, ok := err.(syscall.Errno); ok {
		return copied, &Error{Op: op, Errno: errno, Object: object()}
	}
	return copied, err
}

// copyKernel is the kernel that a range is copied with.
type copyKernel struct{}

func (copyKernel) CopyFileRange(in int, inOff int64, out int, outOff int64, n int, flags uint32) (int, syscall.Errno) {
	copied, err := zsys.CopyFileRange(in, &inOff, out, &outOff, uintptr(n), flags)
	return copied, errnoOf(err)
}

func (copyKernel) Pread(fd int, p []byte, off int64) (int, syscall.Errno) {
	n, err := zsys.Pread(fd, p, off)
	return n, errnoOf(err)
}

func (copyKernel) Pwrite(fd int, p []byte, off int64) (int, syscall.Errno) {
	n, err := zsys.Pwrite(fd, p, off)
	return n, errnoOf(err)
}

func (copyKernel) Appends(fd int) (bool, syscall.Errno) {
	flags, err := zsys.Fcntl(fd, zsys.F_GETFL, 0)
	return flags&zsys.O_APPEND != 0, errnoOf(err)
}

func (copyKernel) Same(in, out int) (bool, int64, syscall.Errno) {
	var a, b zsys.Stat
	errno := ignoringEINTR(func() error { return cmp.Or(zsys.Fstat(in, &a), zsys.Fstat(out, &b)) })
	if a.Mode&zsys.S_IFMT != zsys.S_IFREG {
		a.Size = math.MaxInt64 // a disk's, say, is not told
	}
	return a.Dev == b.Dev && a.Ino == b.Ino, a.Size, errno
}
