package sysctl

import (
	"errors"
	"slices"
)

// A call asks the kernel for a value, as sysctl(3) does: it writes into room and
// returns the number of bytes written; without room it returns the number of bytes
// there are. short says that room did not hold all of them.
type call func(room []byte) (n int, short bool, err error)

// attempts is how often fetch reads a value that grows.
const attempts = 8

// errGrowing is the error for a value that outgrew every buffer. The kernel says
// the same if it cannot keep the buffer in memory.
var errGrowing = errors.New("no buffer was big enough: the value kept growing, or memory is short")

// fetch appends a whole value to dst. It tries the room that dst has first, unless
// there is none, since asking for a table's size costs the kernel as much as the
// table itself.
//
// A table can grow between the question for its size and the read. So there is
// headroom, twice as much at each attempt, and the number of attempts has a bound.
func fetch(dst []byte, call call) ([]byte, error) {
	for attempt := range attempts {
		if attempt > 0 || len(dst) == cap(dst) {
			need, _, err := call(nil)
			if err != nil {
				return dst, err
			}
			need += headroom(need, attempt)
			dst = slices.Grow(dst, max(need, cap(dst)-len(dst)+1))
		}
		room := dst[len(dst):cap(dst)]
		n, short, err := call(room)
		if err != nil {
			return dst, err
		}
		if !short {
			return dst[:len(dst)+min(n, len(room))], nil
		}
	}
	return dst, errGrowing
}

// headroom is room for a few new records, and for a sixteenth more of a big table.
// A small value, which has no records, gets little.
func headroom(need, attempt int) int { return (min(need+64, 2800) + need/16) << attempt }
