package facts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxCount bounds sizes, offsets and numbers, so that sums stay far from
// overflow.
const maxCount int64 = 1 << 31

func parseCount(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > maxCount || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("bad number %q: write a decimal number from 0 to %d", s, maxCount)
	}
	return n, nil
}

func parseAlign(s string) (int64, error) {
	n, err := parseCount(s)
	if err == nil && (n == 0 || n&(n-1) != 0) {
		err = fmt.Errorf("bad alignment %d: write a power of two", n)
	}
	return n, err
}

func parseBits(s string) (Bits, error) {
	first, width, ok := strings.Cut(s, "+")
	f, err1 := parseCount(first)
	w, err2 := parseCount(width)
	if !ok || err1 != nil || err2 != nil || w == 0 {
		return Bits{}, fmt.Errorf("bad bits %q: write FIRST+WIDTH, such as 3+5", s)
	}
	return Bits{f, w}, nil
}

func parseName(what string) func(string) (string, error) {
	return func(s string) (string, error) {
		if !isName(s) {
			return "", fmt.Errorf("bad %s %q: write a name", what, s)
		}
		return s, nil
	}
}

// isMark reports whether s are annotations as the system call table has them.
func isMark(s string) bool {
	for mark := range strings.SplitSeq(s, ",") {
		if !markForm.MatchString(mark) {
			return false
		}
	}
	return true
}

var markForm = regexp.MustCompile(`^_(In|Out|Inout|Outptr|Contains)_[a-z_]*(\([A-Za-z0-9_*/+-]+\))?$`)

func parseRelease(s string) (string, error) {
	major, minor, ok := strings.Cut(s, ".")
	_, err := parseCount(major)
	minor, _, _ = strings.Cut(minor, "-")
	if _, err2 := parseCount(minor); !ok || err != nil || err2 != nil {
		return "", fmt.Errorf("bad release %q: write MAJOR.MINOR, such as 15.0 or 12.1-STABLE", s)
	}
	return s, nil
}

func parseKind(s string) (string, error) {
	for flag := range strings.SplitSeq(s, "|") {
		if !IsKind(flag) {
			return "", fmt.Errorf("unknown kind %q of system call: write STD, COMPAT11, NOSTD|CAPENABLED and their kind, as in syscalls.master", flag)
		}
	}
	return s, nil
}

// IsKind reports whether syscalls.master has such a flag.
func IsKind(flag string) bool {
	if release, ok := strings.CutPrefix(flag, "COMPAT"); ok {
		_, err := strconv.ParseUint(release, 10, 8)
		return release == "" || err == nil
	}
	switch flag {
	case "STD", "OBSOL", "UNIMPL", "SYSMUX", "NOSTD", "NODEF", "NOARGS", "NOPROTO", "NOLIB", "NOTSTATIC", "CAPENABLED", "NORETURN":
		return true
	}
	return false
}

// parsePattern reads what a header was asked for: PATTERN or !PATTERN of
// constants, or a type as struct.TAG, union.TAG, enum.TAG or typedef.NAME.
func parsePattern(s string) (string, error) {
	name := strings.TrimPrefix(s, "!")
	for _, kind := range []string{"struct.", "union.", "enum.", "typedef."} {
		name = strings.TrimPrefix(name, kind)
	}
	if !isTag(strings.ReplaceAll(name, "*", "_")) {
		return "", fmt.Errorf("bad pattern %q: write FOO_*, !FOO_* or struct.NAME and their kind", s)
	}
	return s, nil
}
