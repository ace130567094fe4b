package rawsys

import "github.com/rawsys-go/rawsys/zsys"

// FileStat is what FreeBSD knows about a file: struct stat of stat(2). Its fields
// have the names that zsys.Stat gives them; sizes are in bytes, and Blocks counts
// units of 512 bytes.
//
// A *zsys.Stat converts to a *FileStat and back.
type FileStat zsys.Stat
