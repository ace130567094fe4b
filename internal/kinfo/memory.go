package kinfo

import (
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// Size is the length of struct kinfo_file, on every port.
const Size = int(unsafe.Sizeof(zsys.KinfoFile{}))

const pathOffset = int(unsafe.Offsetof(zsys.KinfoFile{}.Path))

// Bytes returns the memory of k. The structure holds integers alone, so any
// bytes are a value of it; where its fields lie is proved in zsys.
func Bytes(k *zsys.KinfoFile) []byte { return (*[Size]byte)(unsafe.Pointer(k))[:] }

// sockaddrBytes returns the memory of ss, likewise.
func sockaddrBytes(ss *zsys.SockaddrStorage) []byte {
	return (*[unsafe.Sizeof(*ss)]byte)(unsafe.Pointer(ss))[:]
}
