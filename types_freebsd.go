package rawsys

import "github.com/rawsys-go/rawsys/zsys"

// FileStat is what FreeBSD knows about a file: struct stat of stat(2). Its fields
// have the names that zsys.Stat gives them; sizes are in bytes, and Blocks counts
// units of 512 bytes.
//
// A *zsys.Stat converts to a *FileStat and back.
type FileStat zsys.Stat

// KinfoFile describes an open file: struct kinfo_file of kinfo_getfile(3). Its
// fields have the names that zsys.KinfoFile gives them:
//
//   - Type is the kind of file. For each kind there is a view: a method that
//     returns what the kernel knows about such files only, and whether this is one.
//   - Fd is the descriptor's number. A negative one stands for a file that the
//     process uses without a descriptor: see [KinfoFile.PseudoFd].
//   - Flags says how the file was opened. Close-on-exec is not part of it, and
//     either kind of flock(2) lock shows as KF_FLAG_HASLOCK.
//   - Offset is the position of the next read or write, in bytes.
//   - RefCount is the number of references to the open file, from this process and
//     others. It is -1 for a file without a descriptor, and so is Offset.
//   - CapRights are the descriptor's Capsicum rights: see [RightsOf]. The set is
//     empty for files without a descriptor, and in the answer of [KinfoFd].
//   - Path is an array with a NUL behind the text: see [KinfoFile.PathString].
//
// A *zsys.KinfoFile converts to a *KinfoFile and back.
type KinfoFile zsys.KinfoFile
