// Package kinfo tells what the processes of a FreeBSD system are doing, without
// cgo: the files that they have open.
//
// [Files], [Cwd] and [Fd] ask the kernel, and exist on FreeBSD alone. The records
// and their decoders are on every system, so that tables captured on one machine
// can be read on another: [DecodeFiles].
//
// Iterators reuse the record that they yield: copy what must last longer than a
// step of the loop, or let [Collect] do it.
//
// Errors of the kernel are of type [*github.com/rawsys-go/rawsys.Error], and tell
// apart a process that has gone (ESRCH), one that the caller may not look into
// (EPERM), and capability mode (ECAPMODE). Bytes that cannot be a table are a
// [*CorruptError].
package kinfo
