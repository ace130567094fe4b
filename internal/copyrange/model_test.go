//go:build unix

package copyrange

import "syscall"

// A file as the model knows it.
type file struct {
	data        []byte
	read, write bool
	append      bool
	vnode       bool // has a path: pipes, sockets and shared memory have none
	dir, device bool
	seekable    bool
}

// kinds are the descriptors of the recordings.
func kind(name string) *file {
	thousand := make([]byte, 1000)
	for i := range thousand {
		thousand[i] = byte(i)
	}
	switch name {
	case "rw":
		return &file{data: thousand, read: true, write: true, vnode: true, seekable: true}
	case "empty":
		return &file{read: true, write: true, vnode: true, seekable: true}
	case "rdonly":
		return &file{data: thousand, read: true, vnode: true, seekable: true}
	case "wronly":
		return &file{data: thousand, write: true, vnode: true, seekable: true}
	case "append":
		return &file{data: thousand, read: true, write: true, append: true, vnode: true, seekable: true}
	case "pipe_r", "pipe_w": // FreeBSD's pipes go both ways
		return &file{read: true, write: true}
	case "shm":
		return &file{data: thousand, read: true, write: true, seekable: true}
	case "dir":
		return &file{read: true, vnode: true, dir: true, seekable: true}
	case "null":
		return &file{read: true, write: true, vnode: true, device: true, seekable: true}
	}
	return nil // closed
}

// model is a FreeBSD kernel. Before each operation on data it asks interfere,
// which may cut the count or fail the call.
type model struct {
	files     []*file // by descriptor
	interfere func(op string, n int) (int, syscall.Errno)
	calls     []string
}

func (m *model) ask(op string, n int) (int, syscall.Errno) {
	m.calls = append(m.calls, op)
	if m.interfere == nil {
		return n, 0
	}
	return m.interfere(op, n)
}

// checks are copy_file_range's, in the kernel's order.
func (m *model) check(in, out *file, inOff, outOff, n int64, flags uint32) syscall.Errno {
	switch {
	case flags != 0:
		return syscall.EOPNOTSUPP // a clone, which this file system cannot make
	case in == nil || !in.read:
		return syscall.EBADF
	case !in.vnode:
		return syscall.EINVAL
	case out == nil || !out.write:
		return syscall.EBADF
	case !out.vnode:
		return syscall.EINVAL
	case out.append:
		return syscall.EBADF
	case n == 0:
		return 0
	case inOff < 0 || outOff < 0:
		return syscall.EINVAL
	case in == out && inOff < outOff+n && outOff < inOff+n:
		return syscall.EINVAL
	case in.dir || out.dir:
		return syscall.EISDIR
	case in.device || out.device:
		return syscall.EINVAL
	}
	return 0
}

func (m *model) CopyFileRange(in int, inOff int64, out int, outOff int64, n int, flags uint32) (int, syscall.Errno) {
	i, o := m.files[in], m.files[out]
	if errno := m.check(i, o, inOff, outOff, int64(n), flags); errno != 0 {
		m.calls = append(m.calls, "copy_file_range")
		return 0, errno
	}
	n = int(min(int64(n), max(int64(len(i.data))-inOff, 0)))
	n, errno := m.ask("copy_file_range", n)
	if errno != 0 {
		return 0, errno
	}
	o.put(i.data[min(inOff, int64(len(i.data))):][:n], outOff)
	return n, 0
}

func (f *file) put(p []byte, off int64) {
	if f.device || len(p) == 0 {
		return
	}
	if end := off + int64(len(p)); end > int64(len(f.data)) {
		f.data = append(f.data, make([]byte, end-int64(len(f.data)))...)
	}
	copy(f.data[off:], p)
}

func (m *model) Pread(fd int, p []byte, off int64) (int, syscall.Errno) {
	f := m.files[fd]
	switch {
	case f == nil || !f.read:
		return 0, syscall.EBADF
	case !f.seekable:
		return 0, syscall.ESPIPE
	case f.dir:
		return 0, syscall.EISDIR
	}
	left := f.data[min(off, int64(len(f.data))):]
	n, errno := m.ask("pread", min(len(p), len(left)))
	if errno != 0 {
		return 0, errno
	}
	return copy(p[:n], left), 0
}

func (m *model) Pwrite(fd int, p []byte, off int64) (int, syscall.Errno) {
	f := m.files[fd]
	switch {
	case f == nil || !f.write:
		return 0, syscall.EBADF
	case !f.seekable:
		return 0, syscall.ESPIPE
	}
	n, errno := m.ask("pwrite", len(p))
	if errno != 0 {
		return 0, errno
	}
	if f.append {
		off = int64(len(f.data))
	}
	f.put(p[:n], off)
	return n, 0
}

func (m *model) Appends(fd int) (bool, syscall.Errno) {
	if m.files[fd] == nil {
		return false, syscall.EBADF
	}
	return m.files[fd].append, 0
}

func (m *model) Same(in, out int) (bool, int64, syscall.Errno) {
	if m.files[in] == nil || m.files[out] == nil {
		return false, 0, syscall.EBADF
	}
	return m.files[in] == m.files[out], int64(len(m.files[in].data)), 0
}
