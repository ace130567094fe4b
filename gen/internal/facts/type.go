package facts

import (
	"fmt"
	"strconv"
	"strings"
)

// A Type is a type in the facts' own words: *T, [N]T and []T in front of a
// scalar, or of the tag of a struct, union or enum, or of a C type's name.
// Equal types are equal strings.
type Type string

// maxArray bounds array lengths so that no size computed from them overflows.
const maxArray int64 = 1 << 31

// scalarSizes are the words for scalars. bool, char and the like are a byte.
func scalarSize(t Type) (int64, bool) {
	switch t {
	case "bool", "char", "int8", "uint8":
		return 1, true
	case "int16", "uint16":
		return 2, true
	case "int32", "uint32", "float32":
		return 4, true
	case "int64", "uint64", "float64":
		return 8, true
	case "int128", "uint128":
		return 16, true
	}
	return 0, false
}

// ParseType checks the form of a type. What its names stand for is not known
// here.
func ParseType(s string) (Type, error) {
	for rest := Type(s); ; {
		if elem, ok := rest.Pointer(); ok {
			rest = elem
			continue
		}
		if strings.HasPrefix(string(rest), "[") {
			elem, n, ok := rest.Array()
			if !ok {
				return "", fmt.Errorf("bad array in type %q: write [N]T, with N from 0 to %d, or []T", s, maxArray)
			}
			if n < 0 && rest != Type(s) {
				return "", fmt.Errorf("bad type %q: only the outermost array can be without a length", s)
			}
			rest = elem
			continue
		}
		if tag, ok := rest.Tag(); ok && isTag(tag) || isName(string(rest)) {
			return Type(s), nil
		}
		return "", fmt.Errorf("bad type %q: write int32, *T, [N]T, struct.NAME and their kind", s)
	}
}

// Pointer returns what a pointer points at.
func (t Type) Pointer() (elem Type, ok bool) {
	s, ok := strings.CutPrefix(string(t), "*")
	return Type(s), ok
}

// Array returns an array's element type and length; that of a flexible array
// member is -1.
func (t Type) Array() (elem Type, n int64, ok bool) {
	s, ok := strings.CutPrefix(string(t), "[")
	bound, rest, closed := strings.Cut(s, "]")
	if !ok || !closed {
		return "", 0, false
	}
	if bound == "" {
		return Type(rest), -1, true
	}
	n, err := strconv.ParseInt(bound, 10, 64)
	if err != nil || n < 0 || n > maxArray || strconv.FormatInt(n, 10) != bound {
		return "", 0, false
	}
	return Type(rest), n, true
}

// Element returns the type of the elements of an array, of however many dimensions,
// or a type that is no array.
func (t Type) Element() Type {
	for {
		elem, _, ok := t.Array()
		if !ok {
			return t
		}
		t = elem
	}
}

// Tag returns the name of a struct, union or enum.
func (t Type) Tag() (string, bool) {
	kind, tag, ok := strings.Cut(string(t), ".")
	if !ok || kind != "struct" && kind != "union" && kind != "enum" {
		return "", false
	}
	return tag, true
}

// Base strips pointers and arrays.
func (t Type) Base() Type {
	for {
		if elem, ok := t.Pointer(); ok {
			t = elem
		} else if elem, _, ok := t.Array(); ok {
			t = elem
		} else {
			return t
		}
	}
}

// isName reports whether s is a C identifier.
func isName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', i > 0 && '0' <= r && r <= '9':
		default:
			return false
		}
	}
	return s != ""
}

// TypedefSuffix ends the name of an aggregate without a tag whose typedef has
// the name of another aggregate's tag: dup.typedef beside dup.
const TypedefSuffix = "typedef"

// isMember reports whether s names a field: $N stands for one without a name,
// :NAME for bits without a name in front of a field, and : for those at the end.
func isMember(s string) bool {
	if before, ok := strings.CutPrefix(s, ":"); ok {
		return before == "" || !strings.HasPrefix(before, ":") && isMember(before)
	}
	n, ok := strings.CutPrefix(s, "$")
	if !ok {
		return isName(s)
	}
	i, err := strconv.Atoi(n)
	return err == nil && i > 0 && strconv.Itoa(i) == n
}

// isTag reports whether s names an aggregate: its tag, and for one without a
// tag the members that lead to it.
func isTag(s string) bool {
	first, rest, nested := strings.Cut(s, ".")
	if !isName(first) {
		return false
	}
	for nested {
		first, rest, nested = strings.Cut(rest, ".")
		if !isMember(first) {
			return false
		}
	}
	return true
}
