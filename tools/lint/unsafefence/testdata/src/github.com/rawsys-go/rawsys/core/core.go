package core

import (
	"fmt"
	"unsafe" // want `core/core.go imports unsafe outside the fence: use .* or list the file`
)

var _ = fmt.Sprint(unsafe.Sizeof(0))
