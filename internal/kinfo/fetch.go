package kinfo

import "errors"

// A Call asks the kernel for a table, as sysctl(3) does: it writes into buf
// and returns the number of bytes written; with an empty buf it returns the
// number of bytes there are. short says that buf did not hold the whole table.
type Call func(buf []byte) (n int, short bool, err error)

// Attempts is how often Fetch reads a table that grows.
const Attempts = 8

// ErrGrowing is the error for a table that outgrew every buffer. The kernel
// says the same if it cannot keep the buffer in memory.
var ErrGrowing = errors.New("no buffer was big enough: the table kept growing, or memory is short")

// Fetch reads a whole table. It tries buf first, unless it is empty, since
// asking for the table's size costs the kernel as much as the table itself. It
// returns the buffer that it used last, for another Fetch, and the table in it.
//
// A table can grow between the question for its size and the read. So the
// buffer has headroom, twice as much at each attempt, and the number of attempts
// has a bound.
func Fetch(buf []byte, call Call) (used, table []byte, err error) {
	for attempt := range Attempts {
		if attempt > 0 || len(buf) == 0 {
			need, _, err := call(nil)
			if err != nil {
				return buf, nil, err
			}
			buf = make([]byte, max(need, len(buf))+headroom(need, attempt))
		}
		n, short, err := call(buf)
		if err != nil {
			return buf, nil, err
		}
		if !short {
			return buf, buf[:min(n, len(buf))], nil
		}
	}
	return buf, nil, ErrGrowing
}

// headroom is room for a few new records, and for a sixteenth more of a big table.
func headroom(need, attempt int) int { return (2*Size + need/16) << attempt }
