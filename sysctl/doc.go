// Package sysctl reads the values that a FreeBSD kernel keeps in its sysctl tree,
// without cgo: sysctl(3).
//
// A value is read by name, as in sysctl.Uint64("hw.physmem"), or by the numbers that
// stand for the name, as in sysctl.MIB{...}.Uint64(). Calls exist on FreeBSD alone;
// names, kinds and flags of nodes on every system.
//
// The error of every call is a [*github.com/rawsys-go/rawsys.Error]. ENOENT means that
// there is no such value; EISDIR or ENOTDIR that the name stops at an inner node or
// goes on below a value; EPERM that the caller may not read it; ECAPMODE that the
// caller is in capability mode; ENOMEM that the value grew faster than it could be
// read, or that the kernel may not keep so much memory resident for this user; and
// EINVAL that the value has another type than was asked for.
package sysctl
