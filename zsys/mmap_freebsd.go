package zsys

import (
	"syscall"
	"unsafe"
)

// MmapBytes is [Mmap] at an address of the kernel's choice, as a slice. Whoever
// has the slice must not use it after [MunmapBytes].
func MmapBytes(length int, prot, flags int32, fd int, offset int64) ([]byte, error) {
	addr, err := Mmap(0, uintptr(length), prot, flags, fd, offset)
	if err != nil {
		return nil, err
	}
	// The memory is not Go's: its address is no pointer that the collector moves.
	return unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&addr))), length), nil
}

// MunmapBytes takes away a mapping that [MmapBytes] made. The slice has to be all
// of it.
func MunmapBytes(b []byte) error {
	return Munmap(uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
}

// MincoreBytes is [Mincore] of memory as a slice, such as [MmapBytes] makes. Vec
// takes a byte for each page that b touches: MINCORE_* put together. One with
// less room is EINVAL.
func MincoreBytes(b, vec []byte) error {
	page := uintptr(syscall.Getpagesize())
	start := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	if first, end := start/page, (start+uintptr(len(b))+page-1)/page; uintptr(len(vec)) < end-first {
		return syscall.EINVAL
	}
	return Mincore(start, uintptr(len(b)), unsafe.SliceData(vec))
}
