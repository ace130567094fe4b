package zsys

import "unsafe"

const fdBits = 8 * int(unsafe.Sizeof(FdSet{}.Bits[0]))

// Set puts a descriptor, below FD_SETSIZE, into the set.
func (s *FdSet) Set(fd int) { s.Bits[fd/fdBits] |= 1 << (fd % fdBits) }

// Clear takes a descriptor out of the set.
func (s *FdSet) Clear(fd int) { s.Bits[fd/fdBits] &^= 1 << (fd % fdBits) }

// IsSet reports whether a descriptor is in the set.
func (s *FdSet) IsSet(fd int) bool { return s.Bits[fd/fdBits]>>(fd%fdBits)&1 != 0 }
