package sysctl

import (
	"errors"
	"iter"
	"slices"
	"syscall"

	"github.com/rawsys-go/rawsys/zsys"
)

// Walk returns an iterator over the values below an inner node, or over the one
// value of that name; over all values if name is empty. They come in the tree's own
// order. Left out are values that the kernel hides from lists, and inner nodes; but
// nodes that take arguments, such as kern.proc.pid, have nothing below them, and come
// with [KindNode].
//
// An error comes with a nil *Node and ends the loop.
func Walk(name string) iter.Seq2[*Node, error] {
	return func(yield func(*Node, error) bool) {
		var top MIB
		if name != "" {
			var err error
			if top, err = Lookup(name); err != nil {
				yield(nil, err)
				return
			}
		}
		top.walk(yield)
	}
}

// Walk is [Walk] below the node with these numbers.
func (m MIB) Walk() iter.Seq2[*Node, error] {
	return func(yield func(*Node, error) bool) { m.walk(yield) }
}

func (m MIB) walk(yield func(*Node, error) bool) {
	n, err := m.Node()
	if len(m) > 0 && err == nil && n.Kind != KindNode {
		yield(n, nil)
		return
	}
	at := slices.Clone(m)
	if len(at) == 0 {
		at = MIB{0} // before all others
	}
	for {
		next, err := at.next()
		if errors.Is(err, syscall.ENOENT) || err == nil && !next.below(m) {
			return
		}
		if err == nil {
			n, err = next.Node()
		}
		if errors.Is(err, syscall.ENOENT) { // gone in between, or without a format
			at = next
			continue
		}
		if err != nil {
			yield(nil, err)
			return
		}
		if !yield(n, nil) {
			return
		}
		at = next
	}
}

// next returns the numbers of the value behind m in the tree.
func (m MIB) next() (MIB, error) {
	var room [4 * maxName]byte
	b, err := m.about(zsys.CTL_SYSCTL_NEXT, room[:0])
	if err != nil {
		return nil, err
	}
	return decodeMIB(b), nil
}

// Node describes the value or inner node with these numbers.
func (m MIB) Node() (*Node, error) {
	if len(m) == 0 {
		return &Node{Kind: KindNode}, nil
	}
	var room [256]byte
	b, err := m.about(zsys.CTL_SYSCTL_OIDFMT, room[:0])
	if err != nil {
		return nil, err
	}
	n := &Node{MIB: slices.Clone(m)}
	if err := n.decodeFormat(b); err != nil {
		return nil, m.refuse(syscall.EINVAL, err.Error())
	}
	b, err = m.about(zsys.CTL_SYSCTL_NAME, room[:0])
	if err != nil {
		return nil, err
	}
	n.Name = text(b)
	return n, nil
}

// Description returns what the kernel says that the value is for, or "".
func (m MIB) Description() (string, error) {
	b, err := m.about(zsys.CTL_SYSCTL_OIDDESCR, nil)
	if errors.Is(err, syscall.ENOENT) {
		return "", nil
	}
	return text(b), err
}

// about appends what the kernel tells of m: which is one of CTL_SYSCTL_*.
func (m MIB) about(which int32, dst []byte) ([]byte, error) {
	var query [2 + maxName]int32
	query[0], query[1] = zsys.CTL_SYSCTL, which
	if len(m) > maxName-2 {
		return dst, m.refuse(syscall.EINVAL, "a name has at most 22 numbers here")
	}
	n := 2 + copy(query[2:], m)
	got, err := MIB(query[:n]).Append(dst)
	if err != nil {
		err = failure(m.String(), errors.Unwrap(err))
	}
	return got, err
}
