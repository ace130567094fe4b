package capsicum

import (
	"math/bits"
	"strconv"
	"strings"
)

const (
	textNone  = "CAP_NONE" // the header's macros that make a whole set
	textAll   = "CAP_ALL"
	separator = "|"
	maxText   = 64 // longer than any name or number, to quote of a hostile text
)

// String returns the names of the rights, such as CAP_READ|CAP_FSTAT, from which
// [ParseRights] makes r again. It uses the narrowest names, which spell out all
// that is allowed: CAP_PREAD is CAP_READ|CAP_SEEK. Bits that only make up a part
// of some right appear in hexadecimal.
func (r Rights) String() string { return string(r.appendText(nil)) }

// AppendText appends the text of [Rights.String] to dst. The error is always nil.
func (r Rights) AppendText(dst []byte) ([]byte, error) { return r.appendText(dst), nil }

// MarshalText returns the text of [Rights.String], for encodings and package flag.
// The error is always nil.
func (r Rights) MarshalText() ([]byte, error) { return r.appendText(nil), nil }

// UnmarshalText sets r to what [ParseRights] makes of the text. After an error r
// is empty.
func (r *Rights) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRights(string(text))
	return err
}

// appendText gives each bit the narrowest name that holds it, and leaves out a name
// that lies within another. A bit whose names all need a bit that is absent shows in
// hex, with its index.
func (r Rights) appendText(dst []byte) []byte {
	switch r {
	case Rights{}:
		return append(dst, textNone...)
	case AllRights():
		return append(dst, textAll...)
	}
	start := len(dst)
	for i, word := range r.bits {
		shown, rest := r.narrowest(i)
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
// holds it and is in r as a whole, and returns the bits that have none.
func (r Rights) narrowest(i int) (shown [len(names)]bool, rest uint64) {
	for left := r.bits[i]; left != 0; left &= left - 1 {
		bit, best := left&-left, -1
		for n := range names {
			word, b, _ := split(names[n].right)
			if word != i || b&bit == 0 || b&^r.bits[i] != 0 {
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

// ParseRights parses the text form of [Rights.String]: names of rights such as
// CAP_READ, narrow or wide and in any order, joined by "|", with or without spaces
// around it. CAP_NONE and CAP_ALL stand for the empty and the full set. An unknown
// name is an error that matches syscall.EINVAL, and the set is then empty.
func ParseRights(text string) (Rights, error) {
	var r Rights
	for part := range strings.SplitSeq(text, separator) {
		one, err := parseOne(strings.TrimSpace(part))
		if err != nil {
			return Rights{}, err
		}
		r = r.Merge(one)
	}
	return r, nil
}

func parseOne(part string) (Rights, error) {
	const op = "parse rights"
	switch part {
	case textNone:
		return Rights{}, nil
	case textAll:
		return AllRights(), nil
	}
	for _, n := range names {
		if n.text == part {
			return union(op, []uint64{n.right})
		}
	}
	quoted := strconv.Quote(part[:min(len(part), maxText)])
	digits, hex := strings.CutPrefix(part, "0x")
	right, err := strconv.ParseUint(digits, 16, 64)
	if !hex || err != nil {
		return Rights{}, invalid(op, quoted, "no right has this name; names are those of rights(4), such as CAP_READ")
	}
	i, b, wrong := split(right)
	if wrong != "" {
		return Rights{}, invalid(op, quoted, "%s", wrong)
	}
	var r Rights
	r.bits[i] = b
	return r, nil
}
