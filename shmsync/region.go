//go:build freebsd || linux

package shmsync

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// ErrSize means that a file is smaller than the Region that was asked for, or that
// something does not fit into a Region.
var ErrSize = errors.New("does not fit")

// Region is memory that is shared with all who map the same file. It may be used
// by many goroutines at a time; what lies in it is for the locks to protect.
//
// To give a Region to a child process, put File into the ExtraFiles of os/exec's
// Cmd; the child opens it with [FromFile] of os.NewFile(3, "region"), where 3 is
// the first of ExtraFiles. To give it to another process, send the descriptor over a Unix
// socket: syscall.UnixRights makes the message for net.UnixConn's WriteMsgUnix,
// syscall.ParseUnixRights reads what ReadMsgUnix got. A file with a path is
// opened by [Open].
type Region struct {
	file *os.File
	mem  []byte
	once sync.Once
	err  error
}

// Create makes a Region of size bytes of zeros without a path: memfd_create(2) on
// Linux, since 3.17, memfd_create(3) on FreeBSD, since 13.0. Where the system can,
// the file is sealed, so that nobody changes its size. It lasts until the last
// process closes it. name helps when debugging, and need not be unique.
func Create(name string, size int) (*Region, error) {
	if err := positive(size); err != nil {
		return nil, err
	}
	f, err := memfd(name)
	if err != nil {
		return nil, err
	}
	return finish(f, size, func() error {
		if err := f.Truncate(int64(size)); err != nil {
			return err
		}
		return seal(f)
	})
}

// CreateFile makes a Region of size bytes of zeros in a new file. The error matches
// fs.ErrExist if there is a file of that name. The disk space is taken at once,
// where the file system can do that: on a full disk, an access to memory without
// space kills the process. If CreateFile fails, it leaves no file behind.
func CreateFile(path string, size int, perm fs.FileMode) (*Region, error) {
	if err := positive(size); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, err
	}
	r, err := finish(f, size, func() error {
		if err := f.Truncate(int64(size)); err != nil {
			return err
		}
		return allocate(f, int64(size))
	})
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return r, nil
}

// Open maps the first size bytes of a file, or all of it if size is 0. The error
// matches [ErrSize] if the file has fewer.
func Open(path string, size int) (*Region, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return FromFile(f, size)
}

// FromFile maps the first size bytes of a file that is open for reading and
// writing, or all of it if size is 0. The Region owns the file from then on, and
// closes it, also if FromFile fails. The error matches [ErrSize] if the file has fewer.
func FromFile(f *os.File, size int) (*Region, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if size == 0 && int64(int(info.Size())) == info.Size() {
		size = int(info.Size())
	}
	return finish(f, size, func() error {
		if err := positive(size); err != nil {
			return err
		}
		if info.Size() < int64(size) {
			return fmt.Errorf("shmsync: %s has %d bytes, want %d: %w", f.Name(), info.Size(), size, ErrSize)
		}
		return nil
	})
}

func positive(size int) error {
	if size <= 0 {
		return fmt.Errorf("shmsync: a Region of %d bytes: %w", size, ErrSize)
	}
	return nil
}

// finish prepares f and maps it, or closes it.
func finish(f *os.File, size int, prepare func() error) (*Region, error) {
	err := prepare()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	mem, err := mapShared(f, size)
	if err != nil {
		return nil, errors.Join(os.NewSyscallError("mmap", err), f.Close())
	}
	return &Region{file: f, mem: mem}, nil
}

// mapShared maps f without changing it to blocking mode, as its Fd would.
func mapShared(f *os.File, size int) (mem []byte, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	control := raw.Control(func(fd uintptr) { mem, err = mmap(fd, size) })
	return mem, errors.Join(control, err)
}

// Bytes is the memory, for as long as r is not closed.
func (r *Region) Bytes() []byte { return r.mem }

// Size is the number of bytes.
func (r *Region) Size() int { return len(r.mem) }

// File is the file behind the memory, to hand on. It belongs to r.
func (r *Region) File() *os.File { return r.file }

// Close unmaps the memory and closes the file. After it, whoever uses something that
// lies in r is killed by SIGSEGV, a waiter as well: end them first. A file with a
// path stays. Closing again returns the same error.
func (r *Region) Close() error {
	r.once.Do(func() { r.err = errors.Join(os.NewSyscallError("munmap", munmap(r.mem)), r.file.Close()) })
	return r.err
}
