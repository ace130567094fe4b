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
// not compile. They return the kernel's errno, 0 for success, and before it the
// result if it says more than that; with an errno the result is -1. They allocate
// nothing, retry nothing, and check nothing. Pointers may be nil where C allows
// NULL, and strings are pointers to bytes that end with a NUL. A call keeps alive
// what its arguments point at until it returns, and what is pointed at from there.
//
// Package rawsys is the interface for people.
package zsys

// go generate reads a package's files in the order of their names, and stops at
// one that its own commands have removed: this stands behind all generated files.
//
//go:generate go run -C .. ./gen generate
