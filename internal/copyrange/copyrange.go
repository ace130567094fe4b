//go:build !plan9

// Package copyrange copies a range of one file to a place in another, through
// the kernel as far as it can and by pread and pwrite from there. The kernel is
// behind an interface, so that everything it may answer is tried on any host.
package copyrange

import (
	"io"
	"math"
	"syscall"
)

// Kernel is what a copy is made with. Counts are 0 with an error.
type Kernel interface {
	// CopyFileRange copies up to n bytes in the kernel; 0 is the end of the file.
	CopyFileRange(in int, inOff int64, out int, outOff int64, n int, flags uint32) (int, syscall.Errno)
	Pread(fd int, p []byte, off int64) (int, syscall.Errno)
	Pwrite(fd int, p []byte, off int64) (int, syscall.Errno)
	// Appends reports whether writes to fd go to the end of the file, whatever
	// their offset.
	Appends(fd int) (bool, syscall.Errno)
	// Same reports whether in and out are one file, and that file's size; it is
	// the largest number if that isn't known.
	Same(in, out int) (same bool, size int64, errno syscall.Errno)
}

// Range is what to copy. N below 0 is to the end of the file.
type Range struct {
	In, Out       int
	InOff, OutOff int64
	N             int64
	Flags         uint32

	done int64 // bytes in their place
}

// A call copies at most this much: what ssize_t holds on 32-bit ports, and a
// multiple of every block size, so that the next call can share blocks too.
const maxCall = 1 << 30

// By hand a copy's step is large enough that the two calls cost nothing beside
// the copying, and small enough for a processor's cache. The first step is
// small: mostly it only finds that the kernel has seen the end.
const (
	firstStep = 4 << 10
	laterStep = 256 << 10
)

// Copy copies r and returns how many bytes are known to be in their place,
// whatever the error; a failed call may have written some more, of the same
// content, behind them. Op names the call that failed.
//
// A file that ends before N bytes is io.ErrUnexpectedEOF.
func Copy(k Kernel, r Range) (n int64, op string, err error) {
	if r.InOff < 0 || r.OutOff < 0 || r.N > math.MaxInt64-max(r.InOff, r.OutOff) {
		return 0, "copy_file_range", syscall.EINVAL
	}
	toEnd := r.N < 0
	if toEnd {
		r.N = math.MaxInt64 - max(r.InOff, r.OutOff)
	}
	want := r.N
	op, errno := keepApart(k, &r)
	if errno == 0 {
		op, errno = inKernel(k, &r)
	}
	if errno == 0 && r.N > 0 && r.Flags == 0 {
		op, errno = byHand(k, &r)
	}
	switch {
	case errno != 0:
		return r.done, op, errno
	case r.done < want && !toEnd:
		return r.done, op, io.ErrUnexpectedEOF
	case r.done == want && toEnd:
		op, errno = goesOn(k, &r)
	}
	if errno != 0 {
		return r.done, op, errno
	}
	return r.done, op, nil
}

// goesOn is EFBIG if a copy to the end of a file had to stop before that, at the
// largest offset of the output.
func goesOn(k Kernel, r *Range) (op string, errno syscall.Errno) {
	if r.InOff == math.MaxInt64 {
		return "", 0
	}
	n, errno := again(func() (int, syscall.Errno) { return k.Pread(r.In, make([]byte, 1), r.InOff) })
	if errno != 0 {
		return "pread", errno
	}
	if n > 0 {
		return "pwrite", syscall.EFBIG
	}
	return "", 0
}

// advance moves r past n bytes that are in their place.
func (r *Range) advance(n int) {
	r.InOff += int64(n)
	r.OutOff += int64(n)
	r.N -= int64(n)
	r.done += int64(n)
}

// keepApart checks what the kernel cannot when a range takes several calls, of
// which it sees one at a time: that no byte is overwritten before it is read,
// and that a file that grows by its own copy is not copied for ever.
func keepApart(k Kernel, r *Range) (op string, errno syscall.Errno) {
	if r.N <= maxCall {
		return "", 0
	}
	return disjoint(k, r)
}

// inKernel copies until all is done, the call fails, or by hand is the way to
// go on: then errno is 0 and r says from where.
func inKernel(k Kernel, r *Range) (op string, errno syscall.Errno) {
	op = "copy_file_range"
	for r.N > 0 {
		n, errno := again(func() (int, syscall.Errno) {
			return k.CopyFileRange(r.In, r.InOff, r.Out, r.OutOff, int(min(r.N, maxCall)), r.Flags)
		})
		switch {
		case errno != 0 && r.Flags == 0 && unserved(errno):
			return op, 0
		case errno != 0:
			return op, errno
		case n == 0:
			// The end, or a file that has content and no size, such as those of
			// procfs. To read is to know.
			return op, 0
		default:
			r.advance(n)
		}
	}
	return op, 0
}

// again makes a call until it is not interrupted. Such a call has done nothing
// that counts, and begins where it began: the offsets are the caller's.
func again(call func() (int, syscall.Errno)) (int, syscall.Errno) {
	for {
		if n, errno := call(); errno != syscall.EINTR {
			return n, errno
		}
	}
}

// unserved says which errnos mean that another way may do it. A clone that
// cannot be made is the caller's to know: a copy is not what was asked for.
func unserved(errno syscall.Errno) bool {
	switch errno {
	case syscall.EINVAL, // not two regular files: shared memory, a device; or ranges of one file that overlap
		syscall.ENOSYS,     // before FreeBSD 13.0; a FUSE server without it
		syscall.EXDEV,      // a FUSE server that copies inside one file system
		syscall.EOPNOTSUPP: // an NFS or FUSE server that cannot
		return true
	}
	// EBADF: closed, of the wrong mode, or append. EISDIR: a directory. EFBIG,
	// ENOSPC, EDQUOT, EIO, EINTEGRITY, ENOTCAPABLE: by hand would fail the same.
	return false
}

// byHand copies what is left of r by pread and pwrite. It first refuses what
// the kernel refuses for good reason, as its EINVAL may have hidden that.
func byHand(k Kernel, r *Range) (op string, errno syscall.Errno) {
	if op, errno = inPlace(k, r); errno != 0 {
		return op, errno
	}
	if op, errno = disjoint(k, r); errno != 0 {
		return op, errno
	}
	buf := make([]byte, min(r.N, firstStep))
	for r.N > 0 {
		p := buf[:min(r.N, int64(len(buf)))]
		n, errno := again(func() (int, syscall.Errno) { return k.Pread(r.In, p, r.InOff) })
		if errno != 0 || n == 0 {
			return "pread", errno
		}
		if op, errno = put(k, r, p[:n]); errno != 0 {
			return op, errno
		}
		if len(buf) < laterStep {
			buf = make([]byte, min(r.N, laterStep))
		}
	}
	return "", 0
}

func put(k Kernel, r *Range, p []byte) (op string, errno syscall.Errno) {
	for len(p) > 0 {
		n, errno := again(func() (int, syscall.Errno) { return k.Pwrite(r.Out, p, r.OutOff) })
		if errno == 0 && n == 0 {
			errno = syscall.EIO // never, and then not for ever
		}
		if errno != 0 {
			return "pwrite", errno
		}
		r.advance(n)
		p = p[n:]
	}
	return "", 0
}

// inPlace refuses a file whose writes all go to its end, as the kernel does.
func inPlace(k Kernel, r *Range) (op string, errno syscall.Errno) {
	switch appends, errno := k.Appends(r.Out); {
	case errno != 0:
		return "fcntl", errno
	case appends:
		return "copy_file_range", syscall.EBADF
	}
	return "", 0
}

// disjoint refuses a range of one file that overlaps its copy. It shortens the
// range to the end of the file as it is now: where the kernel takes the length
// at its word, it sees overlaps where there are no bytes.
func disjoint(k Kernel, r *Range) (op string, errno syscall.Errno) {
	same, size, errno := k.Same(r.In, r.Out)
	if errno != 0 {
		return "fstat", errno
	}
	if !same {
		return "", 0
	}
	r.N = min(r.N, max(size-r.InOff, 0))
	if r.N > 0 && r.InOff < r.OutOff+r.N && r.OutOff < r.InOff+r.N {
		return "copy_file_range", syscall.EINVAL
	}
	return "", 0
}
