package rawsys

import "github.com/rawsys-go/rawsys/zsys"

// FileStat is what FreeBSD tells of a file: struct stat of stat(2), with its
// fields under the names that zsys.Stat gives them. Sizes are in bytes, Blocks in
// units of 512 bytes.
//
// A *zsys.Stat converts to a *FileStat and back.
type FileStat zsys.Stat

// KinfoFile is an open file as FreeBSD's kernel tells of it: struct
// kinfo_file of kinfo_getfile(3), with its fields under the names that
// zsys.KinfoFile gives them. Apart from those:
//
//   - Type is the kind of file, and there is a view for each kind: a method that
//     returns what the kernel tells of such files alone, and whether this is one.
//   - Fd is the descriptor's number. If it is negative, the process uses the file
//     without one: see [KinfoFile.PseudoFd].
//   - Flags says how the file was opened. Close-on-exec is not among it, and
//     whatever kind of flock(2) is held shows as KF_FLAG_HASLOCK.
//   - Offset is the place in bytes where the next read or write happens.
//   - RefCount counts the descriptors that share the open file, in this process and
//     in others. It is -1 for files without a descriptor, and so is Offset.
//   - CapRights are the descriptor's Capsicum rights, for [RightsOf]. Only
//     [KinfoGetfile] and [KinfoFiles] tell them, and only of descriptors;
//     elsewhere the set is empty.
//   - Path is the raw array: see [KinfoFile.PathString].
//
// A *zsys.KinfoFile converts to a *KinfoFile and back.
type KinfoFile zsys.KinfoFile
