package crowd

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/zsys"
)

// open opens what there is a kind of.
func (m *Member) open() error {
	dir := os.Getenv("TMPDIR")
	return errors.Join(m.files(dir), m.mappings(dir), m.internet(), m.local(dir), m.records())
}

// records has the kernel describe the descriptors of files and sockets. Sockets that
// were made by bare calls, as those of SCTP, have descriptors like others.
func (m *Member) records() (err error) {
	for i := range m.Files {
		err = errors.Join(err, m.Files[i].ask(m.Files[i].FD))
	}
	for i := range m.Sockets {
		err = errors.Join(err, m.Sockets[i].ask(m.Sockets[i].FD))
	}
	return err
}

func (r *Record) ask(fd int) error {
	const size = int(unsafe.Sizeof(zsys.KinfoFile{}))
	k := zsys.KinfoFile{Structsize: int32(size)} // the kernel refuses other sizes
	if _, err := zsys.FcntlPtr(fd, zsys.F_KINFO, unsafe.Pointer(&k)); err != nil {
		return fmt.Errorf("F_KINFO of %d: %w", fd, err)
	}
	r.Kinfo = bytes.Clone((*[size]byte)(unsafe.Pointer(&k))[:])
	return nil
}

// create makes a file of a size.
func create(path string, size int) (*os.File, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	kept = append(kept, f)
	_, err = f.WriteString(strings.Repeat("x", size))
	return f, err
}

func (m *Member) files(dir string) error {
	file, err1 := create(dir+"/file", 5)
	gone, err2 := create(dir+"/gone", 6)
	null, err3 := os.Open(os.DevNull)
	d, err4 := os.Open(dir)
	r, w, err5 := os.Pipe()
	if err := errors.Join(err1, err2, err3, err4, err5, os.Remove(dir+"/gone")); err != nil {
		return err
	}
	kept = append(kept, null, d, r, w)
	m.Files = []File{
		{FD: int(file.Fd()), Type: "vnode", Path: dir + "/file", Size: 5},
		{FD: int(gone.Fd()), Type: "vnode", Deleted: true, Size: 6},
		{FD: int(null.Fd()), Type: "vnode", Path: os.DevNull},
		{FD: int(d.Fd()), Type: "vnode", Path: dir},
		{FD: int(r.Fd()), Type: "pipe"}, {FD: int(w.Fd()), Type: "pipe"},
	}
	return nil
}

// mappings maps memory, a file, and a file that is then deleted.
func (m *Member) mappings(dir string) error {
	page := os.Getpagesize()
	mapped, err1 := create(dir+"/mapped", 3*page)
	gone, err2 := create(dir+"/unmapped", page)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	err := m.mapping(Mapping{Prot: "rw-", Resident: 3}, -1, 8*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err == nil {
		err = m.mapping(Mapping{Prot: "r--", Resident: 2, File: true, Path: dir + "/mapped", Offset: uint64(page)}, int(mapped.Fd()), 2*page, unix.PROT_READ, unix.MAP_PRIVATE)
	}
	if err == nil {
		err = m.mapping(Mapping{Prot: "rw-", Resident: 1, File: true}, int(gone.Fd()), page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	}
	return errors.Join(err, os.Remove(dir+"/unmapped"))
}

// mapping maps and touches memory.
func (m *Member) mapping(what Mapping, fd, size, prot, flags int) error {
	mem, err := unix.Mmap(fd, int64(what.Offset), size, prot, flags)
	if err != nil {
		return fmt.Errorf("mmap: %w", err)
	}
	sum := byte(0)
	for i := range what.Resident {
		if prot&unix.PROT_WRITE != 0 {
			mem[i*os.Getpagesize()] = 1
		}
		sum += mem[i*os.Getpagesize()]
	}
	kept = append(kept, mem, sum)
	what.Start = uint64(reflect.ValueOf(mem).Pointer())
	what.End = what.Start + uint64(size)
	m.Mappings = append(m.Mappings, what)
	return nil
}

// add notes a socket, by its descriptor.
func (m *Member) add(s Socket, c syscall.Conn) error {
	kept = append(kept, c)
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	err = raw.Control(func(fd uintptr) { s.FD = int(fd) })
	m.Sockets = append(m.Sockets, s)
	return err
}
