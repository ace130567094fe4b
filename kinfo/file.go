package kinfo

import (
	"bytes"

	"github.com/rawsys-go/rawsys/zsys"
)

// File describes an open file: struct kinfo_file of kinfo_getfile(3). Its fields
// have the names that zsys.KinfoFile gives them:
//
//   - Type is the kind of file. For each kind there is a view: a method that
//     returns what the kernel knows about such files only, and whether this is one.
//   - Fd is the descriptor's number. A negative one stands for a file that the
//     process uses without a descriptor: see [File.Descriptor] and [File.PseudoFd].
//   - Flags says how the file was opened. Close-on-exec is not part of it, and
//     either kind of flock(2) lock shows as KF_FLAG_HASLOCK.
//   - Offset is the position of the next read or write, in bytes.
//   - RefCount is the number of references to the open file, from this process and
//     others. It is -1 for a file without a descriptor, and so is Offset.
//   - CapRights are the descriptor's Capsicum rights: see [capsicum.RightsOf]. The
//     set is empty for files without a descriptor, and in the answer of [Fd].
//   - Path is an array with a NUL behind the text: see [File.PathString].
//
// A *zsys.KinfoFile converts to a *File and back.
//
// [capsicum.RightsOf]: https://pkg.go.dev/github.com/rawsys-go/rawsys/capsicum#RightsOf
type File zsys.KinfoFile

// Valid reports whether the kernel could fill in the record: KF_ATTR_VALID in
// Status. It cannot when the file's own file system fails. A record that is not
// valid has no views.
func (f *File) Valid() bool { return f.Status&zsys.KF_ATTR_VALID != 0 }

// Descriptor returns the number of the descriptor, in the type that calls take, and
// whether there is one: for a file that is used without a descriptor it returns -1 and
// false. See [File.PseudoFd].
func (f *File) Descriptor() (fd int, ok bool) {
	if f.Fd < 0 {
		return -1, false
	}
	return int(f.Fd), true
}

// PseudoFd tells how a process uses a file that it has no descriptor for, which
// shows as a negative Fd: as its working directory (KF_FD_TYPE_CWD), root directory
// (ROOT), jail's root directory (JAIL), program (TEXT), controlling terminal
// (CTTY), or as the file that ktrace(1) writes to (TRACE). For a descriptor it
// returns false.
func (f *File) PseudoFd() (zsys.KfFdType, bool) { return zsys.KfFdType(f.Fd), f.Fd < 0 }

// PathString returns the path of the file, or what the kernel has in its place:
// the name of the domain for a socket ("internet", "local"), "pts/N" for the master
// of a pseudo terminal, and the name of shared memory or a semaphore that has one.
// It is empty for other kinds, for deleted files, and for paths of 1024 bytes or
// more. If a file has several names, it may not be the one that it was opened by.
// It need not be valid UTF-8.
func (f *File) PathString() string { return string(f.PathBytes()) }

// PathBytes returns the bytes of [File.PathString] without copying them: they are
// part of f.
func (f *File) PathBytes() []byte { return beforeNUL(fileBytes(f)[filePath:]) }

// beforeNUL returns what a C string of at most len(b) bytes holds.
func beforeNUL(b []byte) []byte {
	s, _, _ := bytes.Cut(b, []byte{0})
	return s
}
