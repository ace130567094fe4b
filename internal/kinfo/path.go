package kinfo

import (
	"bytes"

	"github.com/rawsys-go/rawsys/zsys"
)

// Path returns the record's path without its NUL, as a part of the record.
func Path(k *zsys.KinfoFile) []byte { return beforeNUL(Bytes(k)[pathOffset:]) }

// beforeNUL returns what a C string of at most len(b) bytes holds.
func beforeNUL(b []byte) []byte {
	s, _, _ := bytes.Cut(b, []byte{0})
	return s
}
