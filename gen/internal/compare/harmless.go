package compare

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// A constant whose value changes breaks programs that hand the old value to the
// kernel, unless the constant only tells what others there are. Such a one
// grows when a release adds to them, and its old value goes on to be right for
// those that a program knows.
var (
	unused = regexp.MustCompile(`(^|_)N?(UNUSED|SPARE|RESERVED)`)
	mask   = regexp.MustCompile(`(^|_)(ALL|\w*MASK|\w*FLAGS|BITS|VALID|SUPPORTED|CANTCHANGE)[0-9]*$`)
	bound  = regexp.MustCompile(`(_(MAX|MAXID|LAST|NUM|NLIMITS|SIZE|(SYS)?COUNT)|^ELAST)$`)
)

// harmless reports whether a constant of which the value changed can be used
// with its old value.
func (c *comparison) harmless(a, b facts.Const) bool {
	grown := func(grew func(p facts.Port, x, y facts.Int) bool) bool {
		return !slices.ContainsFunc(c.ports, func(p facts.Port) bool {
			x, hasX := a.Value.Get(p)
			y, hasY := b.Value.Get(p)
			return hasX && !hasY || hasX && x != y && !grew(p, x, y)
		})
	}
	never := func(facts.Port, facts.Int, facts.Int) bool { return false }
	switch {
	case unused.MatchString(a.Name), grown(never): // or no port that had it has another
		return true
	case mask.MatchString(a.Name):
		return grown(gainedBits)
	case bound.MatchString(a.Name):
		prefix := cmp.Or(bound.ReplaceAllString(a.Name, ""), "E")
		return grown(func(p facts.Port, x, y facts.Int) bool { return c.counts(a.Name, prefix, p, x, y) })
	}
	return false
}

// gainedBits reports whether a mask has all of its bits, and more.
func gainedBits(_ facts.Port, x, y facts.Int) bool {
	old, ok1 := x.Uint64()
	now, ok2 := y.Uint64()
	return ok1 && ok2 && old&^now == 0
}

// counts reports whether a bound went up because there are more of what it
// bounds. A limit of which nothing shows that, such as a length, is no count.
func (c *comparison) counts(name, prefix string, p facts.Port, x, y facts.Int) bool {
	added := func(other string, v facts.Int) bool {
		if n, ok := v.Int64(); ok && n < 0 { // EVFILT_… go down
			v = facts.MakeInt(uint64(-n), false)
		}
		return other != name && strings.HasPrefix(other, prefix) && x.Compare(v) <= 0 && v.Compare(y) <= 0
	}
	return x.Compare(y) < 0 && (slices.ContainsFunc(c.new.Consts, func(k facts.Const) bool {
		v, ok := k.Value.Get(p)
		return ok && c.old.Const(k.Name) == nil && added(k.Name, v)
	}) || slices.ContainsFunc(c.new.Errnos, func(e facts.Errno) bool {
		return added(e.Name, facts.MakeInt(uint64(e.Number), false))
	}))
}
