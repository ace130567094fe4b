package core

import "unsafe"

var size = unsafe.Sizeof(0)
