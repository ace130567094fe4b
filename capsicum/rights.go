package capsicum

import (
	"fmt"
	"math/bits"

	"github.com/rawsys-go/rawsys/zsys"
)

// A right, and each word of struct cap_rights, carries in bit 57+i that it
// belongs to word i, and in the top two bits the version of the structure.
// Version 0, the only one there is, has two words.
const (
	words        = 2
	indexShift   = 57
	versionShift = 62
	payload      = 1<<indexShift - 1
)

// Rights is a set of Capsicum capability rights: what may be done with a
// descriptor. See rights(4) and cap_rights_init(3). The zero Rights allows
// nothing. Rights are values: == compares them, and methods return a new set.
//
// Single rights are named by the zsys.CAP_ constants. Those that belong to the
// same word of struct cap_rights may be joined by |; pass the others as separate
// arguments. A right that mixes words, has another version, or has bits without
// a meaning is an error that matches syscall.EINVAL. The resulting set is then
// empty, so that a program that ignores the error does not get a weaker sandbox
// than it asked for.
//
// Operations on valid rights do not allocate, except those that make text.
type Rights struct {
	// The bits alone: index and version are put in on the way out and checked on the
	// way in, so there is no malformed Rights.
	bits [words]uint64
}

// NewRights returns the set of the rights: cap_rights_init(3).
func NewRights(rights ...uint64) (Rights, error) { return union("cap_rights_init", rights) }

// MustRights is [NewRights] for rights that are constants in the program. It
// panics where NewRights returns an error.
func MustRights(rights ...uint64) Rights {
	r, err := NewRights(rights...)
	if err != nil {
		panic(err)
	}
	return r
}

// AllRights returns every right that zsys knows, like the macro CAP_ALL. An older
// kernel, which lacks some of them, refuses the set with EINVAL; to learn what
// the running kernel knows, call [Get] on a descriptor that was never limited.
func AllRights() Rights {
	return Rights{[words]uint64{zsys.CAP_ALL0 & payload, zsys.CAP_ALL1 & payload}}
}

// RightsOf returns the rights in a struct cap_rights, such as that of a
// zsys.KinfoFile. Words in the wrong place or of another version are an error that
// matches syscall.EINVAL. Rights that only a newer kernel knows are kept.
func RightsOf(raw zsys.CapRights) (Rights, error) {
	const op = "cap_rights_is_valid"
	var r Rights
	for i, word := range raw.Rights {
		got, b, wrong := split(word)
		if wrong == "" && got != i {
			wrong = fmt.Sprintf("it is marked as word %d", got)
		}
		if wrong != "" {
			return Rights{}, invalid(op, "", "word %d of struct cap_rights, %#x: %s", i, word, wrong)
		}
		r.bits[i] = b
	}
	return r, nil
}

// Raw returns r as struct cap_rights, the form that the kernel takes.
func (r Rights) Raw() zsys.CapRights {
	for i := range r.bits {
		r.bits[i] |= tag(i)
	}
	return zsys.CapRights{Rights: r.bits}
}

// tag is the mark of word i.
func tag(i int) uint64 { return 1 << (indexShift + i) }

// split returns the word that a right belongs to and its bits, or what is wrong
// with it.
func split(right uint64) (word int, b uint64, wrong string) {
	if v := right >> versionShift; v != 0 {
		return 0, 0, fmt.Sprintf("it has version %d, want 0", v)
	}
	switch index := right >> indexShift; bits.OnesCount64(index) {
	case 0:
		return 0, 0, "it belongs to no word; use the CAP_ constants"
	case 1:
		word = bits.TrailingZeros64(index)
	default:
		return 0, 0, "it mixes words; pass rights of different words as separate arguments"
	}
	if word >= words {
		return 0, 0, fmt.Sprintf("it belongs to word %d, and there are %d", word, words)
	}
	return word, right & payload, ""
}

// union joins rights given one by one. A bit without a meaning is refused:
// nobody can have meant it, and a sandbox built on a mistake is none.
func union(op string, rights []uint64) (Rights, error) {
	var r Rights
	all := AllRights()
	for _, right := range rights {
		i, b, wrong := split(right)
		if unknown := b &^ all.bits[i]; wrong == "" && unknown != 0 {
			wrong = fmt.Sprintf("it has unknown bits %#x", unknown)
		}
		if wrong != "" {
			return Rights{}, invalid(op, "", "right %#x: %s", right, wrong)
		}
		r.bits[i] |= b
	}
	return r, nil
}

// Set returns r with the rights added: cap_rights_set(3).
func (r Rights) Set(rights ...uint64) (Rights, error) {
	add, err := union("cap_rights_set", rights)
	if err != nil {
		return Rights{}, err
	}
	return r.Merge(add), nil
}

// Clear returns r without the rights: cap_rights_clear(3). Wide rights are made
// of narrow ones: clearing CAP_PREAD also takes away CAP_READ and CAP_SEEK.
func (r Rights) Clear(rights ...uint64) (Rights, error) {
	sub, err := union("cap_rights_clear", rights)
	if err != nil {
		return Rights{}, err // r itself would allow what the caller meant to forbid
	}
	return r.Remove(sub), nil
}

// Has reports whether r has all the rights: cap_rights_is_set(3).
func (r Rights) Has(rights ...uint64) (bool, error) {
	want, err := union("cap_rights_is_set", rights)
	return err == nil && r.Contains(want), err
}

// Contains reports whether r has every right of s: cap_rights_contains(3).
func (r Rights) Contains(s Rights) bool { return s.Remove(r) == Rights{} }

// Merge returns the rights of r and of s: cap_rights_merge(3).
func (r Rights) Merge(s Rights) Rights {
	for i := range r.bits {
		r.bits[i] |= s.bits[i]
	}
	return r
}

// Remove returns the rights of r that are not in s: cap_rights_remove(3).
func (r Rights) Remove(s Rights) Rights {
	for i := range r.bits {
		r.bits[i] &^= s.bits[i]
	}
	return r
}

// Equal reports whether r and s hold the same rights. It is the same as ==.
func (r Rights) Equal(s Rights) bool { return r == s }

// Valid reports whether zsys knows every right in r: cap_rights_is_valid(3). A
// Rights is never malformed, but one that came from a newer kernel, or was
// parsed from hexadecimal, may have bits that have no name here.
func (r Rights) Valid() bool { return AllRights().Contains(r) }
