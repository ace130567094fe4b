package core

import "unsafe"

var Bytes = unsafe.Slice((*byte)(nil), 0)
