package sysctl

import (
	"fmt"
	"reflect"
)

// plain is an error if bytes of a kernel may not be copied into a T.
func plain[T any]() error {
	t := reflect.TypeFor[T]()
	if !integers(t) {
		return fmt.Errorf("%v holds more than numbers and arrays of them", t)
	}
	return nil
}

// integers reports whether any bytes are a value of t.
func integers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return integers(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !integers(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return true
	}
	return false
}

func wrongLength(got, want int) string {
	return fmt.Sprintf("the value has %d bytes, the structure %d", got, want)
}
