package facts

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// An Int is a C integer constant: anything from int64's least to uint64's
// greatest value.
type Int struct {
	neg bool
	abs uint64
}

// MakeInt returns the Int with 64 bits' value, read as signed or not.
func MakeInt(bits uint64, signed bool) Int {
	if signed && int64(bits) < 0 {
		return Int{true, -bits}
	}
	return Int{false, bits}
}

// ParseInt reads an Int in C's decimal, hexadecimal or octal form.
func ParseInt(s string) (Int, error) {
	digits, neg := strings.CutPrefix(s, "-")
	abs, err := strconv.ParseUint(digits, 0, 64)
	if err != nil || strings.Contains(s, "_") || neg && (abs == 0 || abs > 1<<63) {
		return Int{}, fmt.Errorf("bad number %q: write a decimal or 0x number from -2^63 to 2^64-1", s)
	}
	return Int{neg, abs}, nil
}

// String is decimal up to 16 bits and for negative values, then hexadecimal,
// which is how masks and flags are read.
func (i Int) String() string {
	switch {
	case i.neg:
		return "-" + strconv.FormatUint(i.abs, 10)
	case i.abs < 1<<16:
		return strconv.FormatUint(i.abs, 10)
	}
	return "0x" + strconv.FormatUint(i.abs, 16)
}

// Int64 returns the value, if it fits.
func (i Int) Int64() (int64, bool) {
	if i.neg {
		return -int64(i.abs), true
	}
	return int64(i.abs), i.abs < 1<<63
}

// Uint64 returns the value, if it is not negative.
func (i Int) Uint64() (uint64, bool) { return i.abs, !i.neg }

// Compare orders Ints by value.
func (i Int) Compare(j Int) int {
	switch {
	case i.neg && j.neg:
		return cmp.Compare(j.abs, i.abs)
	case i.neg:
		return -1
	case j.neg:
		return 1
	}
	return cmp.Compare(i.abs, j.abs)
}
