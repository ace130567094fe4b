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

// SCTPEndpoints returns an iterator over the SCTP sockets of the system, with their
// associations: the sysctl net.inet.sctp.assoclist, in this form since FreeBSD 12.0.
// Each loop over the iterator asks the kernel when it starts, and allocates nothing
// per record, but for the zones of link-local addresses and for lists that are
// longer than any before.
//
// The *SCTPEndpoint and its lists belong to the iterator: each step reuses them.
// [Collect] copies the lists too. The table is not of one moment: the kernel looks at
// the endpoints one after another.
//
// Errors are those of [Sockets]. ENOENT means that the kernel does not have SCTP:
// it is the module sctp, which need not be loaded.
func SCTPEndpoints() iter.Seq2[*SCTPEndpoint, error] {
	return walked("net.inet.sctp.assoclist", func(s *scratch, table []byte, yield func(*SCTPEndpoint, error) bool) {
		decodeSCTP(table, &s.sctp, yield)
	})
}

// Descriptors returns an iterator over the open descriptors of all processes that the
// caller may see: the sysctl kern.file, in this form since FreeBSD 12.0. It tells less
// than [Files], in one call, and of others' processes too: it serves to find the
// owners of sockets. Each loop over the iterator asks the kernel when it starts, and
// allocates nothing per record.
//
// The *Descriptor belongs to the iterator: each step reuses it. Copy what must last,
// or use [Collect]. Errors are those of [Sockets].
func Descriptors() iter.Seq2[*Descriptor, error] {
	return walked("kern.file", func(s *scratch, table []byte, yield func(*Descriptor, error) bool) {
		decodeDescriptors(table, &s.desc, yield)
	})
}

// walked reads a table by its name and takes it apart.
func walked[T any](name string, decode func(*scratch, []byte, func(*T, error) bool)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		s := scratches.Get().(*scratch)
		defer scratches.Put(s)
		mib, err := sysctl.Lookup(name)
		if err != nil {
			yield(nil, err)
			return
		}
		table, err := mib.Append(s.buf[:0])
		s.buf = table[:0]
		if err != nil {
			yield(nil, err)
			return
		}
		decode(s, table, yield)
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
