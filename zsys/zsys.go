// Package zsys is FreeBSD's binary interface as data and raw system calls,
// generated from defs/ by gen/. This file alone is written by hand.
//
// Types, constants and numbers are data: they compile on every host, so that what
// reads FreeBSD's structs can be written and tested anywhere. They are split by
// how the ports lay C types out: 64-bit, 386, and other 32-bit ones. Each type's
// comment gives its C name, header, size and alignment, and each field's its C
// name, C type and offset; where ports differ, the 64-bit ones come first. The
// compiler proves these sizes and offsets on every build.
//
// C's long and pointer-sized integers are uintptr or int, char is byte, and a
// blank field is padding or a spare of C's. A union is aligned storage, with
// methods that return pointers into it: what was stored decides which of them
// says something.
//
// System calls exist on FreeBSD alone: elsewhere a program that makes them does
// not compile. Each returns an error: nil, or the kernel's [syscall.Errno], with
// a result of -1 if the call has one. They allocate nothing, but for a string of
// PATH_MAX bytes or more, and retry nothing. What the kernel takes as a string is
// a string, EINVAL if a NUL is in it; what it takes as a pointer and a length is a
// slice, so that the two agree, EINVAL if the length's type cannot hold it. Nothing
// else is checked. Pointers may be nil where C allows NULL. A call keeps alive
// what its arguments point at until it returns, and what is pointed at from there;
// a pointer that is stored in a union, as Semun's, is no pointer to the collector:
// keep what it points at alive with [runtime.KeepAlive].
//
// Package rawsys is the interface for people.
package zsys

// go generate reads a package's files in the order of their names, and stops at
// one that its own commands have removed: this stands behind all generated files.
//
//go:generate go run -C .. ./gen generate
