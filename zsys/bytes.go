package zsys

import "unsafe"

// Bytes returns the memory of *p: what calls take for addresses, options and
// values whose type depends on another argument. It must not have pointers that
// the kernel would change.
//
//	err := zsys.Bind(s, zsys.Bytes(&zsys.SockaddrIn{Len: 16, Family: zsys.AF_INET}))
func Bytes[T any](p *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), unsafe.Sizeof(*p))
}
