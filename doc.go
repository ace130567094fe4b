// Package rawsys is FreeBSD's kernel interface in Go, and one sendfile that
// behaves the same on every system, without assembly, cgo or linkname.
//
// # On every system
//
// [Transfer] sends headers, a range of a file and trailers to a writer, once and
// in order, and knows after an error how far it came. [Sendfile] does so between
// descriptors, on Unix systems. Their documentation has the contract.
//
// FreeBSD's table of errors is data: [ErrnoName], [ErrnoMessage] and
// [ErrnoByName] serve programs elsewhere that read what a FreeBSD system wrote.
// So are the types and constants of package zsys, and the rights of package
// capsicum.
//
// # On FreeBSD
//
//   - Stat, Lstat, Fstat, Fstatat: files, with their birth times and flags.
//   - Package kinfo: what a process has open. Package sysctl: the kernel's values.
//   - CopyFileRange, and CopyRange, which copies a whole range by any means.
//   - MemfdCreate, AddSeals, GetSeals: files in memory.
//   - SendfileRaw: sendfile(2) as the manual has it.
//
// Package capsicum has capability mode and the rights of descriptors, package umtx
// the operations that locks are made of.
//
// These names do not exist elsewhere, so that a program that needs them fails to
// compile. Raw system calls, which allocate nothing, are in
// package zsys.
//
// # Errors
//
// A system call that failed is an [*Error]: the call's name in section 2 of the
// manual and its errno. errors.Is finds in it syscall's errnos, and io/fs's
// sentinels as package os does. What an errno means for a call is in the
// documentation of the function that returns it.
//
// # Where it was run
//
// README.md says which systems the tests have run on, and on which the code has
// only been compiled.
package rawsys
