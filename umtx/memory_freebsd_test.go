package umtx

import "unsafe"

func addrOf[T any](p *T) unsafe.Pointer { return unsafe.Pointer(p) }

// counter is the number behind the lock.
func counter(mem []byte) *uint64 { return (*uint64)(unsafe.Pointer(&mem[64])) }
