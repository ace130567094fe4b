package kinfo

import (
	"bytes"
	"fmt"
)

// Aux is an entry of the auxiliary vector, by which the kernel tells a program
// about itself: AT_* of sys/elf_common.h.
type Aux struct {
	Type  uint64 // such as AT_ENTRY, 9
	Value uint64
}

// DecodeAuxv takes the vector apart that the sysctl kern.proc.auxv returned, of a
// 64-bit process or of a 32-bit one: types are small, so that in a vector of 64 bits
// the upper half of each is zero. AT_NULL, which ends a vector, is left out.
func DecodeAuxv(vector []byte) ([]Aux, error) {
	width := auxWidth(vector)
	if width == 0 {
		return nil, &CorruptError{Record: "auxv", Size: len(vector), Have: len(vector), Reason: "the length is not a multiple of 8"}
	}
	var list []Aux
	for r := raw(vector); len(r) >= 2*width; r = r[2*width:] {
		a := Aux{r.address(0, width), r.address(width, width)}
		if a.Type == 0 {
			break
		}
		list = append(list, a)
	}
	return list, nil
}

// auxWidth is the width of a vector's numbers, 8 or 4, or 0 if it has neither.
func auxWidth(vector []byte) int {
	if len(vector)%8 != 0 {
		return 0
	}
	if len(vector)%16 != 0 {
		return 4
	}
	for off := 0; off < len(vector); off += 16 {
		if le32(vector[off+4:]) != 0 {
			return 4
		}
		if le32(vector[off:]) == 0 {
			break
		}
	}
	return 8
}

// strings0 takes strings apart that each end with a NUL. The last one need not.
func strings0(b []byte) []string {
	var list []string
	for len(b) > 0 {
		s, rest, _ := bytes.Cut(b, []byte{0})
		list = append(list, string(s))
		b = rest
	}
	return list
}

// Limit is a limit on what a process may use: struct rlimit of getrlimit(2).
// Infinite stands for no limit.
type Limit struct {
	Soft, Hard int64
}

// Infinite is a [Limit] that is none.
const Infinite = 1<<63 - 1

// Range is a range of addresses: the first one, and that behind the last.
type Range struct {
	Start, End uint64
}

// decodeRange takes two pointers from the start of a structure of pointers.
func decodeRange(b []byte) (Range, error) {
	switch len(b) {
	case 48: // struct kinfo_sigtramp, two pointers and four spare ones
		return Range{raw(b).u64(0), raw(b).u64(8)}, nil
	case 24:
		return Range{raw(b).address(0, 4), raw(b).address(4, 4)}, nil
	}
	return Range{}, &CorruptError{Record: "kinfo_sigtramp", Size: len(b), Have: len(b), Reason: "the length is neither 48 nor 24"}
}

// Stack is what a thread does in the kernel: struct kinfo_kstack of
// procstat(1), option -k.
type Stack struct {
	Tid   int    // thread
	State int    // zsys.KKST_STATE_STACKOK, or KKST_STATE_RUNNING: then there is no trace
	Trace string // a function and an offset a line, the innermost first
}

// DecodeStacks takes the records apart that the sysctl kern.proc.kstack returned.
func DecodeStacks(table []byte) ([]Stack, error) {
	if over := len(table) % stackSize; over != 0 {
		return nil, &CorruptError{Record: "kinfo_kstack", Offset: len(table) - over, Size: stackSize, Have: over, Reason: "the record is cut off"}
	}
	var list []Stack
	for r := raw(table); len(r) > 0; r = r[stackSize:] {
		list = append(list, Stack{r.int(0), r.int(stackState), string(beforeNUL(r[stackTrace:][:1024]))})
	}
	return list, nil
}

// numbers32 takes a list of numbers of 32 bits apart.
func numbers32(b []byte) ([]uint32, error) {
	if over := len(b) % 4; over != 0 {
		return nil, &CorruptError{Record: "gid_t", Offset: len(b) - over, Size: 4, Have: over, Reason: "the number is cut off"}
	}
	list := make([]uint32, len(b)/4)
	for i := range list {
		list[i] = le32(b[4*i:])
	}
	return list, nil
}

func wrongSize(what string, got, want int) error {
	return &CorruptError{Record: what, Size: got, Have: got, Reason: fmt.Sprintf("the length is not %d", want)}
}
