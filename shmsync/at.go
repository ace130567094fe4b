//go:build freebsd || linux

package shmsync

import (
	"fmt"
	"reflect"
	"unsafe"
)

// At places a T at an offset of r. T is one of this package's types, or a struct,
// array or number of the caller's own. It must have no pointers, nor anything that
// is made of them, as strings, slices, maps, channels, interfaces and functions
// are, because an address means nothing to another process. It must not have an
// int, uint or uintptr either where programs of 32 and 64 bits share the memory,
// which At does not check.
//
// The result stays in use until r is closed: the garbage collector does not know
// of it. The error matches [ErrSize] if T does not fit, and says so if the offset
// is no multiple of T's alignment or T has pointers.
func At[T any](r *Region, offset int) (*T, error) {
	if err := placed[T](r, offset, 1); err != nil {
		return nil, err
	}
	return (*T)(unsafe.Pointer(&r.mem[offset])), nil
}

// SliceAt places n values of type T at an offset of r, as [At] does one.
func SliceAt[T any](r *Region, offset, n int) ([]T, error) {
	if err := placed[T](r, offset, n); err != nil {
		return nil, err
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&r.mem[offset])), n), nil
}

// placed checks that n values of type T can be at offset.
func placed[T any](r *Region, offset, n int) error {
	t := reflect.TypeFor[T]()
	if where := pointers(t, t.String()); where != "" {
		return fmt.Errorf("shmsync: %s holds pointers, which mean nothing to another process", where)
	}
	size := int(t.Size())
	if size == 0 {
		return fmt.Errorf("shmsync: %v has no size: %w", t, ErrSize)
	}
	if offset < 0 || n < 1 || offset > len(r.mem) || n > (len(r.mem)-offset)/size {
		return fmt.Errorf("shmsync: %d %v of %d bytes at %d in a Region of %d: %w", n, t, size, offset, len(r.mem), ErrSize)
	}
	if align := t.Align(); offset%align != 0 {
		return fmt.Errorf("shmsync: %v at %d, want a multiple of %d", t, offset, align)
	}
	return nil
}

// pointers names the part of a type that holds pointers, if one does.
func pointers(t reflect.Type, name string) string {
	switch k := t.Kind(); k {
	case reflect.Array:
		return pointers(t.Elem(), name+"[]")
	case reflect.Struct:
		for i := range t.NumField() {
			if where := pointers(t.Field(i).Type, name+"."+t.Field(i).Name); where != "" {
				return where
			}
		}
		return ""
	default:
		if k >= reflect.Bool && k <= reflect.Complex128 {
			return ""
		}
		return name
	}
}
