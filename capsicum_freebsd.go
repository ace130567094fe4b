package rawsys

import (
	"github.com/rawsys-go/rawsys/internal/caprights"
	"github.com/rawsys-go/rawsys/zsys"
)

// Rights is a set of capability rights: what may be done with a descriptor.
// See rights(4), cap_rights_init(3); FreeBSD 10.0. The zero Rights allows
// nothing, == compares, and methods return a new set.
//
// Rights are named by zsys.CAP_ constants. Those of one word may be joined by |,
// others are separate arguments. A right that mixes words, has another version
// or bits that stand for nothing is an error that matches syscall.EINVAL, and
// the result is the set unchanged, so that a mistake never makes a weaker
// sandbox. No operation but String allocates.
type Rights struct{ set caprights.Set }

// NewRights returns the set of the rights: cap_rights_init(3).
func NewRights(rights ...uint64) (Rights, error) { return Rights{}.Set(rights...) }

// AllRights returns every right that zsys knows: the macro CAP_ALL. A kernel
// older than those constants refuses it; GetRights of a fresh descriptor gives
// what it knows.
func AllRights() Rights { return Rights{caprights.All()} }

// ParseRights reads what [Rights.String] writes: names such as CAP_READ, in any
// order and of any width, joined by "|". CAP_NONE and CAP_ALL are the empty and
// the full set. An unknown name is an error that matches syscall.EINVAL.
func ParseRights(text string) (Rights, error) {
	s, err := caprights.Parse(text)
	return Rights{s}, err
}

// RightsOf takes the words of a struct cap_rights, such as a kinfo_file's. Words
// in the wrong place or of another version are an error that matches
// syscall.EINVAL. Rights that a newer kernel knows and zsys doesn't are kept.
func RightsOf(raw zsys.CapRights) (Rights, error) {
	s, err := caprights.FromWords(raw.Rights)
	return Rights{s}, err
}

// Raw returns r as the kernel takes it.
func (r Rights) Raw() zsys.CapRights { return zsys.CapRights{Rights: r.set.Words()} }

// Set returns r and the rights: cap_rights_set(3).
func (r Rights) Set(rights ...uint64) (Rights, error) {
	s, err := r.set.With(rights...)
	return Rights{s}, err
}

// Clear returns r without the rights: cap_rights_clear(3). Rights share bits:
// to clear CAP_PREAD takes CAP_READ and CAP_SEEK away as well.
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

// Remove returns the rights of r that s doesn't have: cap_rights_remove(3).
func (r Rights) Remove(s Rights) Rights { return Rights{r.set.Remove(s.set)} }

// Equal reports whether r and s are the same rights, as == does.
func (r Rights) Equal(s Rights) bool { return r == s }

// Valid reports whether zsys knows every right in r: cap_rights_is_valid(3).
// Rights are never malformed; only those that came from a newer kernel, or were
// parsed from hex, can have bits without a name here.
func (r Rights) Valid() bool { return r.set.Known() }

// String names the rights, such as CAP_READ|CAP_FSTAT, so that ParseRights gives
// r again. It names the narrowest rights, which shows all that is allowed:
// CAP_PREAD is CAP_READ|CAP_SEEK. A bit that is part of a right that r doesn't
// have in full is in hex.
func (r Rights) String() string { return r.set.String() }

// LimitRights takes all rights but r from a descriptor: cap_rights_limit(2),
// FreeBSD 10.0. There is no way back. ENOTCAPABLE is a right that the
// descriptor does not have any more: rights only shrink. EINVAL is a right that
// the kernel does not know, EBADF no open descriptor, ENOSYS a kernel without
// Capsicum.
func LimitRights(fd int, r Rights) error {
	raw := r.Raw()
	errno := zsys.CapRightsLimit(fd, &raw)
	if errno == 0 {
		return nil
	}
	err := shrinkError("cap_rights_limit", fd, errno)
	if have, e := GetRights(fd); err.hint != "" && e == nil {
		err.hint += ", and this one lacks " + r.Remove(have).String()
	}
	return err
}

// GetRights returns the rights of a descriptor: cap_rights_get(3), FreeBSD
// 10.0. A descriptor that was never limited has all that the kernel knows.
func GetRights(fd int) (Rights, error) {
	var raw zsys.CapRights
	if errno := zsys.CapRightsGet(zsys.CAP_RIGHTS_VERSION, fd, &raw); errno != 0 {
		return Rights{}, fdError("cap_rights_get", fd, errno)
	}
	return RightsOf(raw)
}
