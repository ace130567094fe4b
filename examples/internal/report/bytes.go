package report

import (
	"fmt"
	"strconv"
	"strings"
)

// Range is a flag: "OFFSET:COUNT", or "OFFSET:" to the end of the file.
type Range struct{ Offset, Count int64 }

// ToEnd is the Count of a Range that goes to the end of its file.
const ToEnd = -1

// String is the flag as it is written.
func (r *Range) String() string {
	if r.Count == ToEnd {
		return fmt.Sprintf("%d:", r.Offset)
	}
	return fmt.Sprintf("%d:%d", r.Offset, r.Count)
}

// Set reads the flag.
func (r *Range) Set(s string) error {
	offset, count, ok := strings.Cut(s, ":")
	if !ok {
		return fmt.Errorf("%q has no colon: write OFFSET:COUNT, or OFFSET: for all that follows", s)
	}
	var err error
	if r.Offset, err = parseBytes(offset); err != nil {
		return err
	}
	r.Count = ToEnd
	if count != "" {
		r.Count, err = parseBytes(count)
	}
	return err
}

// Bytes is a flag that is a number of bytes.
type Bytes int64

// String is the flag as it is written.
func (b *Bytes) String() string { return strconv.FormatInt(int64(*b), 10) }

// Set reads the flag.
func (b *Bytes) Set(s string) error {
	n, err := parseBytes(s)
	*b = Bytes(n)
	return err
}

// parseBytes reads a number of bytes, which may end in k, m, g or t for a power of 1024.
func parseBytes(s string) (int64, error) {
	shift := 0
	if i := strings.IndexAny(s, "kmgtKMGT"); i > 0 && i == len(s)-1 {
		shift = 10 * (1 + strings.IndexByte("kmgt", s[i]|0x20))
		s = s[:i]
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 1<<62>>shift {
		return 0, fmt.Errorf("%q is not a number of bytes such as 4096, 64k or 1g", s)
	}
	return n << shift, nil
}
