//go:build !plan9

package caprights

import (
	"math/bits"
	"strconv"
	"strings"
	"syscall"

	"github.com/rawsys-go/rawsys/internal/badarg"
)

const (
	textNone  = "CAP_NONE" // the header's macros that make a whole set
	textAll   = "CAP_ALL"
	separator = "|"
	maxText   = 64 // longer than any name or number, to quote of a hostile text
)

// String names the rights, joined by "|", so that Parse gives the same set. It
// shows every operation that is allowed: each bit has the narrowest name that
// holds it, and a name that lies within another is left out. So CAP_PREAD shows
// as CAP_READ|CAP_SEEK. A bit whose names all need a bit that is absent shows
// in hex, with its index.
func (s Set) String() string { return string(s.Append(nil)) }

// Append appends String's text to dst.
func (s Set) Append(dst []byte) []byte {
	switch s {
	case Set{}:
		return append(dst, textNone...)
	case All():
		return append(dst, textAll...)
	}
	start := len(dst)
	for i, word := range s.bits {
		shown, rest := s.narrowest(i)
		for n := range names {
			if shown[n] && !within(n, &shown) {
				dst = append(separate(dst, start), names[n].text...)
			}
		}
		if rest != 0 {
			dst = append(separate(dst, start), "0x"...)
			dst = strconv.AppendUint(dst, tag(i)|word&rest, 16)
		}
	}
	return dst
}

func separate(dst []byte, start int) []byte {
	if len(dst) > start {
		dst = append(dst, separator...)
	}
	return dst
}

// narrowest marks for each bit of word i the name with the fewest bits that
// holds it and is in s as a whole, and returns the bits that have none.
func (s Set) narrowest(i int) (shown [len(names)]bool, rest uint64) {
	for left := s.bits[i]; left != 0; left &= left - 1 {
		bit, best := left&-left, -1
		for n := range names {
			word, b, _ := split(names[n].right)
			if word != i || b&bit == 0 || b&^s.bits[i] != 0 {
				continue
			}
			if best < 0 || bits.OnesCount64(names[n].right) < bits.OnesCount64(names[best].right) {
				best = n
			}
		}
		if best < 0 {
			rest |= bit
		} else {
			shown[best] = true
		}
	}
	return shown, rest
}

// within reports whether another shown name has all that name n has, and more.
// Names of two words never do: their indexes differ.
func within(n int, shown *[len(names)]bool) bool {
	for m, b := range shown {
		if b && m != n && names[m].right&names[n].right == names[n].right {
			return true
		}
	}
	return false
}

// Parse reads what String writes: names, of any width and in any order, and
// rights in hex, joined by "|". Spaces around them are ignored.
func Parse(text string) (Set, error) {
	var s Set
	for part := range strings.SplitSeq(text, separator) {
		t, err := parseOne(strings.TrimSpace(part))
		if err != nil {
			return Set{}, err
		}
		s = s.Merge(t)
	}
	return s, nil
}

func parseOne(part string) (Set, error) {
	switch part {
	case textNone:
		return Set{}, nil
	case textAll:
		return All(), nil
	}
	for _, n := range names {
		if n.text == part {
			return union([]uint64{n.right})
		}
	}
	digits, hex := strings.CutPrefix(part, "0x")
	if right, err := strconv.ParseUint(digits, 16, 64); hex && err == nil {
		i, b, err := split(right)
		if err != nil {
			return Set{}, err
		}
		var s Set
		s.bits[i] = b
		return s, nil
	}
	if len(part) > maxText {
		part = part[:maxText]
	}
	return Set{}, badarg.New(syscall.EINVAL, "no right is called %q; names are those of rights(4), such as CAP_READ", part)
}
