package rawsys

import (
	"github.com/rawsys-go/rawsys/internal/caprights"
	"github.com/rawsys-go/rawsys/zsys"
)

// Rights is a set of Capsicum capability rights: what may be done with a
// descriptor. See rights(4) and cap_rights_init(3); FreeBSD 10.0 and later. The
// zero Rights allows nothing. Rights are values: == compares them, and methods
// return a new set.
//
// Single rights are named by the zsys.CAP_ constants. Those that belong to the
// same word of struct cap_rights may be joined by |; pass the others as separate
// arguments. A right that mixes words, has another version, or has bits without
// a meaning is an error that matches syscall.EINVAL. The resulting set is then
// empty, so that even a program that ignores the error does not get a weaker
// sandbox than it asked for.
//
// Operations on valid rights do not allocate, except for String.
type Rights struct{ set caprights.Set }

// NewRights returns the set of the rights: cap_rights_init(3).
func NewRights(rights ...uint64) (Rights, error) { return Rights{}.Set(rights...) }

// AllRights returns every right that zsys knows, like the macro CAP_ALL. An older
// kernel, which lacks some of them, refuses the set with EINVAL; to learn what
// the running kernel knows, call [GetRights] on a descriptor that was never
// limited.
func AllRights() Rights { return Rights{caprights.All()} }

// ParseRights parses the text form of [Rights.String]: names of rights such as
// CAP_READ, narrow or wide and in any order, joined by "|". CAP_NONE and CAP_ALL
// stand for the empty and the full set. An unknown name is an error that matches
// syscall.EINVAL.
func ParseRights(text string) (Rights, error) {
	s, err := caprights.Parse(text)
	return Rights{s}, err
}

// RightsOf returns the rights in a struct cap_rights, such as that of a
// [zsys.KinfoFile]. Words in the wrong place or of another version are an error that
// matches syscall.EINVAL. Rights that only a newer kernel knows are kept.
func RightsOf(raw zsys.CapRights) (Rights, error) {
	s, err := caprights.FromWords(raw.Rights)
	return Rights{s}, err
}

// Raw returns r as struct cap_rights, the form that the kernel takes.
func (r Rights) Raw() zsys.CapRights { return zsys.CapRights{Rights: r.set.Words()} }

// Set returns r with the rights added: cap_rights_set(3).
func (r Rights) Set(rights ...uint64) (Rights, error) {
	s, err := r.set.With(rights...)
	return Rights{s}, err
}

// Clear returns r without the rights: cap_rights_clear(3). Wide rights are made
// of narrow ones: clearing CAP_PREAD also takes away CAP_READ and CAP_SEEK.
func (r Rights) Clear(rights ...uint64) (Rights, error) {
	s, err := r.set.Without(rights...)
	return Rights{s}, err
}

// Has reports whether r has all the rights: cap_rights_is_set(3).
func (r Rights) Has(rights ...uint64) (bool, error) { return r.set.Has(rights...) }

// Contains reports whether r has every right of s: cap_rights_contains(3).
func (r Rights) Contains(s Rights) bool { return r.set.Contains(s.set) }

// Merge returns the rights of r and of s: cap_rights_merge(3).
func (r Rights) Merge(s Rights) Rights { return Rights{r.set.Merge(s.set)} }

// Remove returns the rights of r that are not in s: cap_rights_remove(3).
func (r Rights) Remove(s Rights) Rights { return Rights{r.set.Remove(s.set)} }

// Equal reports whether r and s hold the same rights. It is the same as ==.
func (r Rights) Equal(s Rights) bool { return r == s }

// Valid reports whether zsys knows every right in r: cap_rights_is_valid(3). A
// Rights is never malformed, but one that came from a newer kernel, or was
// parsed from hexadecimal, may have bits that have no name here.
func (r Rights) Valid() bool { return r.set.Known() }

// String returns the names of the rights, such as CAP_READ|CAP_FSTAT, from which
// [ParseRights] makes r again. It uses the narrowest names, which spell out all
// that is allowed: CAP_PREAD is CAP_READ|CAP_SEEK. Bits that only make up a part
// of some right appear in hexadecimal.
func (r Rights) String() string { return r.set.String() }

// LimitRights limits a descriptor to the rights r: cap_rights_limit(2), since
// FreeBSD 10.0. This cannot be undone.
//
// The error is an [*Error]. ENOTCAPABLE means that r has a right which the
// descriptor has lost, as rights can only shrink; EINVAL that r has a right
// which the kernel does not know; EBADF that fd is not open; and ENOSYS that the
// kernel was built without Capsicum.
func LimitRights(fd int, r Rights) error {
	raw := r.Raw()
	errno := errnoOf(zsys.CapRightsLimit(fd, &raw))
	if errno == 0 {
		return nil
	}
	err := shrinkError("cap_rights_limit", fd, errno)
	if have, e := GetRights(fd); err.Hint != "" && e == nil {
		err.Hint += ", and this one lacks " + r.Remove(have).String()
	}
	return err
}

// GetRights returns the rights of a descriptor: cap_rights_get(3), since FreeBSD
// 10.0. A descriptor that was never limited has every right that the kernel
// knows. The error is an [*Error]: EBADF means that fd is not open, ENOSYS that
// the kernel was built without Capsicum.
func GetRights(fd int) (Rights, error) {
	var raw zsys.CapRights
	if errno := errnoOf(zsys.CapRightsGet(zsys.CAP_RIGHTS_VERSION, fd, &raw)); errno != 0 {
		return Rights{}, fdError("cap_rights_get", fd, errno)
	}
	return RightsOf(raw)
}
