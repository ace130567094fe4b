package sysctl

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kind is the type of a value: CTLTYPE_* of sys/sysctl.h.
type Kind uint8

// Kinds of values. Int is a C int of 32 bits; Long has the width of a pointer of
// the program that asks.
const (
	KindNode   Kind = 1
	KindInt    Kind = 2
	KindString Kind = 3
	KindInt64  Kind = 4
	KindOpaque Kind = 5 // a structure or a table: Node.Format says which
	KindUint   Kind = 6
	KindLong   Kind = 7
	KindUlong  Kind = 8
	KindUint64 Kind = 9
	KindUint8  Kind = 10
	KindUint16 Kind = 11
	KindInt8   Kind = 12
	KindInt16  Kind = 13
	KindInt32  Kind = 14
	KindUint32 Kind = 15
)

var kindNames = [...]string{"", "node", "int", "string", "int64", "opaque", "uint", "long", "ulong", "uint64", "uint8", "uint16", "int8", "int16", "int32", "uint32"}

// String returns the name of the kind, such as "uint64".
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "Kind(" + strconv.Itoa(int(k)) + ")"
	}
	return kindNames[k]
}

// Signed reports whether a value of the kind can be below zero.
func (k Kind) Signed() bool {
	switch k {
	case KindInt, KindInt64, KindLong, KindInt8, KindInt16, KindInt32:
		return true
	}
	return false
}

// Integer reports whether a value of the kind is an integer, or several.
func (k Kind) Integer() bool {
	return k != KindNode && k != KindString && k != KindOpaque && k != 0 && int(k) < len(kindNames)
}

// Flags say how a value can be used: CTLFLAG_* of sys/sysctl.h.
type Flags uint32

// Flags of values.
const (
	Readable Flags = 0x80000000
	Writable Flags = 0x40000000
	Sandbox  Flags = 0x00800000 // readable in capability mode
	Skip     Flags = 0x01000000 // left out when the tree is listed
	Tunable  Flags = 0x00080000 // set by the boot loader
)

// A Node describes a value or an inner node of the tree.
type Node struct {
	MIB    MIB
	Name   string // such as "kern.ostype"
	Kind   Kind
	Flags  Flags
	Format string // of an opaque value its structure, as in "S,timeval"; else how to print it
}

// decodeFormat takes the kernel's answer about the type of a value: a word of kind
// and flags, and a C string.
func (n *Node) decodeFormat(b []byte) error {
	if len(b) < 5 {
		return fmt.Errorf("the kernel describes the value in %d bytes, at least 5 are needed", len(b))
	}
	word := binary.LittleEndian.Uint32(b)
	n.Kind, n.Flags = Kind(word&0xf), Flags(word&^0xf)
	n.Format, _, _ = strings.Cut(string(b[4:]), "\x00")
	return nil
}

// decodeMIB takes numbers as the kernel writes them.
func decodeMIB(b []byte) MIB {
	m := make(MIB, len(b)/4)
	for i := range m {
		m[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return m
}

// integer takes an integer of 1, 2, 4 or 8 bytes, signed or not.
func integer(b []byte, signed bool) (uint64, error) {
	var v uint64
	switch len(b) {
	case 1, 2, 4, 8:
		for _, digit := range slices.Backward(b) {
			v = v<<8 | uint64(digit)
		}
	default:
		return 0, fmt.Errorf("the value has %d bytes, an integer has 1, 2, 4 or 8", len(b))
	}
	if spare := 64 - 8*len(b); signed && spare > 0 {
		v = uint64(int64(v<<spare) >> spare)
	}
	return v, nil
}

// text takes a C string: up to the first NUL.
func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

// below reports whether m is p, or lies below it.
func (m MIB) below(p MIB) bool {
	if len(m) < len(p) {
		return false
	}
	for i := range p {
		if m[i] != p[i] {
			return false
		}
	}
	return true
}
