package model

import (
	"slices"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// Class is a layout class: the GOARCHs that lay out every C type alike.
type Class int

// The layout classes.
const (
	LP64  Class = iota // 64-bit longs and pointers
	I386               // 32-bit, 64-bit fields aligned to 4 bytes, 32-bit time_t
	ILP32              // other 32-bit ports: 64-bit fields aligned to 8 bytes
	numClasses
)

// Classes lists them all.
func Classes() []Class { return []Class{LP64, I386, ILP32} }

// classInfo describes the classes. The constraints cover every GOARCH of the go
// command: types and constants compile everywhere. 64-bit is the default, so
// that a GOARCH that is new needs no change here.
var classInfo = [numClasses]struct {
	name, constraint string
	ports            []facts.Port
}{
	LP64:  {"lp64", "!386 && !arm && !mips && !mipsle", []facts.Port{facts.AMD64, facts.ARM64, facts.RISCV64}},
	I386:  {"386", "386", []facts.Port{facts.I386}},
	ILP32: {"ilp32", "arm || mips || mipsle", []facts.Port{facts.ARM}},
}

func (c Class) String() string { return classInfo[c].name }

// Constraint returns the build constraint of the class's GOARCHs.
func (c Class) Constraint() string { return classInfo[c].constraint }

// Ports returns FreeBSD's ports in the class.
func (c Class) Ports() []facts.Port { return classInfo[c].ports }

// ClassOf returns the class of a port.
func ClassOf(p facts.Port) Class {
	for _, c := range Classes() {
		if slices.Contains(c.Ports(), p) {
			return c
		}
	}
	panic("port without a layout class")
}

// PerClass is a value for each class. Classes without one, because their ports
// are not bound or lack the thing, have false in Has.
type PerClass[T any] struct {
	Val [numClasses]T
	Has [numClasses]bool
}

// Set gives a class its value.
func (v *PerClass[T]) Set(c Class, x T) { v.Val[c], v.Has[c] = x, true }

// First returns the value of the first class that has one.
func (v *PerClass[T]) First() (x T, ok bool) {
	for _, c := range Classes() {
		if v.Has[c] {
			return v.Val[c], true
		}
	}
	return x, false
}

// Same reports whether all of the classes have a value, and eq ones.
func (v *PerClass[T]) Same(classes []Class, eq func(a, b T) bool) bool {
	for _, c := range classes {
		if !v.Has[c] || !eq(v.Val[classes[0]], v.Val[c]) {
			return false
		}
	}
	return true
}
