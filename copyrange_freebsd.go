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

// CopyFileRange copies up to n bytes from one regular file to another inside
// the kernel, and returns how many: copy_file_range(2), FreeBSD 13.0. An offset
// that is not nil is where to copy from or to, and is moved on by the count; the
// descriptor's own offset is used and moved in place of nil. Holes are kept
// where the file systems can.
//
// Fewer bytes than n are a success, and 0 is the end of the file. Flags are 0 or
// zsys.COPY_FILE_RANGE_CLONE (FreeBSD 15.0): share blocks or fail with
// EOPNOTSUPP. EINVAL is a descriptor that is no regular file, ranges of one file
// that overlap, a negative offset or an unknown flag; EBADF a descriptor of the
// wrong mode, or an output that appends; EISDIR a directory; EFBIG and ENOSPC an
// output that may not or cannot grow; ENOSYS a kernel before 13.0. After EINTR,
// which NFS alone gives, offsets are what they were.
//
// An output whose end lies in the range is cut at the range's start before the
// copy begins, which shows if that fails. [CopyRange] copies a whole range.
func CopyFileRange(in int, inOff *int64, out int, outOff *int64, n int, flags uint32) (int, error) {
	if n < 0 {
		return 0, &Error{Op: "copy_file_range", Errno: syscall.EINVAL, Object: fdObject(in), hint: "the count is negative"}
	}
	copied, errno := zsys.CopyFileRange(in, inOff, out, outOff, uintptr(n), flags)
	if errno != 0 {
		return 0, &Error{Op: "copy_file_range", Errno: errno, Object: fdObject(in) + " to " + fdObject(out)}
	}
	return copied, nil
}

// CopyRange copies n bytes of in from inOff on to out at outOff, or to the end
// of in when n is negative. It copies inside the kernel as far as that can, and
// by pread and pwrite from the byte where it stopped: for shared memory and
// devices, for file systems and kernels without the call. Neither file's own
// offset is used or moved. Files that cannot seek fail with ESPIPE.
//
// The count is that of the bytes in their place, whatever the error. A failed
// call may have left more of in's bytes behind them. If in ends early the error
// is io.ErrUnexpectedEOF; EINTR is not seen. EINVAL is a negative offset, a range
// that ends past the largest one, or one that overlaps its copy in the same
// file; EBADF an output that appends, or what is closed or of the wrong mode.
// errors.Is finds the errno in all but io.ErrUnexpectedEOF, and fs.ErrClosed of a
// file that the program has closed.
//
// With flag zsys.COPY_FILE_RANGE_CLONE the file system shares blocks, or the
// error is EOPNOTSUPP, before FreeBSD 15.0 EINVAL: a copy does not replace a
// clone. Blocks can be shared when both offsets are multiples of the block size,
// and the end is one or is in's.
//
// A thread is busy for as long as the copy takes. A file that is closed meanwhile
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
	return zsys.CopyFileRange(in, &inOff, out, &outOff, uintptr(n), flags)
}

func (copyKernel) Pread(fd int, p []byte, off int64) (int, syscall.Errno) {
	return zsys.Pread(fd, &p[0], uintptr(len(p)), off)
}

func (copyKernel) Pwrite(fd int, p []byte, off int64) (int, syscall.Errno) {
	return zsys.Pwrite(fd, &p[0], uintptr(len(p)), off)
}

func (copyKernel) Appends(fd int) (bool, syscall.Errno) {
	flags, errno := zsys.Fcntl(fd, zsys.F_GETFL, 0)
	return flags&zsys.O_APPEND != 0, errno
}

func (copyKernel) Same(in, out int) (bool, int64, syscall.Errno) {
	var a, b zsys.Stat
	errno := ignoringEINTR(func() syscall.Errno { return cmp.Or(zsys.Fstat(in, &a), zsys.Fstat(out, &b)) })
	if a.Mode&zsys.S_IFMT != zsys.S_IFREG {
		a.Size = math.MaxInt64 // a disk's, say, is not told
	}
	return a.Dev == b.Dev && a.Ino == b.Ino, a.Size, errno
}
