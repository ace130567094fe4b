package sysctl

import "strconv"

// A MIB names a value by numbers, one for each level of the tree: kern.ostype is
// MIB{zsys.CTL_KERN, zsys.KERN_OSTYPE}. Some nodes take further numbers as
// arguments, such as a process's. There are at most 24.
type MIB []int32

// String returns the numbers with dots between them.
func (m MIB) String() string {
	var b []byte
	for i, n := range m {
		if i > 0 {
			b = append(b, '.')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(b)
}
