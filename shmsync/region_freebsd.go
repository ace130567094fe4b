package shmsync

import (
	"errors"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// memfd makes a file in memory.
func memfd(name string) (*os.File, error) {
	return rawsys.MemfdCreate(name, zsys.MFD_CLOEXEC|zsys.MFD_ALLOW_SEALING)
}

// seal keeps everybody from changing a file's size, which would kill who maps it.
func seal(f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	control := raw.Control(func(fd uintptr) { err = rawsys.AddSeals(int(fd), zsys.F_SEAL_SHRINK|zsys.F_SEAL_GROW) })
	return errors.Join(control, err)
}

// allocate takes the space that a file needs, by writing: not every file system has
// posix_fallocate(2), and ZFS, which would not keep it, is one of those.
func allocate(f *os.File, size int64) error {
	zeros := make([]byte, min(size, 1<<20))
	for at := int64(0); at < size; {
		n, err := f.WriteAt(zeros[:min(size-at, int64(len(zeros)))], at)
		if err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}

func mmap(fd uintptr, size int) ([]byte, error) {
	return syscall.Mmap(int(fd), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
}

func munmap(mem []byte) error { return syscall.Munmap(mem) }
