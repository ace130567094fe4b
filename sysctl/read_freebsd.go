package sysctl

import (
	"syscall"
	"unsafe"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

// maxName is how many numbers a name can have: CTL_MAXNAME.
const maxName = 24

// Lookup returns the numbers of a name: sysctlnametomib(3). It is worth keeping
// them if a value is read often.
func Lookup(name string) (MIB, error) {
	if name == "" {
		return nil, &rawsys.Error{Op: "sysctl", Errno: syscall.EINVAL, Hint: "the name is empty"}
	}
	query := [2]int32{zsys.CTL_SYSCTL, zsys.CTL_SYSCTL_NAME2OID}
	var room [4 * maxName]byte
	n := uintptr(len(room))
	err := zsys.Sysctl(query[:], room[:], &n, unsafe.Slice(unsafe.StringData(name), len(name)))
	if err != nil {
		return nil, failure(name, err)
	}
	return decodeMIB(room[:n]), nil
}

// Raw returns the value as the kernel writes it, for structures and tables. The
// slice belongs to the caller.
func Raw(name string) ([]byte, error) {
	return ofName(name, func(m MIB) ([]byte, error) { return m.Append(nil) })
}

// Int64 returns an integer of 1, 2, 4 or 8 bytes. A value of another length, such as the
// several integers of kern.cp_time, is an error, EINVAL: [Read] takes those. An
// unsigned value that does not fit is an error, ERANGE.
func Int64(name string) (int64, error) { return ofName(name, MIB.Int64) }

// Uint64 returns an integer of 1, 2, 4 or 8 bytes. Some have the width of a pointer
// of the program, such as hw.physmem. A value below zero is an error, ERANGE.
func Uint64(name string) (uint64, error) { return ofName(name, MIB.Uint64) }

// String returns a string, without its NUL.
func String(name string) (string, error) { return ofName(name, MIB.Text) }

// Read stores the value in v, a structure without pointers that looks as the
// kernel's, such as zsys.Timeval for kern.boottime. A value of another length than
// v is an error, EINVAL: the kernel has another version of the structure.
func Read[T any](name string, v *T) error {
	_, err := ofName(name, func(m MIB) (struct{}, error) { return struct{}{}, ReadMIB(m, v) })
	return err
}

// ofName reads the value of a name, and names it in an error.
func ofName[T any](name string, read func(MIB) (T, error)) (v T, err error) {
	m, err := Lookup(name)
	if err != nil {
		return v, err
	}
	v, err = read(m)
	if e, ok := err.(*rawsys.Error); ok {
		named := *e
		named.Object = name
		err = &named
	}
	return v, err
}

// Int64 is [Int64] of the value with these numbers.
func (m MIB) Int64() (int64, error) {
	v, signed, err := m.integer()
	if err == nil && !signed && v > 1<<63-1 {
		return 0, m.refuse(syscall.ERANGE, "the value is too big for int64")
	}
	return int64(v), err
}

// Uint64 is [Uint64] of the value with these numbers.
func (m MIB) Uint64() (uint64, error) {
	v, signed, err := m.integer()
	if err == nil && signed && int64(v) < 0 {
		return 0, m.refuse(syscall.ERANGE, "the value is below zero")
	}
	return v, err
}

func (m MIB) integer() (v uint64, signed bool, err error) {
	n, err := m.Node()
	if err != nil {
		return 0, false, err
	}
	if n.Kind == KindString || n.Kind == KindNode {
		return 0, false, m.refuse(syscall.EINVAL, "the value is a "+n.Kind.String()+", not an integer")
	}
	var room [64]byte
	b, err := m.Append(room[:0])
	if err != nil {
		return 0, false, err
	}
	v, err = integer(b, n.Kind.Signed())
	if err != nil {
		err = m.refuse(syscall.EINVAL, err.Error())
	}
	return v, n.Kind.Signed(), err
}

// Text is [String] of the value with these numbers.
func (m MIB) Text() (string, error) {
	n, err := m.Node()
	if err != nil {
		return "", err
	}
	if n.Kind != KindString {
		return "", m.refuse(syscall.EINVAL, "the value is of kind "+n.Kind.String()+", not a string")
	}
	b, err := m.Append(nil)
	return text(b), err
}

// ReadMIB is [Read] of the value with these numbers.
func ReadMIB[T any](m MIB, v *T) error {
	if err := plain[T](); err != nil {
		return m.refuse(syscall.EINVAL, err.Error())
	}
	mem := unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))
	got, err := m.Append(make([]byte, 0, len(mem)+1))
	if err != nil {
		return err
	}
	if len(got) != len(mem) {
		return m.refuse(syscall.EINVAL, wrongLength(len(got), len(mem)))
	}
	copy(mem, got)
	return nil
}

func (m MIB) refuse(errno syscall.Errno, hint string) error {
	return &rawsys.Error{Op: "sysctl", Object: m.String(), Errno: errno, Hint: hint}
}
