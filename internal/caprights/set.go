//go:build !plan9

// Package caprights is the algebra of Capsicum's rights and their text form. It
// makes no system call, so it runs and is tested on every host.
package caprights

import (
	"fmt"
	"math/bits"
	"syscall"

	"github.com/rawsys-go/rawsys/internal/badarg"
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

// Set is a set of rights. It holds the bits alone: index and version are put
// in on the way out and checked on the way in, so there is no malformed Set,
// the zero Set is the empty one, and == compares.
type Set struct{ bits [words]uint64 }

// All returns every right that the tables know.
func All() Set {
	return Set{[words]uint64{zsys.CAP_ALL0 & payload, zsys.CAP_ALL1 & payload}}
}

// split checks one right and returns the word it belongs to, and its bits.
func split(right uint64) (word int, b uint64, err error) {
	if v := right >> versionShift; v != 0 {
		return 0, 0, badarg.New(syscall.EINVAL, "right %#x has version %d, want 0", right, v)
	}
	switch index := right >> indexShift; bits.OnesCount64(index) {
	case 0:
		return 0, 0, badarg.New(syscall.EINVAL, "right %#x belongs to no word; use the CAP_ constants", right)
	case 1:
		word = bits.TrailingZeros64(index)
	default:
		return 0, 0, badarg.New(syscall.EINVAL, "right %#x mixes words; pass rights of different words as separate arguments", right)
	}
	if word >= words {
		return 0, 0, badarg.New(syscall.EINVAL, "right %#x belongs to word %d of %d", right, word, words)
	}
	return word, right & payload, nil
}

// union joins rights given one by one. A bit without a meaning is refused:
// nobody can have meant it, and a sandbox built on a mistake is none.
func union(rights []uint64) (Set, error) {
	var s Set
	for _, r := range rights {
		i, b, err := split(r)
		if err != nil {
			return Set{}, err
		}
		s.bits[i] |= b
		if unknown := b &^ All().bits[i]; unknown != 0 {
			return Set{}, badarg.New(syscall.EINVAL, "right %#x has unknown bits %#x", r, unknown)
		}
	}
	return s, nil
}

// With returns s and the rights. With an error the set is empty.
func (s Set) With(rights ...uint64) (Set, error) {
	add, err := union(rights)
	if err != nil {
		return Set{}, err
	}
	return s.Merge(add), nil
}

// Without returns s less every bit of the rights. With an error the set is
// empty: s itself would allow what the caller meant to forbid.
func (s Set) Without(rights ...uint64) (Set, error) {
	sub, err := union(rights)
	if err != nil {
		return Set{}, err
	}
	return s.Remove(sub), nil
}

// Has reports whether s has every bit of all the rights.
func (s Set) Has(rights ...uint64) (bool, error) {
	want, err := union(rights)
	return err == nil && s.Contains(want), err
}

// Contains reports whether every right of t is in s.
func (s Set) Contains(t Set) bool { return t.Remove(s) == Set{} }

// Merge returns the rights in s or t.
func (s Set) Merge(t Set) Set {
	for i := range s.bits {
		s.bits[i] |= t.bits[i]
	}
	return s
}

// Remove returns the rights in s and not in t.
func (s Set) Remove(t Set) Set {
	for i := range s.bits {
		s.bits[i] &^= t.bits[i]
	}
	return s
}

// Known reports whether the tables know every right in s. A newer kernel's
// answer may hold others.
func (s Set) Known() bool { return All().Contains(s) }

// Words returns s as struct cap_rights holds it.
func (s Set) Words() [words]uint64 {
	for i := range s.bits {
		s.bits[i] |= tag(i)
	}
	return s.bits
}

// tag is the mark of word i.
func tag(i int) uint64 { return 1 << (indexShift + i) }

// FromWords takes the words of a struct cap_rights. Bits that the tables do
// not know are kept: the kernel may be newer than they are.
func FromWords(w [words]uint64) (Set, error) {
	var s Set
	for i, word := range w {
		got, b, err := split(word)
		if err != nil {
			return Set{}, fmt.Errorf("word %d of rights: %w", i, err)
		}
		if got != i {
			return Set{}, badarg.New(syscall.EINVAL, "word %d of rights is marked as word %d", i, got)
		}
		s.bits[i] = b
	}
	return s, nil
}
