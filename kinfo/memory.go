package kinfo

import (
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// fileSize is the length of struct kinfo_file, on every port, and filePath the
// offset of its path.
const (
	fileSize = int(unsafe.Sizeof(File{}))
	filePath = int(unsafe.Offsetof(File{}.Path))
)

// fileBytes returns the memory of f. The structure holds integers alone, so any
// bytes are a value of it; where its fields lie is proved in zsys.
func fileBytes(f *File) []byte { return (*[fileSize]byte)(unsafe.Pointer(f))[:] }

// sockaddrBytes returns the memory of ss, likewise.
func sockaddrBytes(ss *zsys.SockaddrStorage) []byte {
	return (*[unsafe.Sizeof(*ss)]byte)(unsafe.Pointer(ss))[:]
}
