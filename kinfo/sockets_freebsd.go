package kinfo

import (
	"iter"

	"github.com/rawsys-go/rawsys/sysctl"
)

// Sockets returns an iterator over the sockets of the system that are in a table,
// as far as the caller may see them, since FreeBSD 12.0. Each loop over the iterator
// asks the kernel when it starts, and allocates nothing per record, but for the
// zones of link-local addresses.
//
// The *Socket belongs to the iterator: each step reuses it. Copy what must last, or
// use [Collect].
//
// If sockets were made or closed while the kernel wrote the table, it is asked up to
// three times more. On a system where that happens all the time the last table is
// taken: it may lack sockets that are new, and have some that are gone.
//
// An error comes with a nil *Socket and ends the loop. It is a [*rawsys.Error], or a
// [*CorruptError]. ENOENT means that the kernel does not have the protocol, and
// ECAPMODE that the caller is in capability mode.
func Sockets(which SocketTable) iter.Seq2[*Socket, error] {
	return func(yield func(*Socket, error) bool) {
		s := scratches.Get().(*scratch)
		defer scratches.Put(s)
		table, err := s.socketTable(which)
		if err != nil {
			yield(nil, err)
			return
		}
		decodeSockets(which, table, &s.sock, yield)
	}
}

func (s *scratch) socketTable(which SocketTable) (table []byte, err error) {
	mib, err := sysctl.Lookup(which.String())
	if err != nil {
		return nil, err
	}
	f := which.form()
	for range 4 {
		table, err = mib.Append(s.buf[:0])
		s.buf = table[:0]
		if err != nil || f.consistent(table) {
			break
		}
	}
	return table, err
}
