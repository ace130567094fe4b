package shmsync

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// memfd makes a file in memory.
func memfd(name string) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "memfd:"+name), nil
}

// seal keeps everybody from changing a file's size, which would kill who maps it.
func seal(f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	control := raw.Control(func(fd uintptr) {
		_, err = unix.FcntlInt(fd, unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW)
	})
	if control != nil {
		return control
	}
	return os.NewSyscallError("fcntl F_ADD_SEALS", err)
}

// allocate takes the space that a file needs.
func allocate(f *os.File, size int64) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	control := raw.Control(func(fd uintptr) {
		for err = syscall.EINTR; err == syscall.EINTR; {
			err = unix.Fallocate(int(fd), 0, 0, size)
		}
	})
	if control != nil || err == syscall.EOPNOTSUPP || err == syscall.ENOSYS {
		return control
	}
	return os.NewSyscallError("fallocate", err)
}

func mmap(fd uintptr, size int) ([]byte, error) {
	return syscall.Mmap(int(fd), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
}

func munmap(mem []byte) error { return syscall.Munmap(mem) }
