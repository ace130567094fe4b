package zsys

import "unsafe"

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
