// Package consumer uses rawsys as a module outside its tree does.
package consumer

import (
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// Facts are sizes and numbers that hold on every host.
func Facts() (stat, kinfo uintptr, fstat int) {
	return unsafe.Sizeof(zsys.Stat{}), unsafe.Sizeof(zsys.KinfoFile{}), zsys.SYS_FSTAT
}
