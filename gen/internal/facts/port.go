package facts

import "fmt"

// A Port is a processor that FreeBSD and Go both run on, by Go's name.
type Port int

// The ports, in the order in which facts give their values.
const (
	AMD64 Port = iota
	ARM64
	I386
	ARM
	RISCV64
	numPorts
)

var portNames = [numPorts]string{"amd64", "arm64", "386", "arm", "riscv64"}

func (p Port) String() string { return portNames[p] }

// AllPorts returns every port, in order.
func AllPorts() []Port { return []Port{AMD64, ARM64, I386, ARM, RISCV64} }

// ParsePort returns the port with Go's name s.
func ParsePort(s string) (Port, error) {
	for p, name := range portNames {
		if s == name {
			return Port(p), nil
		}
	}
	return 0, fmt.Errorf("unknown port %q: the ports are %v", s, AllPorts())
}

// PointerSize returns the size of a pointer, and of C's long.
func (p Port) PointerSize() int64 {
	if p == I386 || p == ARM {
		return 4
	}
	return 8
}

// align64 returns the alignment of C's 64-bit integers and doubles.
func (p Port) align64() int64 {
	if p == I386 {
		return 4
	}
	return 8
}

// A PerPort is a value that can differ between ports, or be missing from some.
// PerPorts are equal when they compare equal.
type PerPort[T comparable] struct {
	val [numPorts]T
	has [numPorts]bool
}

// Everywhere returns a value that is the same on all the ports.
func Everywhere[T comparable](ports []Port, x T) PerPort[T] {
	var v PerPort[T]
	for _, p := range ports {
		v.Set(p, x)
	}
	return v
}

// Set gives p its value.
func (v *PerPort[T]) Set(p Port, x T) { v.val[p], v.has[p] = x, true }

// Get returns p's value, and whether it has one.
func (v PerPort[T]) Get(p Port) (T, bool) { return v.val[p], v.has[p] }

// On returns p's value: zero when it has none.
func (v PerPort[T]) On(p Port) T { return v.val[p] }

// Has reports whether p has a value.
func (v PerPort[T]) Has(p Port) bool { return v.has[p] }

// Any returns the value of the first port that has one, and that port. The
// port is -1 when none has.
func (v PerPort[T]) Any() (T, Port) {
	for p, has := range v.has {
		if has {
			return v.val[p], Port(p)
		}
	}
	var zero T
	return zero, -1
}
