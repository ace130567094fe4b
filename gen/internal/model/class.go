package model

import (
	"slices"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// Class is a layout class: the GOARCHs that lay out every C type alike. What is a
// processor's own, such as its registers, is laid out by each port for itself:
// then the port is the class.
type Class int

// The layout classes, and those of single ports. 386 is both.
const (
	LP64  Class = iota // 64-bit longs and pointers
	I386               // 32-bit, 64-bit fields aligned to 4 bytes, 32-bit time_t
	ILP32              // other 32-bit ports: 64-bit fields aligned to 8 bytes
	AMD64
	ARM64
	ARM
	RISCV64
	numClasses
)

// Classes lists the layout classes.
func Classes() []Class { return []Class{LP64, I386, ILP32} }

// AllClasses lists the layout classes, and behind them those of single ports.
func AllClasses() []Class { return []Class{LP64, I386, ILP32, AMD64, ARM64, ARM, RISCV64} }

// classPorts are FreeBSD's ports in each class.
var classPorts = [numClasses][]facts.Port{
	LP64:    {facts.AMD64, facts.ARM64, facts.RISCV64},
	I386:    {facts.I386},
	ILP32:   {facts.ARM},
	AMD64:   {facts.AMD64},
	ARM64:   {facts.ARM64},
	ARM:     {facts.ARM},
	RISCV64: {facts.RISCV64},
}

// Ports returns FreeBSD's ports in the class.
func (c Class) Ports() []facts.Port { return classPorts[c] }

// ClassOf returns the class of a port.
func ClassOf(p facts.Port) Class {
	for _, c := range Classes() {
		if slices.Contains(c.Ports(), p) {
			return c
		}
	}
	panic("port without a layout class")
}

// MachineOf returns the class that is a port alone.
func MachineOf(p facts.Port) Class {
	return [...]Class{facts.AMD64: AMD64, facts.ARM64: ARM64, facts.I386: I386, facts.ARM: ARM, facts.RISCV64: RISCV64}[p]
}

// Set is a set of classes: those that share a piece of code.
type Set uint8

// SetOf returns the set of some classes.
func SetOf(classes ...Class) Set {
	var s Set
	for _, c := range classes {
		s |= 1 << c
	}
	return s
}

// Sets lists all sets, those of most classes first.
func Sets() []Set {
	return []Set{
		SetOf(LP64, I386, ILP32), SetOf(LP64, ILP32), SetOf(I386, ILP32), SetOf(LP64, I386), SetOf(LP64), SetOf(I386), SetOf(ILP32),
		SetOf(AMD64), SetOf(ARM64), SetOf(ARM), SetOf(RISCV64),
	}
}

// setInfo names the sets, and gives build constraints for those that are not all.
var setInfo = map[Set]struct{ name, constraint string }{
	SetOf(LP64, I386, ILP32): {"", ""},
	SetOf(LP64, ILP32):       {"not386", "!386"},
	SetOf(I386, ILP32):       {"32bit", "386 || arm || mips || mipsle"},
	SetOf(LP64, I386):        {"notilp32", "!arm && !mips && !mipsle"},
	SetOf(LP64):              {"lp64", "!386 && !arm && !mips && !mipsle"},
	SetOf(I386):              {"386", "386"},
	SetOf(ILP32):             {"ilp32", "arm || mips || mipsle"},
	SetOf(AMD64):             {"amd64", "amd64"},
	SetOf(ARM64):             {"arm64", "arm64"},
	SetOf(ARM):               {"arm", "arm"},
	SetOf(RISCV64):           {"riscv64", "riscv64"},
}

// String returns the set's name in file names.
func (s Set) String() string { return setInfo[s].name }

// Constraint returns the build constraint of the set's GOARCHs. Together they
// cover every GOARCH of the go command: types and constants compile everywhere.
// 64-bit is the default, so that a GOARCH that is new needs no change here.
func (s Set) Constraint() string { return setInfo[s].constraint }

// Classes returns the classes in the set.
func (s Set) Classes() []Class {
	return slices.DeleteFunc(AllClasses(), func(c Class) bool { return s&(1<<c) == 0 })
}

// PerClass is a value for each layout class, or for each port. Classes without
// one, because their ports are not bound or lack the thing, have false in Has.
type PerClass[T any] struct {
	Val [numClasses]T
	Has [numClasses]bool
}

// Set gives a class its value.
func (v *PerClass[T]) Set(c Class, x T) { v.Val[c], v.Has[c] = x, true }

// First returns the value of the first class that has one.
func (v *PerClass[T]) First() (x T, ok bool) {
	for _, c := range AllClasses() {
		if v.Has[c] {
			return v.Val[c], true
		}
	}
	return x, false
}

// On returns a port's value.
func (v *PerClass[T]) On(p facts.Port) (x T, ok bool) {
	for _, c := range []Class{MachineOf(p), ClassOf(p)} {
		if v.Has[c] {
			return v.Val[c], true
		}
	}
	return x, false
}

// Like returns the layout classes that have a value equal to c's. It is empty when
// c has none. A port's own value is like no other.
func (v *PerClass[T]) Like(c Class, eq func(a, b T) bool) Set {
	var s Set
	if !slices.Contains(Classes(), c) && v.Has[c] {
		return SetOf(c)
	}
	for _, d := range Classes() {
		if v.Has[c] && v.Has[d] && eq(v.Val[c], v.Val[d]) {
			s |= SetOf(d)
		}
	}
	return s
}
