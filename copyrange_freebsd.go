package rawsys

import (
	"cmp"
	"io/fs"
	"math"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys/internal/copyrange"
	"github.com/rawsys-go/rawsys/zsys"
)

// CopyFileRange copies up to n bytes from one regular file to another inside the
// kernel, and returns how many it copied: copy_file_range(2), since FreeBSD 13.0.
// *inOff and *outOff, if not nil, say where to read and to write, and are advanced
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
func CopyFileRange(in int, inOff *int64, out int, outOff *int64, n int, flags uint32) (int, error) {
	if n < 0 {
		return 0, &Error{Op: "copy_file_range", Errno: syscall.EINVAL, Object: fdObject(in), Hint: "the count is negative"}
	}
	copied, err := zsys.CopyFileRange(in, inOff, out, outOff, uintptr(n), flags)
	if err != nil {
		return 0, &Error{Op: "copy_file_range", Errno: errnoOf(err), Object: fdObject(in) + " to " + fdObject(out)}
	}
	return copied, nil
}

// CopyRange copies n bytes of in from inOff on to outOff of out, or, when n is
// negative, all up to the end of in. As with io.Copy the destination comes first,
// while [CopyFileRange] has the order of the system call. It copies inside the
// kernel as far as possible, and with pread(2) and pwrite(2) from the byte where
// that stopped: for shared memory, for devices, and where the file system or the
// kernel lacks the call. It neither uses nor moves the offsets of the two files.
//
// The count is the number of bytes that are in place, whatever the error; a call
// that failed may have written more of in's bytes behind them. If in ends before
// n bytes the error is io.ErrUnexpectedEOF; if the program closed a file, errors.Is
// finds fs.ErrClosed; other errors are an [*Error]. EINVAL means that an offset is
// negative, that a range ends past the largest offset, or that it overlaps its copy
// in the same file; EBADF that the output appends, or that a file has the wrong
// mode; and ESPIPE that a file cannot seek. EINTR is not seen.
//
// With the flag zsys.COPY_FILE_RANGE_CLONE the file system shares blocks, and if it
// cannot the error is EOPNOTSUPP, or EINVAL before FreeBSD 15.0: there is no copy in
// place of a clone. Sharing needs offsets that are multiples of the block size, and
// a range that ends at such a multiple or where in ends.
//
// The copy occupies a thread until it is done. A file that is closed meanwhile
// stays open until then.
func CopyRange(out *os.File, outOff int64, in *os.File, inOff, n int64, flags uint32) (int64, error) {
	var copied int64
	err := withDescriptors(in, out, func(inFd, outFd int) error {
		var op string
		var err error
		copied, op, err = copyrange.Copy(copyKernel{}, copyrange.Range{
			In: inFd, InOff: inOff, Out: outFd, OutOff: outOff, N: n, Flags: flags,
		})
		if errno, ok := err.(syscall.Errno); ok {
			return &Error{Op: op, Errno: errno, Object: in.Name() + " to " + out.Name()}
		}
		return err
	})
	return copied, err
}

// withDescriptors calls f with two files' descriptors, which stay open so long.
func withDescriptors(a, b *os.File, f func(a, b int) error) error {
	rawA, errA := a.SyscallConn()
	rawB, errB := b.SyscallConn()
	if err := cmp.Or(errA, errB); err != nil {
		return err
	}
	err := fs.ErrClosed // what Control fails with, by another name
	_ = rawA.Control(func(fdA uintptr) {
		_ = rawB.Control(func(fdB uintptr) { err = f(int(fdA), int(fdB)) })
	})
	return err
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
