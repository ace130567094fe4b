// Package kinfo tells what the processes of a FreeBSD system are doing, without
// cgo: processes and threads, their open files, memory maps, arguments and limits,
// and the sockets of the system.
//
//   - [Procs], [Threads], [Process]: processes and threads, all or selected ones.
//   - [Files], [Cwd], [Root], [Fd]: open files, and directories in use.
//   - [Args], [Environ], [Executable], [Mappings] and others: of one process.
//   - [Sockets], [SCTPEndpoints]: the system's sockets. [Descriptors] tells who has
//     them open, and so do files, by [Socket.Matches].
//
// These ask the kernel, and exist on FreeBSD alone, where pkg.go.dev shows them. The
// records and their decoders, whose names begin with Decode, are on every system, so
// that tables captured on one machine can be read on another. A 32-bit program on a
// 64-bit kernel gets the same answers.
//
// Iterators reuse the record that they yield: copy what must last longer than a
// step of the loop, or let [Collect] do it.
//
// Errors of the kernel are of type [*github.com/rawsys-go/rawsys.Error], and tell
// apart a process that has gone (ESRCH), one that the caller may not look into
// (EPERM), one that is just executing another program (EBUSY: ask again), and
// capability mode (ECAPMODE). Bytes that cannot be a table are a [*CorruptError]. A
// function that says nothing of errors has these.
//
// Functions with a pid take the number of a process, or of one of its threads. Of the
// kernel's own processes and of zombies, lists and strings are empty, but the kernel
// keeps a zombie's short arguments. For a number that a zombie does not have, such as
// its [Umask], the error is ESRCH.
//
// What no release is named for is in FreeBSD 12.1 and later. Package sysctl is beneath.
package kinfo
