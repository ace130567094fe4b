package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// syscalls compares the calls that programs make: by name, and what became of
// the number that programs have built in.
func (c *comparison) syscalls() []Change {
	var out []Change
	for i := range c.old.Syscalls {
		a := &c.old.Syscalls[i]
		if !callable(a) || untold(a, c.new) {
			continue
		}
		b := c.new.Syscall(a.Name)
		switch {
		case b == nil || !callable(b):
			fate, breaks := c.fate(a)
			out = append(out, Change{Kind: Removed, Name: a.Name, Detail: fate, Breaks: breaks})
		case a.Number != b.Number:
			fate, breaks := c.fate(a)
			out = append(out, Change{Kind: Changed, Name: a.Name, Detail: fmt.Sprintf("number %d to %d; %s", a.Number, b.Number, fate), Breaks: breaks})
		default:
			if detail, breaks := c.signature(a, b); detail != "" {
				out = append(out, Change{Kind: Changed, Name: a.Name, Detail: detail, Breaks: breaks})
			}
		}
	}
	for i := range c.new.Syscalls {
		b := &c.new.Syscalls[i]
		if a := c.old.Syscall(b.Name); callable(b) && !untold(b, c.old) && (a == nil || !callable(a)) && !c.successor(b) {
			out = append(out, Change{Kind: Added, Name: b.Name, Detail: fmt.Sprintf("number %d, %s", b.Number, Prototype(b))})
		}
	}
	return out
}

// untold reports whether a release cannot tell of a call: the headers of an
// installation leave out those for programs of very old releases.
func untold(s *facts.Syscall, f *facts.File) bool {
	if !f.Release.Installed || numbered(f, s.Number) != nil {
		return false
	}
	release, old := compat(s)
	oldest := -1
	for i := range f.Syscalls {
		if r, ok := compat(&f.Syscalls[i]); ok && (oldest < 0 || r < oldest) {
			oldest = r
		}
	}
	return old && (oldest < 0 || release < oldest)
}

// compat returns for programs of which release a call is kept: 11 of COMPAT11,
// and 0 of COMPAT, which is for those of 4.3BSD.
func compat(s *facts.Syscall) (int, bool) {
	for flag := range strings.SplitSeq(s.Kind, "|") {
		if release, ok := strings.CutPrefix(flag, "COMPAT"); ok {
			n, _ := strconv.Atoi(release) // none is 0
			return n, true
		}
	}
	return 0, false
}

// callable reports whether an entry is a call, not only a name or the way to
// make one by its number.
func callable(s *facts.Syscall) bool {
	return !slices.ContainsFunc(strings.Split(s.Kind, "|"), func(flag string) bool {
		return flag == "OBSOL" || flag == "UNIMPL" || flag == "SYSMUX"
	}) && bare(s.Name) != "syscall"
}

func numbered(f *facts.File, n int) *facts.Syscall {
	i := slices.IndexFunc(f.Syscalls, func(s facts.Syscall) bool { return s.Number == n })
	if i < 0 {
		return nil
	}
	return &f.Syscalls[i]
}

// bare returns a call's name without the prefix of those kept for old
// programs, and without the underscore of those that libraries wrap.
func bare(name string) string {
	name = strings.TrimLeft(name, "_")
	if rest, ok := strings.CutPrefix(name, "freebsd"); ok {
		if release, name, ok := strings.Cut(rest, "_"); ok && strings.Trim(release, "0123456789") == "" {
			return strings.TrimLeft(name, "_")
		}
	}
	return name
}

// successor reports whether a call is only the old one under another name.
func (c *comparison) successor(b *facts.Syscall) bool {
	i := slices.IndexFunc(c.old.Syscalls, func(a facts.Syscall) bool { return a.Number == b.Number })
	return i >= 0 && callable(&c.old.Syscalls[i]) && bare(c.old.Syscalls[i].Name) == bare(b.Name)
}

// fate says what the number of an old call means now. Programs go on when it
// is kept for them.
func (c *comparison) fate(a *facts.Syscall) (string, bool) {
	switch b := numbered(c.new, a.Number); {
	case b == nil || !callable(b):
		return fmt.Sprintf("number %d is gone", a.Number), true
	case bare(b.Name) == bare(a.Name) && strings.Contains(b.Kind, "COMPAT"):
		return fmt.Sprintf("number %d stays for old programs, as %s", a.Number, b.Name), false
	case bare(b.Name) == bare(a.Name):
		return fmt.Sprintf("number %d is called %s now", a.Number, b.Name), false
	default:
		return fmt.Sprintf("number %d is %s now", a.Number, b.Name), true
	}
}

// signature compares how a call is made. It breaks programs when arguments
// come or go, or take other room.
func (c *comparison) signature(a, b *facts.Syscall) (string, bool) {
	if !known(a) || !known(b) {
		return "", false
	}
	same := c.sameType(a.Result, b.Result)
	breaks := len(a.Args) != len(b.Args) || a.Variadic != b.Variadic
	for i := range min(len(a.Args), len(b.Args)) {
		x, y := a.Args[i].Type, b.Args[i].Type
		same = same && c.sameType(x, y)
		breaks = breaks || slices.ContainsFunc(c.ports, func(p facts.Port) bool { return slots(c.old, x, p) != slots(c.new, y, p) })
	}
	if same && !breaks {
		return "", false
	}
	return fmt.Sprintf("%s to %s", Prototype(a), Prototype(b)), breaks
}

// sameType reports whether two types are one to the machine. Pointers are,
// since what they point at is compared for itself.
func (c *comparison) sameType(a, b facts.Type) bool {
	return !slices.ContainsFunc(c.ports, func(p facts.Port) bool {
		x, err1 := c.old.Resolve(a, p)
		y, err2 := c.new.Resolve(b, p)
		_, ptrX := x.Pointer()
		_, ptrY := y.Pointer()
		return err1 != nil || err2 != nil || x != y && !(ptrX && ptrY)
	})
}

// known reports whether the facts have a call's signature.
func known(s *facts.Syscall) bool { return s.Result != "" }

// slots returns how many argument slots a type takes.
func slots(f *facts.File, t facts.Type, p facts.Port) int64 {
	t, err := f.Resolve(t, p)
	if err != nil {
		return 1
	}
	l, err := f.LayoutOf(t, p)
	if err != nil {
		return 1
	}
	return max(1, l.Size/p.PointerSize())
}

// Prototype writes a call's signature in the facts' words.
func Prototype(s *facts.Syscall) string {
	if !known(s) {
		return "signature unknown"
	}
	args := make([]string, len(s.Args))
	for i, a := range s.Args {
		args[i] = string(a.Type)
	}
	if s.Variadic {
		args = append(args, "...")
	}
	return fmt.Sprintf("%s(%s) %s", s.Name, strings.Join(args, ", "), s.Result)
}
