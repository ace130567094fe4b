// Package flagtext names the bits of a set of flags.
package flagtext

import (
	"strconv"
	"strings"
)

// A Name is one flag and its constant.
type Name struct {
	Bit  uint32
	Text string
}

// String joins the names of flags by "|", in the order of names; bits that have
// none follow in hex. Without flags it is "0".
func String(flags uint32, names ...Name) string {
	var parts []string
	for _, n := range names {
		if flags&n.Bit != 0 {
			parts = append(parts, n.Text)
			flags &^= n.Bit
		}
	}
	switch {
	case flags != 0:
		parts = append(parts, "0x"+strconv.FormatUint(uint64(flags), 16))
	case len(parts) == 0:
		return "0"
	}
	return strings.Join(parts, "|")
}
