package elsewhere

import "unsafe"

var Size = unsafe.Sizeof(0)
